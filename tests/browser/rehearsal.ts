/** Starts a server with trees in memory for each worker of the browser tests. See `tests/serve-fake.ts`. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { test as base, type Page } from "@playwright/test";
import { openLink, settle } from "./real-server";

export interface Rehearsal {
  url: string;
  /** Returns a new sign-in link. */
  link(): Promise<string>;
  /** Sends a command to the server and returns its next line of output. */
  ask(command: string): Promise<Record<string, unknown>>;
  tell(command: string): void;
}

async function startRehearsal(): Promise<Rehearsal & { child: ChildProcess }> {
  const built = existsSync(".next/BUILD_ID");
  const mode = built ? [] : ["--dev"];
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: built ? "production" : "development", PORT: "0" };
  const args = ["scripts/run-ts.mjs", "tests/serve-fake.ts", ...mode];
  const child = spawn(process.execPath, args, { env, stdio: ["pipe", "pipe", "inherit"] });
  const waiting: ((line: Record<string, unknown>) => void)[] = [];
  const early: Record<string, unknown>[] = [];
  createInterface({ input: child.stdout! }).on("line", (text) => {
    if (!text.startsWith("{")) return;
    const line = JSON.parse(text) as Record<string, unknown>;
    const next = waiting.shift();
    if (next) next(line);
    else early.push(line);
  });
  const ended = new Promise<never>((_, reject) => {
    child.once("exit", (code) => reject(new Error(`The fake server ended with ${code}.`)));
  });
  ended.catch(() => {});
  const nextLine = () => {
    const line = early.shift();
    if (line) return Promise.resolve(line);
    return Promise.race([ended, new Promise<Record<string, unknown>>((resolve) => waiting.push(resolve))]);
  };
  const first = await nextLine();
  const tell = (command: string) => void child.stdin!.write(`${command}\n`);
  const ask = (command: string) => {
    tell(command);
    return nextLine();
  };
  const link = async () => String((await ask("link")).link);
  return { url: String(first.url), link, ask, tell, child };
}

export const test = base.extend<{ signedIn: Page }, { rehearsal: Rehearsal }>({
  rehearsal: [
    async ({ browserName: _ }, use) => {
      const rehearsal = await startRehearsal();
      await use(rehearsal);
      const ended = new Promise((resolve) => rehearsal.child.once("exit", resolve));
      rehearsal.tell("stop");
      await ended;
    },
    { scope: "worker", timeout: 240_000 },
  ],
  signedIn: async ({ page, rehearsal }, use) => {
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && /Content Security Policy|hydrat/i.test(message.text()))
        problems.push(message.text());
    });
    settle(page);
    await openLink(page, await rehearsal.link());
    await use(page);
    if (problems.length > 0) throw new Error(`The page had problems: ${problems.join("; ")}`);
  },
});

export { expect } from "@playwright/test";

/**
 * Opens a page and delays its scripts until the returned function is called, so that the page is not hydrated before. The script
 * that contains `last` arrives after the rest of the page is hydrated and has received the server status.
 */
export async function openLifeless(page: Page, url: string, last?: string): Promise<() => Promise<void>> {
  const [most, rest] = [gate(), gate()];
  let isAlive = false;
  await page.route("**/*.js", async (route) => {
    // This script loads before the code of the page, and remembers clicks until then.
    if (route.request().url().endsWith("/early-clicks.js")) return route.continue();
    // Later requests pass through, because a request that is fetched here during a navigation might never be answered.
    if (isAlive) return route.continue();
    await most.opened;
    if (last === undefined) return route.continue();
    const response = await route.fetch();
    if ((await response.text()).includes(last)) await rest.opened;
    await route.fulfill({ response });
  });
  const gotStatus = page
    .waitForEvent("websocket")
    .then((socket) => socket.waitForEvent("framereceived", ({ payload }) => String(payload).startsWith('42["status"')));
  await page.goto(url, { waitUntil: "domcontentloaded" });
  return async () => {
    most.open();
    await gotStatus;
    rest.open();
    isAlive = true;
  };
}

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Opens a tree from the list, by the start of its title. */
export async function openTree(page: Page, title: string): Promise<void> {
  await page.goto(new URL("/trees", page.url()).href);
  await page.locator("a[data-tree]", { hasText: title }).first().click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
}
