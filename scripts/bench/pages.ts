/**
 * Measures how long a request waits while a thousand tasks work: the real server in one process and in two, a model
 * that answers over HTTP, and visitors in processes of their own: one is signed in and asks in turn for Home and for
 * the sign-in page with a message; another asks for `/health`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Tree } from "@/core/shapes/shapes";
import type { ServerStatus } from "@/core/shapes/status";
import { comeSecond } from "@/lib/process/side";
import { startScriptedProvider } from "@/tests/agents/scripted-provider";
import { endWithParent, linesOf, spawnBench } from "./child";
import { startServed } from "./real-server";
import { percentile, type Row, row } from "./rows/row";
import { benchFolder } from "./trial";
import { startVisitor, type Visits } from "./visitor";

const TASKS = 1_000;
const TURNS = 9;
const MODEL_MS = 1_000;
const POLL_MS = 500;
/** Without a message, the sign-in page would redirect a signed-in person to Home. */
const PAGES = [
  { name: "sign-in page", path: "/signin?problem=link" },
  { name: "Home", path: "/" },
];
const VISITS_IDLE = 300;
/** Until the server has compiled its code. */
const WARM_UP = 150;
/** Nicer than the worker, whose niceness is 5. With the lowest priority it would starve while anything else runs. */
const MODEL_NICENESS = 10;

/** Runs in its own process: answers the tasks as their model, until its parent ends. */
export async function answerTasks(): Promise<void> {
  endWithParent();
  // Real models run on other machines, so their stand-in gets a lower priority than the server.
  comeSecond(MODEL_NICENESS);
  const provider = await startScriptedProvider(
    ({ turn }) =>
      turn < TURNS
        ? { delayMs: MODEL_MS, calls: [{ name: "find_files", input: { pattern: `*.${turn}` } }] }
        : { delayMs: MODEL_MS, calls: [{ name: "end_task", input: { status: "failure", result: "Measured." } }] },
    { record: false },
  );
  console.log(provider.url);
}

export async function pagesRows(): Promise<Row[]> {
  const model = spawnBench(["--answers"]);
  const url = (await linesOf(model).next()).value ?? "";
  try {
    const single = await measure(url, "1");
    const two = await measure(url, "2");
    return [...rowsOf("in one process", single), ...rowsOf("pages and worker side by side", two)];
  } finally {
    model.kill("SIGKILL");
  }
}

/** Of each page, and of `/health`. */
interface Seen {
  pages: Visits[];
  health: Visits;
}

interface Measured {
  /** While everything is paused: the same trees, the same visitors. */
  idle: Seen;
  busy: Seen;
  wallMs: number;
}

const NONE: Visits = { taken: [], waited: [] };
const NAME = "a page's request while 1,000 tasks work";

function rowsOf(form: string, { idle, busy, wallMs }: Measured): Row[] {
  const health = percentile(busy.health.taken, 0.99);
  const waited = busy.pages.flatMap((page) => page.waited);
  return [
    ...PAGES.flatMap(({ name }, at) => pageRows(`${form}, ${name}`, idle.pages[at], busy.pages[at])),
    row(NAME, `${form}, p99 of /health`, health, "ms", undefined, "with a write each second"),
    row(NAME, `${form}, the visitor's own wait, p99`, percentile(waited, 0.99), "ms", undefined, "left out above"),
    row(NAME, `${form}, wall`, wallMs / 1_000, "s", undefined, `ideal: ${((TURNS + 1) * MODEL_MS) / 1_000} s`),
  ];
}

function pageRows(page: string, { taken: idle }: Visits = NONE, { taken: busy }: Visits = NONE): Row[] {
  const p50 = percentile(busy, 0.5);
  return [
    row(NAME, `${page}, p50`, p50, "ms"),
    row(NAME, `${page}, p50 ÷ while all is paused`, p50 / percentile(idle, 0.5), "×"),
    row(NAME, `${page}, p99`, percentile(busy, 0.99), "ms", 10, `${busy.length} requests`),
    row(NAME, `${page}, p99 while all is paused`, percentile(idle, 0.99), "ms"),
  ];
}

async function measure(modelUrl: string, processes: string): Promise<Measured> {
  const folder = mkdtempSync(join(benchFolder(), "pages-"));
  const settings = {
    ANTHROPIC_API_KEY: "bench",
    ANTHROPIC_BASE_URL: modelUrl,
    BANYAN_PROCESSES: processes,
    MAX_CONCURRENT_AGENTS: String(TASKS),
    BANYAN_SUPERVISOR_TOKENS_PER_DAY: "0",
  };
  const server = await startServed(join(folder, "data"), settings);
  try {
    const headers = { cookie: await signIn(server.link), origin: server.url, "content-type": "application/json" };
    // Submitted while everything is paused, so that they all begin together.
    await post(server.url, "/api/v1/pause", headers, {});
    for (let at = 0; at < TASKS; at += 1)
      await post(server.url, "/api/v1/trees", headers, { task: `Measure ${at}`, agent: "worker" });
    await seen(server.url, headers.cookie, WARM_UP);
    const idle = await seen(server.url, headers.cookie, VISITS_IDLE);
    let wallMs = 0;
    const busy = await seen(server.url, headers.cookie, undefined, async () => {
      const startedAt = performance.now();
      await post(server.url, "/api/v1/resume", headers, {});
      await ended(server.url, headers);
      wallMs = performance.now() - startedAt;
    });
    return { idle, busy, wallMs };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Lets the visitors ask while `work` goes on, or `most` times for each page. */
async function seen(url: string, cookie: string, most: number | undefined, work?: () => Promise<void>): Promise<Seen> {
  const pages = startVisitor({ urls: PAGES.map(({ path }) => url + path), cookie, ...(most && { most }) });
  const health = startVisitor({ urls: [`${url}/health`] });
  await Promise.all([pages.begun, health.begun]);
  await work?.();
  const visits = await (work ? pages.stop() : pages.visits);
  return { pages: visits, health: (await health.stop())[0] ?? NONE };
}

async function signIn(link: string): Promise<string> {
  const answer = await fetch(link, { method: "POST", redirect: "manual" });
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

async function post(url: string, path: string, headers: Record<string, string>, body: object): Promise<Tree> {
  const answer = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Tree;
}

/** Resolves when no task runs or waits for a slot. */
async function ended(url: string, headers: Record<string, string>): Promise<void> {
  for (;;) {
    const answer = await fetch(`${url}/api/v1/status`, { headers });
    const { slots, queued } = (await answer.json()) as Pick<ServerStatus, "slots" | "queued">;
    if (slots.used + queued === 0) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
