/** Measures a tab that fifty tasks stream into: how soon keys are painted, and whether its memory grows. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import type { Task, Tree } from "@/core/shapes/shapes";
import type { Reply, ScriptedRequest } from "@/tests/agents/provider-script";
import { startScriptedProvider } from "@/tests/agents/scripted-provider";
import { startServed } from "./real-server";
import { percentile, type Row, row } from "./rows/row";
import { benchFolder } from "./trial";
import { heapMb, mainThread, typeTimed } from "./web-tab";

const TASKS = 50;
const CHUNK_MS = 80;
const WORDS = 160;
const TYPED = "Read the notes of the last release before you begin, and say what changed since. ".repeat(2);
const KEY_MS = 40;
const WATCHED_MS = 90_000;
const SETTLED_MS = 10_000;
const START_LIMIT_MS = 120_000;
/** A tab should not grow; this much is measurement noise. */
const MAY_GROW = 1.05;

const PROSE = Array.from({ length: WORDS }, (_, at) => `word${at % 37}`).join(" ");

function reply({ instruction, turn }: ScriptedRequest): Reply {
  if (instruction !== "Spread") {
    // A different call each time: the supervisor warns about repeated calls, then ends the task.
    const calls = [{ name: "find_files", input: { pattern: `*.${turn}` } }];
    return { text: `Turn ${turn}. ${PROSE}`, pieces: WORDS, chunkDelayMs: CHUNK_MS, calls };
  }
  if (turn > 0) return { calls: [{ name: "wait_for_subtasks", input: {} }] };
  const calls = Array.from({ length: TASKS }, (_, at) => ({
    name: "start_subtask",
    input: { instruction: `Part ${at}`, agent: "worker", title: `Part ${at}` },
  }));
  return { calls };
}

export async function streamedRows(browser: Browser): Promise<Row[]> {
  const folder = mkdtempSync(join(benchFolder(), "streamed-"));
  const provider = await startScriptedProvider(reply, { record: false });
  const settings = {
    ANTHROPIC_API_KEY: "bench",
    ANTHROPIC_BASE_URL: provider.url,
    MAX_CONCURRENT_AGENTS: String(TASKS + 10),
  };
  const server = await startServed(join(folder, "data"), settings);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    await page.goto(server.link);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${server.url}/`);
    const answer = await page.request.post(`${server.url}/api/v1/trees`, {
      data: { task: "Spread", agent: "worker" },
      headers: { origin: server.url },
    });
    const tree = (await answer.json()) as Tree;
    const deadline = Date.now() + START_LIMIT_MS;
    while (provider.open() < TASKS) {
      if (Date.now() > deadline) throw new Error(`Only ${provider.open()} of ${TASKS} tasks stream.`);
      await page.waitForTimeout(200);
    }
    const composer = await typedIn(page, `${server.url}/`, "#main textarea");
    const grown = await page.request.get(`${server.url}/api/v1/trees/${tree.id}`);
    const { tasks } = (await grown.json()) as { tasks: Task[] };
    const streaming = tasks.find(({ status, depth }) => depth > 0 && status === "running");
    const address = `${server.url}/trees/${tree.id}?task=${streaming?.id}`;
    const steer = await typedIn(page, address, "[data-steer]");
    return [...typedRows(composer, steer), ...(await memoryRows(page, address))];
  } finally {
    await context.close();
    await server.stop();
    await provider.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Typed {
  keysMs: number[];
  /** CPU time of the main thread per second. */
  cpuMs: number;
}

async function typedIn(page: Page, address: string, field: string): Promise<Typed> {
  await page.addInitScript(() => Object.assign(window, { marks: { longTasksMs: [], keysMs: [] } }));
  await page.goto(address);
  await page.locator("[data-connection=live]").waitFor();
  await page.locator(field).first().click();
  const [cpu, startedAtMs] = [await mainThread(page), performance.now()];
  const keysMs = await typeTimed(page, TYPED, KEY_MS);
  const cpuMs = ((await cpu()) * 1_000) / (performance.now() - startedAtMs);
  if (keysMs.length < TYPED.length) throw new Error(`Only ${keysMs.length} of ${TYPED.length} keys were painted.`);
  return { keysMs, cpuMs };
}

function typedRows(composer: Typed, steer: Typed): Row[] {
  const name = `typing while ${TASKS} tasks stream`;
  const note = `${TYPED.length} keys, from the key to the end of the next frame`;
  return [
    row(name, "composer, p95", percentile(composer.keysMs, 0.95), "ms", 50, note),
    row(name, "composer, worst", Math.max(...composer.keysMs), "ms"),
    row(
      name,
      "composer, CPU of a second",
      composer.cpuMs,
      "ms",
      undefined,
      "of the page's main thread, the keys included",
    ),
    row(
      name,
      "steer box, p95",
      percentile(steer.keysMs, 0.95),
      "ms",
      50,
      "on the page of their tree, in a task that streams",
    ),
    row(name, "steer box, worst", Math.max(...steer.keysMs), "ms"),
    row(name, "steer box, CPU of a second", steer.cpuMs, "ms"),
  ];
}

async function memoryRows(page: Page, address: string): Promise<Row[]> {
  let frames = 0;
  page.on("websocket", (socket) => socket.on("framereceived", () => (frames += 1)));
  await page.goto(address);
  await page.locator("[data-connection=live]").waitFor();
  await page.waitForTimeout(SETTLED_MS);
  frames = 0;
  const beginning = await heapMb(page);
  await page.waitForTimeout(WATCHED_MS / 2);
  const middle = await heapMb(page);
  await page.waitForTimeout(WATCHED_MS / 2);
  const end = await heapMb(page);
  const name = "memory of a tab";
  const watched = `after ${WATCHED_MS / 1_000} s and ${frames} frames of the socket`;
  return [
    row(name, "at the beginning", beginning, "MB", undefined, "JavaScript's heap after a collection"),
    row(name, "in the middle", middle, "MB"),
    row(name, "at the end", end, "MB", undefined, watched),
    row(name, "end ÷ beginning", end / beginning, "×", MAY_GROW),
  ];
}
