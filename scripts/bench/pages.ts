/**
 * Measures how long a request waits while a thousand tasks work: the real server in one process and in two, a model that
 * answers over HTTP, and visitors who ask for the sign-in page and for `/health`, each in a process of its own.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { startScriptedProvider } from "@/agents/testing/scripted-provider";
import type { ServerStatus, Tree } from "@/core/shapes/shapes";
import { comeSecond } from "@/lib/process/side";
import { endWithParent, linesOf, spawnBench } from "./child";
import { startServed } from "./real-server";
import { percentile, type Row, row } from "./rows/row";
import { benchFolder } from "./trial";
import { startVisitor, type Visits } from "./visitor";

const TASKS = 1_000;
const TURNS = 4;
const MODEL_MS = 1_000;
const LOOK_MS = 500;
const VISITS_BEFORE = 800;
/** Until the server has compiled its code. */
const WARM_UP = 200;
/** Nicer than the worker, which is nicer by 5. With the least priority it would starve beside any other work. */
const MODEL_NICENESS = 10;

/** Runs in a process of its own: a model of the tasks, until its parent ends. */
export async function answerTasks(): Promise<void> {
  endWithParent();
  // Models run on machines of others: what stands in for them comes after the server.
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
    const one = await measure(url, "1");
    const two = await measure(url, "2");
    return [...rowsOf("in one process", one), ...rowsOf("pages and worker side by side", two)];
  } finally {
    model.kill("SIGKILL");
  }
}

interface Measured {
  /** Of the sign-in page, before the tasks work. */
  idle: Visits;
  page: Visits;
  health: Visits;
  wallMs: number;
}

function rowsOf(form: string, { idle, page, health, wallMs }: Measured): Row[] {
  const name = "a page's request while 1,000 tasks work";
  const count = `${page.taken.length} requests of /signin`;
  return [
    row(name, `${form}, p50`, percentile(page.taken, 0.5), "ms"),
    row(name, `${form}, p99`, percentile(page.taken, 0.99), "ms", 10, count),
    row(name, `${form}, longest`, Math.max(...page.taken), "ms"),
    row(name, `${form}, p99 of /health`, percentile(health.taken, 0.99), "ms", undefined, "with a write each second"),
    row(name, `${form}, p50 before they work`, percentile(idle.taken, 0.5), "ms"),
    row(name, `${form}, p99 before they work`, percentile(idle.taken, 0.99), "ms"),
    row(name, `${form}, the visitor's own wait, p99`, percentile(page.waited, 0.99), "ms", undefined, "left out above"),
    row(name, `${form}, wall`, wallMs / 1_000, "s", undefined, `ideal: ${((TURNS + 1) * MODEL_MS) / 1_000} s`),
  ];
}

async function measure(modelUrl: string, processes: string): Promise<Measured> {
  const folder = mkdtempSync(join(benchFolder(), "pages-"));
  const settings = {
    ...{ ANTHROPIC_API_KEY: "bench", ANTHROPIC_BASE_URL: modelUrl, BANYAN_PROCESSES: processes },
    ...{ MAX_CONCURRENT_AGENTS: String(TASKS), BANYAN_SUPERVISOR_TOKENS_PER_DAY: "0" },
  };
  const server = await startServed(join(folder, "data"), settings);
  try {
    const headers = { cookie: await signIn(server.link), origin: server.url, "content-type": "application/json" };
    const before = await startVisitor(`${server.url}/signin`, VISITS_BEFORE).visits;
    const idle = { taken: before.taken.slice(WARM_UP), waited: before.waited.slice(WARM_UP) };
    // Submitted while everything is paused, so that they all begin together.
    await post(server.url, "/api/v1/pause", headers, {});
    for (let at = 0; at < TASKS; at += 1)
      await post(server.url, "/api/v1/trees", headers, { task: `Measure ${at}`, agent: "worker" });
    const visitors = [startVisitor(`${server.url}/signin`), startVisitor(`${server.url}/health`)] as const;
    await Promise.all(visitors.map(({ begun }) => begun));
    const startedAt = performance.now();
    await post(server.url, "/api/v1/resume", headers, {});
    await ended(server.url, headers);
    const wallMs = performance.now() - startedAt;
    const [page, health] = await Promise.all([visitors[0].stop(), visitors[1].stop()]);
    return { idle, page, health, wallMs };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function signIn(link: string): Promise<string> {
  const answer = await fetch(link, { redirect: "manual" });
  return answer.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
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
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
