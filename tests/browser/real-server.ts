/** What tests in a browser share: a repository, signing in, and pages that wait until they have come alive. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Browser, test as base, type Page } from "@playwright/test";
import type { RealServer } from "@/scripts/testing/real-server";

export { freePort, type RealServer, startRealServer } from "@/scripts/testing/real-server";

/** Creates a git repository with one commit. */
export function makeRepository(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const git = (...args: string[]) => execFileSync("git", ["-C", folder, ...args], { stdio: "ignore" });
  git("init", "-q");
  git("add", "-A");
  git("-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "-q", "-m", "First");
}

export async function signIn(page: Page, server: RealServer): Promise<void> {
  await openLink(page, server.link);
  await comesAlive(page);
}

/** Opens a sign-in link and presses its button. Resolves on Home. */
export async function openLink(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${new URL(link).origin}/`);
}

/**
 * Waits after each navigation until the page has streamed completely and come alive. Until then React may hold rendered
 * content twice, once hidden, so a locator could match two elements, and Playwright does not retry that; and a key that is
 * pressed has no effect. A navigation with an option, such as `waitUntil`, does not wait until the page is alive.
 */
export function settle(page: Page): void {
  const watched = page.addInitScript(watchCommits);
  const { goto, reload } = page;
  page.goto = async (address, options) => {
    await watched;
    const answer = await goto.call(page, address, options);
    await (options ? page.waitForFunction(isWhole) : comesAlive(page));
    return answer;
  };
  page.reload = async (options) => {
    const answer = await reload.call(page, options);
    await (options ? page.waitForFunction(isWhole) : comesAlive(page));
    return answer;
  };
}

/** Settles every page that the browser opens from now on. */
export function settleAll(browser: Browser): void {
  const { newContext } = browser;
  browser.newContext = async (...given) => {
    const context = await newContext.apply(browser, given);
    return context.on("page", settle);
  };
}

/** The ids of hidden elements in which React keeps streamed content that is not in place yet. */
const isWhole = () => document.querySelector('div[hidden][id^="S:"]') === null;

/** React's reports to its developer tools. */
interface Fiber {
  tag: number;
  memoizedState: { dehydrated?: unknown } | null;
  child: Fiber | null;
  sibling: Fiber | null;
}
type Watching = typeof globalThis & {
  __REACT_DEVTOOLS_GLOBAL_HOOK__?: object;
  committed?: { current: Fiber };
};

/** Runs before the page's own scripts, in the page. */
function watchCommits(): void {
  const here = window as Watching;
  here.__REACT_DEVTOOLS_GLOBAL_HOOK__ = {
    supportsFiber: true,
    inject: () => 1,
    onCommitFiberRoot: (_: number, root: { current: Fiber }) => {
      here.committed = root;
    },
    onCommitFiberUnmount: () => {},
    onPostCommitFiberRoot: () => {},
  };
}

/** Waits until React has taken over every part of the page, and effects have run: the browser is idle after a frame. */
async function comesAlive(page: Page): Promise<void> {
  await page.waitForFunction(isAlive);
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestIdleCallback(resolve))));
}

/** Must not return a promise: `waitForFunction` takes one for true, whatever it resolves to. */
const isAlive = (): boolean => {
  if (document.querySelector('div[hidden][id^="S:"]') !== null) return false;
  const { committed, __REACT_DEVTOOLS_GLOBAL_HOOK__: hook } = window as Watching;
  if (!hook || document.querySelector("script[src*='/_next/']") === null) return true;
  if (!committed) return false;
  const suspense = 13;
  const left = [committed.current];
  for (let fiber = left.pop(); fiber; fiber = left.pop()) {
    if (fiber.tag === suspense && fiber.memoizedState?.dehydrated) return false;
    if (fiber.sibling) left.push(fiber.sibling);
    if (fiber.child) left.push(fiber.child);
  }
  return true;
};

/** Collects page errors and console errors as they happen. */
export function watchProblems(page: Page): string[] {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && /Content Security Policy|hydrat|unique "key"/i.test(message.text()))
      problems.push(message.text());
  });
  return problems;
}

const WHOLE_BROWSERS = ["chromium", "chromium-browser", "google-chrome"];

export const test = base.extend<{ folder: string }, { settled: undefined; wholeBrowser: Browser }>({
  settled: [
    async ({ browser }, use) => {
      settleAll(browser);
      await use(undefined);
    },
    { scope: "worker", auto: true },
  ],
  // Notifications, which the headless shell refuses whatever a test grants.
  wholeBrowser: [
    async ({ playwright, launchOptions }, use) => {
      const executablePath =
        WHOLE_BROWSERS.map((name) => `/usr/bin/${name}`).find((file) => existsSync(file)) ??
        launchOptions.executablePath;
      const browser = await playwright.chromium.launch({ ...launchOptions, executablePath });
      settleAll(browser);
      await use(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],
  folder: async ({ browserName }, use) => {
    const folder = mkdtempSync(join(tmpdir(), `banyan-${browserName}-`));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
});

export { expect } from "@playwright/test";
