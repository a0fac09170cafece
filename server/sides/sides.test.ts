/** The real server in two processes that are killed, stopped and slowed down. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { getPriority } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Task, Tree } from "@/core/shapes/shapes";
import type { ServerStatus } from "@/core/shapes/status";
import { memoryOf, readFile } from "@/lib/monitor/readings";
import { dataFolder } from "@/scripts/testing/command-line";
import { agentScript, type Reply } from "@/tests/agents/provider-script";
import { endTask, passed } from "@/tests/agents/replies";
import { gate } from "@/tests/agents/scenario";
import { isAlive, order, type SidesServer, servingSides, startSides, watching } from "../testing/sides";

const others = { task_evaluator: [passed()], "*": [endTask("noted")] };
const FIND: Reply = { calls: [{ name: "find_files", input: { pattern: "*" } }] };

/** A model whose second answer streams a text, of which the end waits for `go`. */
function held(text = Array.from({ length: 40 }, (_, at) => `word ${at}`).join(" ")) {
  const begun = gate();
  const go = gate();
  const script = agentScript({
    worker({ turn }) {
      if (turn !== 1) return turn === 0 ? FIND : endTask("done");
      const beforeFrame = async (at: number) => {
        if (at < 20) return;
        begun.open();
        await go.opened;
      };
      return { ...FIND, text, pieces: 40, beforeFrame };
    },
    ...others,
  });
  return { script, begun: begun.opened, go: go.open };
}

/** Asks without a pause until `stop`, which resolves with the number of answers. Rejects when a request fails. */
function visitor({ api }: SidesServer, path: string): { stop(): Promise<number> } {
  let isOver = false;
  const asking = (async () => {
    let count = 0;
    while (!isOver) {
      await api(path);
      count += 1;
    }
    return count;
  })();
  asking.catch(() => {});
  return {
    stop() {
      isOver = true;
      return asking;
    },
  };
}

const statusOf = async ({ api }: SidesServer, { id }: Tree) => (await api<Tree>(`/api/v1/trees/${id}`)).status;

test("the worker's process is killed: pages answer each request meanwhile, and the task continues", async () => {
  const model = held();
  const server = await servingSides(model.script);
  const tree = await server.submit();
  await model.begun;
  const [web, worker] = [server.pidOf("web"), server.pidOf("worker")];
  const asking = visitor(server, `/api/v1/trees/${tree.id}`);
  process.kill(worker, "SIGKILL");
  model.go();
  await expect.poll(() => statusOf(server, tree)).toBe("succeeded");
  expect(await asking.stop()).toBeGreaterThan(0);
  expect(server.pidOf("web")).toBe(web);
  expect(server.pidOf("worker")).not.toBe(worker);
  // The reply that was cut off is requested again.
  expect(server.asked.filter((line) => line === "worker 1")).toHaveLength(2);
  expect(server.said()).toContain("The worker's process was ended by SIGKILL. It starts again.");
  const ends = server.store.starts.list().map(({ role, end }) => [role, end?.how ?? null]);
  expect(ends).toContainEqual(["worker", "crashed"]);
});

test("the pages' process is killed: the same worker continues without a break, and pages come back", async () => {
  const model = held();
  const server = await servingSides(model.script);
  const tree = await server.submit();
  await model.begun;
  const [web, worker] = [server.pidOf("web"), server.pidOf("worker")];
  process.kill(web, "SIGKILL");
  model.go();
  // On the same address, as if nothing had happened.
  await expect.poll(() => statusOf(server, tree).catch(() => null)).toBe("succeeded");
  expect([server.pidOf("worker"), isAlive(worker)]).toEqual([worker, true]);
  const killed = () => server.store.starts.list().find(({ process: { pid } }) => pid === web);
  await expect.poll(() => killed()?.end).toEqual({ how: "crashed", by: null, atMs: expect.any(Number) });
  expect(server.asked.filter((line) => line.startsWith("worker"))).toEqual(["worker 0", "worker 1", "worker 2"]);
  const root = await server.api<Task>(`/api/v1/tasks/${tree.root_task_id}`);
  expect(root.attempt).toBe(1);
  // The new process hears of commits, too: a person sees new commits from now on.
  const again = await server.submit();
  const seen = watching(server.connect(), again);
  await expect.poll(() => statusOf(server, again)).toBe("succeeded");
  await expect.poll(() => seen.messages).toBeGreaterThan(3);
});

