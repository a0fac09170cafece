/** Starts the real server as a separate process, as a person starts it, with a fresh data folder. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { type Browser, test as base, type Page } from "@playwright/test";
import { makeHome } from "@/scripts/testing/home";
import { folderUnderTest, nodeUnderTest } from "@/scripts/testing/under-test";
import { PATIENT } from "@/tests/agents/patient";

export interface RealServer {
  url: string;
  /** The sign-in link that the server printed at its start. */
  link: string;
  /** Kills the process without a clean shutdown. */
  kill(): Promise<void>;
  /** Starts the server again on the same port and data. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 240_000;

/** Below a launcher it runs a release, as after `npm start`; otherwise it is the started process itself. */
interface How {
  isLaunched?: boolean;
}

export async function startRealServer(
  dataDir: string,
  settings: Record<string, string> = {},
  { isLaunched = false }: How = {},
): Promise<RealServer> {
  const home = `${dataDir}-home`;
  if (isLaunched) makeHome(home, folderUnderTest());
  const own = { BANYAN_HOME: home, ...settings };
  const args = isLaunched ? [] : ["--direct"];
  let process = await spawnServer(dataDir, { PORT: await freePort(), ...own }, args);
  const server: RealServer = {
    url: process.url,
    link: process.link,
    async kill() {
      await end(process.child, "SIGKILL");
      await untilFree(Number(new URL(server.url).port));
    },
    stop: () => end(process.child, "SIGTERM"),
    async startAgain() {
      process = await spawnServer(dataDir, { ...own, PORT: new URL(server.url).port }, args);
      server.link = process.link;
    },
  };
  return server;
}

async function spawnServer(dataDir: string, settings: Record<string, string>, args: string[]) {
  const { PATH, HOME, LANG, TMPDIR } = process.env;
  const inherited = Object.fromEntries(Object.entries({ PATH, HOME, LANG, TMPDIR }).filter(([, value]) => value));
  // Keeps keys and the audit anchor beside the data, not in the home folder of the person who runs the tests.
  const own = { BANYAN_DATA_DIR: dataDir, XDG_CONFIG_HOME: `${dataDir}-config` };
  const env: NodeJS.ProcessEnv = { ...inherited, NODE_ENV: "production", ...PATIENT, ...own, ...settings };
  const program = nodeUnderTest(["scripts/start.mjs", ...args]);
  const child = spawn(program.file, program.args, {
    cwd: folderUnderTest(),
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const link = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("The server printed no sign-in link in time.")), START_LIMIT_MS);
    child.once("exit", (code) => reject(new Error(`The server ended with ${code} before it listened.`)));
    createInterface({ input: child.stdout! }).on("line", (line) => {
      const found = /http:\S+\/signin\?token=\S+/.exec(line)?.[0];
      if (!found) return;
      clearTimeout(timer);
      resolve(found);
    });
  });
  return { child, link, url: new URL(link).origin };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await ended;
}

/** The process that serves the pages has the port until it notices that the killed one is gone. */
async function untilFree(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    socket.destroy();
    if (!isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Systems assign higher ports to connections, also to those of other tests. */
const [LOWEST_PORT, PORTS] = [15_000, 15_000];

/** Returns a free port, for a server that must know its port before it listens, or listens on it again later. */
export async function freePort(): Promise<string> {
  for (;;) {
    const port = LOWEST_PORT + Math.floor(Math.random() * PORTS);
    const probe = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
    });
    if (isFree) return String(port);
  }
}

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
