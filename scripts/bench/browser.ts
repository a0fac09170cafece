/**
 * From a message's commit to the moment when a page in a real browser shows it: the real server as a person starts it,
 * a model that answers over HTTP, and Chromium on the tree's page. In one process, and with the worker in its own.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Browser, chromium, type Page } from "@playwright/test";
import type { Page as Listed, Message, Tree } from "@/agents/core/shapes";
import { startScriptedProvider } from "@/agents/testing/scripted-provider";
import { ensureBrowser } from "../system.mjs";
import { type Row, row } from "./row";
import { percentile } from "./statistics";
import { benchFolder } from "./trial";

const TURNS = 120;
/** Slow enough that each message is seen for itself, and out of step with polls and frames. */
const MODEL_MS = 53;
/** Messages until browser and server have compiled what they run; they are shown by themselves. */
const WARM_UP = 30;
const SHOWN_LIMIT_MS = 60_000;

export async function browserRows(): Promise<Row[]> {
  const provider = await startScriptedProvider(
    ({ turn }) =>
      turn < TURNS
        ? {
            text: `Step ${turn} of the work.`,
            delayMs: MODEL_MS,
            // Another one each time: the same call with the same result is told, and then ended.
            calls: [{ name: "find_files", input: { pattern: `*.${turn}` } }],
          }
        : { calls: [{ name: "end_task", input: { status: "failure", result: "Measured." } }] },
    { record: false },
  );
  const browser = await launch();
  try {
    const one = await measure(browser, provider.url, [[]]);
    const two = await measure(browser, provider.url, [
      ["--role", "web"],
      ["--role", "worker"],
    ]);
    const name = "message to browser";
    const warm = one.slice(WARM_UP);
    if (warm.length === 0 || two.length <= WARM_UP) throw new Error("The page showed too few messages to measure.");
    const note = `${warm.length} messages, from the start of the transaction to the entry in the page`;
    return [
      row(name, "one process, p50", percentile(warm, 0.5), "ms"),
      row(name, "one process, p95", percentile(warm, 0.95), "ms", 50, note),
      row(name, "first seconds of a page, p95", percentile(one.slice(0, WARM_UP), 0.95), "ms"),
      row(name, "two processes, p50", percentile(two.slice(WARM_UP), 0.5), "ms"),
      row(name, "two processes, p95", percentile(two, 0.95), "ms", 250, "the worker in a process of its own"),
    ];
  } finally {
    await browser.close();
    await provider.close();
  }
}

export async function launch(): Promise<Browser> {
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: await ensureBrowser(process.cwd()), args: [...sandbox, "--disable-gpu"] });
}

/** Milliseconds for each message of an agent. `roles`: arguments of each server process. */
async function measure(browser: Browser, providerUrl: string, roles: string[][]): Promise<number[]> {
  const folder = mkdtempSync(join(benchFolder(), "browser-"));
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    BANYAN_DATA_DIR: join(folder, "data"),
    PORT: String(await freePort()),
    ANTHROPIC_API_KEY: "bench",
    ANTHROPIC_BASE_URL: providerUrl,
    LOG_LEVEL: "error",
  };
  const servers: ChildProcess[] = [];
  const context = await browser.newContext();
  try {
    let link = "";
    for (const args of roles) {
      const child = spawn(process.execPath, ["scripts/start.mjs", ...args], {
        env,
        stdio: ["ignore", "pipe", "inherit"],
      });
      servers.push(child);
      link ||= await linkOf(child);
    }
    const page = await context.newPage();
    await page.goto(link);
    return await watchTree(page, new URL(link).origin);
  } finally {
    await context.close();
    await Promise.all(servers.map(end));
    rmSync(folder, { recursive: true, force: true });
  }
}

async function watchTree(page: Page, url: string): Promise<number[]> {
  const api = async <Body>(path: string): Promise<Body> => (await page.request.get(`${url}/api/v1/${path}`)).json();
  const submitted = await page.request.post(`${url}/api/v1/trees`, {
    data: { task: "Measure", agent: "worker" },
    headers: { origin: url },
  });
  const tree = (await submitted.json()) as Tree;
  await page.goto(`${url}/trees/${tree.id}`);
  const openedAtMs = await page.evaluate(noteEntries);
  await page.getByRole("treeitem", { name: /, Failed$/ }).waitFor({ timeout: SHOWN_LIMIT_MS });
  const shown = await page.evaluate(() => (window as unknown as { shownAtMs: [number, number][] }).shownAtMs);
  const shownAtMs = new Map(shown);
  const { items } = await api<Listed<Message>>(`tasks/${tree.root_task_id}/messages?limit=500`);
  return items.flatMap((message) => {
    const committedAtMs = Date.parse(message.created_at);
    const atMs = shownAtMs.get(message.seq);
    // What the page came with was never sent over the socket.
    return message.kind === "agent_response" && atMs && committedAtMs > openedAtMs ? [atMs - committedAtMs] : [];
  });
}

/** In the page: when each entry of the log came into it. The clocks are one, because the machine is. */
function noteEntries(): number {
  const shownAtMs = new Map<number, number>();
  const look = () => {
    for (const entry of document.querySelectorAll("[data-seq]")) {
      const seq = Number(entry.getAttribute("data-seq"));
      if (!shownAtMs.has(seq)) shownAtMs.set(seq, Date.now());
    }
    Object.assign(window, { shownAtMs: [...shownAtMs] });
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true });
  look();
  return Date.now();
}

export function linkOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`The server ended with ${code} before it listened.`)));
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      const link = /http:\S+\/signin\?token=\S+/.exec(line)?.[0];
      if (link) resolve(link);
    });
  });
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}

/** The worker must not ask for the web server's port, and both read the same settings: so it is chosen before. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