test("a side that hangs is ended and starts again, and the task continues", async () => {
  const model = held();
  const server = await servingSides(model.script, { settings: { SIDES_SILENT_MS: "6000" } });
  const tree = await server.submit();
  await model.begun;
  const [web, hung] = [server.pidOf("web"), server.pidOf("worker")];
  process.kill(hung, "SIGSTOP");
  model.go();
  await expect.poll(() => statusOf(server, tree).catch(() => null)).toBe("succeeded");
  expect(server.said()).toMatch(/worker's process has given no sign of life for \d+ seconds: it is ended\./);
  expect([isAlive(hung), server.pidOf("web")]).toEqual([false, web]);
});

test("SIGKILL of the supervisor leaves no process", async () => {
  const server = await servingSides(held().script);
  const pids = [server.pidOf("web"), server.pidOf("worker")];
  server.supervisor.kill("SIGKILL");
  await server.ended;
  await expect.poll(() => pids.filter(isAlive)).toEqual([]);
});

test("SIGTERM ends all in order: turns end while pages answer, then everything is gone", async () => {
  const model = held();
  const server = await servingSides(model.script);
  const tree = await server.submit();
  await model.begun;
  const pids = [server.pidOf("web"), server.pidOf("worker")];
  // What the next start needs to listen at the same address: the two processes are of one whole server.
  const announced = { pid: server.supervisor.pid, url: server.url, host: "127.0.0.1", role: "all" };
  expect(JSON.parse(readFileSync(join(server.data, "server.json"), "utf8"))).toMatchObject(announced);
  server.supervisor.kill("SIGTERM");
  await expect.poll(() => server.said()).toContain("Stopping: 1 task finishes its turn.");
  expect(await statusOf(server, tree)).toBe("running");
  model.go();
  expect(await server.ended).toBe(0);
  expect(pids.filter(isAlive)).toEqual([]);
  expect(existsSync(join(server.data, "server.json"))).toBe(false);
  expect(server.store.workers.list()).toEqual([]);
  expect(server.store.starts.list().map(({ end }) => end?.how)).toEqual(["signal", "signal"]);
  // The turn ended in order: its reply is stored.
  expect(server.asked.filter((line) => line === "worker 1")).toHaveLength(1);
});

test("a draft reaches a page that joins in its middle; it is void when the worker's process is killed", async () => {
  const model = held();
  const server = await servingSides(model.script);
  const tree = await server.submit();
  await model.begun;
  const seen = watching(server.connect(), tree);
  await expect.poll(() => seen.text).toMatch(/^word 0 word 1 /);
  process.kill(server.pidOf("worker"), "SIGKILL");
  await expect.poll(() => seen.lost).toBe(1);
  model.go();
  await expect.poll(() => statusOf(server, tree)).toBe("succeeded");
});

test("pages that are stopped delay no task; later they show everything", async () => {
  const text = "A long answer. ".repeat(4_000);
  const model = held(text);
  const server = await servingSides(model.script);
  const tree = await server.submit();
  await model.begun;
  const seen = watching(server.connect(), tree);
  await expect.poll(() => seen.text).toMatch(/^A long/);
  const web = server.pidOf("web");
  process.kill(web, "SIGSTOP");
  model.go();
  // Asked for by the worker after the long answer was stored.
  await expect.poll(() => server.asked).toContain("worker 2");
  const openTasks = () => server.store.queries.trees.openTasks(tree.id);
  await expect.poll(openTasks).toEqual([]);
  process.kill(web, "SIGCONT");
  await expect.poll(() => statusOf(server, tree)).toBe("succeeded");
  await expect.poll(() => seen.messages).toBeGreaterThan(5);
});

test("pages have priority: the worker's process is nicer, and so are the programs that tasks start", async () => {
  const server = await servingSides(held().script);
  const usual = getPriority(server.pidOf("web"));
  const worker = server.pidOf("worker");
  expect(getPriority(worker)).toBe(usual + 5);
  // Threads count too: V8 collects garbage in them, and Node writes files.
  const threads = readdirSync(`/proc/${worker}/task`).map((thread) => getPriority(Number(thread)));
  expect(new Set(threads)).toEqual(new Set([usual + 5]));
});

test("a terminal that closes ends neither side by itself", async () => {
  const server = await servingSides(held().script);
  const pids = [server.pidOf("web"), server.pidOf("worker")];
  for (const pid of pids) process.kill(pid, "SIGHUP");
  const tree = await server.submit();
  expect(await statusOf(server, tree)).not.toBe("failed");
  expect([server.pidOf("web"), server.pidOf("worker")]).toEqual(pids);
  expect(pids.every(isAlive)).toBe(true);
});

test("a signal to all processes at once ends them in order, whichever gets it first", async () => {
  const model = held();
  const server = await servingSides(model.script);
  await server.submit();
  await model.begun;
  process.kill(server.pidOf("web"), "SIGTERM");
  await expect.poll(() => server.said()).toContain("Stopping: 1 task finishes its turn.");
  // The same signal, which reaches the supervisor late: it is not a second request to stop.
  server.supervisor.kill("SIGTERM");
  model.go();
  expect(await server.ended).toBe(0);
  expect(server.store.starts.list().map(({ end }) => end?.how)).toEqual(["signal", "signal"]);
});

test("pages that started while the worker was stopped learn of everything once it continues", async () => {
  const model = held();
  const server = await servingSides(model.script);
  const tree = await server.submit();
  await model.begun;
  const [web, worker] = [server.pidOf("web"), server.pidOf("worker")];
  process.kill(worker, "SIGSTOP");
  process.kill(web, "SIGKILL");
  await expect.poll(() => server.pidOf("web")).not.toBe(web);
  // They ask the worker for its current work, and it cannot read the question yet.
  const seen = watching(server.connect(), tree);
  await expect.poll(() => statusOf(server, tree).catch(() => null)).toBe("running");
  await expect.poll(() => seen.isJoined).toBe(true);
  process.kill(worker, "SIGCONT");
  await expect.poll(() => seen.text).toMatch(/^word 0 word 1 /);
  model.go();
  await expect.poll(() => statusOf(server, tree)).toBe("succeeded");
});

test("what both processes have counted is stored together when they end", async () => {
  const model = held();
  const server = await servingSides(model.script);
  model.go();
  const tree = await server.submit();
  await expect.poll(() => statusOf(server, tree)).toBe("succeeded");
  server.supervisor.kill("SIGTERM");
  expect(await server.ended).toBe(0);
  const counted = server.store.measurements.work.totals();
  const eventsOf = (name: string, label: string) =>
    counted
      .filter((row) => row.name === name && row.labels.includes(label))
      .reduce((sum, { events }) => sum + events, 0);
  // Of the pages' process.
  expect(eventsOf("banyan_http_request_duration_seconds", '"/api/v1/trees","POST","2xx"')).toBe(1);
  // Of the worker's.
  expect(eventsOf("banyan_model_call_duration_seconds", '"ok"')).toBe(server.asked.length);
  expect(eventsOf("banyan_tool_call_duration_seconds", '"find_files"')).toBeGreaterThan(0);
  const tasks = eventsOf("banyan_tasks_ended_total", "succeeded");
  expect(tasks).toBeGreaterThan(0);
  expect(eventsOf("banyan_turn_duration_seconds", "")).toBeGreaterThanOrEqual(tasks);
  expect(eventsOf("banyan_queue_wait_seconds", "")).toBeGreaterThanOrEqual(tasks);
});

test("the memory that is shown for the server is that of both sides", async () => {
  const server = await servingSides(held().script);
  const ofPages = memoryOf(server.pidOf("web"), readFile) ?? Number.NaN;
  const { monitor } = await server.api<ServerStatus>("/api/v1/status");
  expect((monitor?.process_mb ?? 0) * 1024 ** 2).toBeGreaterThan(ofPages * 1.3);
});

test("a side that crashes again and again ends the server with one sentence", async () => {
  const server = await servingSides(held().script, { settings: { SIDES_DELAY_MS: "1" } });
  const web = server.pidOf("web");
  // A side that is killed before both were ready ends the server at once. The first beat comes seconds after that.
  const beats = () => server.store.workers.list().find(({ role }) => role === "worker")?.heartbeat;
  await expect.poll(beats).toBeGreaterThan(0);
  let dead = 0;
  for (let crash = 1; crash <= 5; crash += 1) {
    await expect.poll(() => server.pidOf("worker")).not.toBe(dead);
    dead = server.pidOf("worker");
    process.kill(dead, "SIGKILL");
  }
  expect(await server.ended).toBe(1);
  expect(isAlive(web)).toBe(false);
  expect(server.said()).toContain("The worker's process was ended by SIGKILL, the 5th time in ten minutes.");
});

test("BANYAN_PROCESSES=1 serves and works in one process", async () => {
  const model = held();
  const server = await servingSides(model.script, { settings: { BANYAN_PROCESSES: "1" } });
  const processes = server.store.workers.list().map(({ role, pid }) => [role, pid]);
  expect(processes).toEqual([["all", server.supervisor.pid]]);
  model.go();
  const tree = await server.submit();
  await expect.poll(() => statusOf(server, tree)).toBe("succeeded");
});

test("a side that cannot start ends the server with its status, after one sentence", async () => {
  const lost = join(dataFolder(), "lost.db");
  writeFileSync(lost, "");
  const { ended, said } = await startSides(held().script, { settings: { DATABASE_URL: `file:${lost}` } });
  expect(await ended).toBe(2);
  expect(said().trim().split("\n")).toHaveLength(1);
});

test("under a launcher it reports that both sides are ready, and again with the level that it has once it is permanent, follows orders, and stops", async () => {
  const told: { type: string }[] = [];
  const launch = {
    told: { home: "/nowhere", number: 1, instance: "i", release: 3 },
    hear: (line: { type: string }) => void told.push(line),
  };
  const model = held();
  const server = await servingSides(model.script, { launch });
  const ready = { type: "ready", level: 1, reads: 2, url: server.url };
  await expect.poll(() => told).toEqual([ready]);
  order(server.supervisor, { type: "permanent" });
  await expect.poll(() => told).toEqual([ready, ready]);
  const health = await server.api<{ instance: string; release: number }>("/health");
  expect(health).toMatchObject({ instance: "i", release: 3 });
  await server.submit();
  await model.begun;
  order(server.supervisor, { type: "drain", turnMs: 60_000, callMs: 60_000 });
  // A worker that starts again must still claim nothing, and says that nothing runs.
  process.kill(server.pidOf("worker"), "SIGKILL");
  await expect.poll(() => told.at(-1)).toEqual({ type: "drained", busy: null });
  expect(told).toContainEqual({ type: "crashed", side: "worker", how: "was ended by SIGKILL" });
  expect(server.asked.filter((line) => line === "worker 1")).toHaveLength(1);
  model.go();
  order(server.supervisor, { type: "stop", by: "the test" });
  expect(await server.ended).toBe(0);
  const ends = server.store.starts.list().map(({ end }) => [end?.how, end?.by]);
  expect(ends.filter(([how]) => how === "asked")).toEqual([
    ["asked", "the test"],
    ["asked", "the test"],
  ]);
});

test("on trial a side that is killed ends the server: its launcher judges the release", async () => {
  const told: { type: string }[] = [];
  const launch = {
    told: { home: "/nowhere", number: 1, instance: "i", release: 3, isTrial: true },
    hear: (line: { type: string }) => void told.push(line),
  };
  const server = await servingSides(held().script, { launch });
  await expect.poll(() => told).toHaveLength(1);
  process.kill(server.pidOf("worker"), "SIGKILL");
  expect(await server.ended).toBe(1);
});
