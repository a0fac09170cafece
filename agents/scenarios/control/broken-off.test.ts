/** D1: work that breaks off without a fault of the task is retried, and no lease stays without work. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import Database from "better-sqlite3";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { healthOf } from "@/agents/boot/health";
import { type WorldTool, worldTool } from "@/agents/tools/contract/tool";
import type { ModelPort, ModelReply, ModelRequest } from "@/core/log/model";
import { compareRows } from "@/db/log/rebuild";
import { createAtWork } from "@/lib/process/at-work";
import { ownIdentity, statOf } from "@/lib/process/identity";
import { startTrial, type Trial } from "@/tests/agents/trial";

const usage = { inputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1 };
const PATIENCE = { timeout: 120_000 };
let trial: Trial;

afterEach(() => trial.close());

function calls(id: string, name: string, input: unknown): ModelReply {
  return { parts: [{ type: "call", id }], calls: [{ id, name, input }], usage, stopReason: "tool_calls" };
}

function modelOf(...replies: ModelReply[]): ModelPort & { requests: ModelRequest[] } {
  const requests: ModelRequest[] = [];
  return {
    requests,
    async respond(request) {
      requests.push(structuredClone(request));
      return (
        replies[requests.length - 1] ?? calls(`e${requests.length}`, "end_task", { status: "success", result: "over" })
      );
    },
  };
}

function failing(code: string): Error {
  return Object.assign(new Error(`injected ${code}`), { code });
}

function probe(afterCrash: "repeat" | "report_interrupted", run: () => void): WorldTool {
  return worldTool({
    name: "use_terminal",
    description: "Runs.",
    input: z.object({ command: z.string() }),
    level: "write",
    afterCrash,
    async run() {
      run();
      return { content: "done" };
    },
  }) as WorldTool;
}

const TASK = { task: "Do it", agent: "worker", model: "anthropic/test" };

// SQLite reports a page that the disk cannot read as a malformed database.
test.each([
  ["SQLITE_IOERR_READ", "The disk of the database could not be read"],
  ["SQLITE_CORRUPT", "its disk is failing, or it is damaged"],
])(
  "a disk that cannot be read for a while (%s) ends no task and keeps no lease, and /health says so meanwhile",
  async (code, sentence) => {
    let ahead = 0;
    trial = await startTrial({ runtime: { models: modelOf(), worldTools: [], now: () => Date.now() + ahead } });
    const { loader, workers, log } = trial.runtime.store;
    const { entries, rowOf } = loader;
    let refused = 0;
    loader.entries = (...given) => {
      refused += 1;
      if (refused < 8) throw failing(code);
      return entries(...given);
    };
    loader.rowOf = (task) => {
      if (refused < 8) throw failing(code);
      return rowOf(task);
    };
    const tree = await trial.submit(TASK);
    await expect.poll(() => refused, PATIENCE).toBeGreaterThanOrEqual(4);
    expect(healthOf({ log, workers }, Date.now() + ahead)).toContain(sentence);
    const { queries } = trial.runtime.application;
    await expect
      .poll(async () => {
        const { status, parked_until: until } = await queries.getTask(tree.root_task_id);
        // The next retry is due later, so the clock moves there.
        if (status === "parked" && until) ahead = Math.max(ahead, Date.parse(until) - Date.now() + 1);
        return refused;
      }, PATIENCE)
      .toBeGreaterThanOrEqual(8);
    expect((await trial.ended(tree.id, 240_000)).status).toBe("succeeded");
    expect(workers.holds(trial.worker?.id ?? 0).leases).toBe(0);
    expect(healthOf({ log, workers }, Date.now() + ahead)).toBeNull();
    expect(compareRows(trial.runtime.store)).toEqual([]);
  },
);

test("a record that meets a page which cannot be read is kept, and written when it can be: no model is asked twice", async () => {
  const { prepare } = Database.prototype;
  let refusals = 0;
  Database.prototype.prepare = function <T extends unknown[]>(this: Database.Database, sql: string) {
    const statement = prepare.call(this, sql) as Database.Statement<T>;
    if (sql !== "COMMIT") return statement;
    const run = statement.run.bind(statement);
    statement.run = (...given) => {
      if (refusals > 0) {
        refusals -= 1;
        throw failing("SQLITE_CORRUPT");
      }
      return run(...given);
    };
    return statement;
  } as typeof prepare;
  const model = modelOf();
  const { respond } = model;
  model.respond = async (...given) => {
    refusals = 3;
    return respond(...given);
  };
  try {
    trial = await startTrial({ runtime: { models: model, worldTools: [] } });
  } finally {
    Database.prototype.prepare = prepare;
  }
  const tree = await trial.submit(TASK);
  expect((await trial.ended(tree.id)).status).toBe("succeeded");
  const asked = (await trial.runtime.application.queries.getTree(tree.id)).tasks.length;
  expect(model.requests.length).toBe(asked);
  expect(compareRows(trial.runtime.store)).toEqual([]);
});

test("a lease without work is released at the next heartbeat", async () => {
  trial = await startTrial({ work: false, runtime: { models: modelOf(), worldTools: [] } });
  const worker = await trial.runtime.startWorker({ role: "all", pollMs: 20, heartbeatMs: 20, claiming: () => "one" });
  const { log, client } = trial.runtime.store;
  const tree = await trial.submit({ ...TASK, stepping: "manual" });
  await expect
    .poll(async () => (await trial.runtime.application.queries.getTask(tree.root_task_id)).status, PATIENCE)
    .toBe("paused");
  // The state that a worker leaves when its work ends silently.
  await log.write(() =>
    client.sqlite
      .prepare("UPDATE tasks SET status = 'running', worker_id = ? WHERE uid = ?")
      .run(worker.id, tree.root_task_id),
  );
  await expect.poll(() => trial.runtime.store.workers.holds(worker.id).leases, PATIENCE).toBe(0);
  await worker.stop(1_000);
});

test("a task that repeatedly crashes its worker is retried with growing delays, and finally fails with that reason", async () => {
  let ahead = 0;
  trial = await startTrial({
    work: false,
    runtime: { models: modelOf(), worldTools: [], now: () => Date.now() + ahead },
  });
  const { store, application } = trial.runtime;
  // It never answers, so that each worker dies during the task.
  const asked: (() => void)[] = [];
  trial.runtime.world.models.respond = (_, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      asked.pop()?.();
    });
  const tree = await trial.submit(TASK);
  const waits: number[] = [];
  for (let death = 0; death < 20; death += 1) {
    const held = new Promise<void>((resolve) => asked.push(resolve));
    const worker = await trial.runtime.startWorker({ role: "run", pollMs: 5 });
    await held;
    await store.workers.remove(worker.id);
    await worker.stop(0);
    const { parked_until: until, ...task } = await application.queries.getTask(tree.root_task_id);
    const times = death + 1;
    expect([task.parked_by, task.reason_detail]).toEqual(
      until ? ["interrupted", `Interrupted ${times} times without progress.`] : [null, null],
    );
    // No provider parked it.
    expect(JSON.stringify(await application.queries.listProviders())).not.toContain(tree.root_task_id);
    waits.push(until ? Date.parse(until) - Date.now() - ahead : 0);
    if (until) ahead += 300_001;
  }
  expect(waits.slice(0, 3)).toEqual([0, 0, 0]);
  expect(waits.at(3)).toBeGreaterThan(0);
  expect(waits.at(-1)).toBeGreaterThan(waits.at(4) ?? 0);
  const last = await trial.runtime.startWorker({ role: "run", pollMs: 5 });
  const ended = await trial.ended(tree.id, 240_000);
  expect(ended).toMatchObject({ status: "failed", reason: "internal" });
  const detail = store.loader.detailOf(1);
  expect(detail).toContain("broke off 20 times without a step forward");
  expect(compareRows(store)).toEqual([]);
  await last.stop(1_000);
});

test("a worker's death counts against the task that it worked on last, and not against the others", async () => {
  trial = await startTrial({ work: false, runtime: { models: modelOf(), worldTools: [] } });
  const { store } = trial.runtime;
  let asked = 0;
  trial.runtime.world.models.respond = (_, { signal }) => {
    asked += 1;
    return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  };
  const trees = [await trial.submit(TASK), await trial.submit(TASK), await trial.submit(TASK)];
  const dies = await trial.runtime.startWorker({ role: "worker", pollMs: 5, slots: 3 });
  await expect.poll(() => asked, PATIENCE).toBe(3);
  const culprit = createAtWork(trial.dataDir).last(dies.id);
  expect(trees.map((tree) => tree.root_task_id)).toContain(culprit);
  const next = await trial.runtime.startWorker({ role: "worker", pollMs: 5, slots: 3, liveness: () => "dead" });
  const counted = store.client.sqlite.prepare("SELECT uid FROM tasks WHERE fruitless_leases > 0").pluck().all();
  expect(counted).toEqual([culprit]);
  expect(createAtWork(trial.dataDir).last(dies.id)).toBe(null);
  await Promise.all([dies.stop(0), next.stop(0)]);
});

test.each(["EMFILE", "ENFILE", "EAGAIN", "ENOMEM"])(
  "%s in a call that may run again: the agent never hears of it",
  async (code) => {
    let runs = 0;
    const tool = probe("repeat", () => {
      runs += 1;
      if (runs === 1) throw failing(code);
    });
    const model = modelOf(calls("a", "use_terminal", { command: "x" }));
    trial = await startTrial({ runtime: { models: model, worldTools: [tool] } });
    const tree = await trial.submit(TASK);
    expect((await trial.ended(tree.id)).status).toBe("succeeded");
    expect(runs).toBe(2);
    expect(model.requests[1]?.messages.at(-1)).toMatchObject({ role: "tool", content: "done", isError: false });
  },
);

test("a shortage in a call that may run only once becomes its response", async () => {
  const tool = probe("report_interrupted", () => {
    throw failing("EMFILE");
  });
  const model = modelOf(calls("a", "use_terminal", { command: "x" }));
  trial = await startTrial({ runtime: { models: model, worldTools: [tool] } });
  const tree = await trial.submit(TASK);
  expect((await trial.ended(tree.id)).status).toBe("succeeded");
  const content = expect.stringMatching(/^The server ran out of file descriptors\. .*Check, then try again/);
  expect(model.requests[1]?.messages.at(-1)).toMatchObject({ role: "tool", isError: true, content });
});

test("a frozen worker's programs are ended before its tasks continue", async () => {
  const model = modelOf(calls("a", "use_terminal", { command: "x" }));
  trial = await startTrial({ work: false, runtime: { models: model, worldTools: [] } });
  const { store } = trial.runtime;
  const still = spawn("bash", ["-c", "sleep 1000 & echo $!; wait"], { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = (await once(still.stdout, "data")) as [Buffer];
  const command = Number(line.toString());
  const pid = still.pid as number;
  const identity = { ...ownIdentity(), pid, processStart: statOf(pid)?.start ?? "" };
  await store.workers.register(identity, "worker", null, () => true);
  process.kill(pid, "SIGSTOP");
  let clock = 0;
  const removed: (boolean | null)[] = [];
  const { remove } = store.workers;
  store.workers.remove = (id) => {
    removed.push(statOf(command) === null);
    return remove(id);
  };
  const worker = await trial.runtime.startWorker({
    role: "worker",
    pollMs: 20,
    heartbeatMs: 20,
    monotonic: () => clock,
  });
  clock = 31_000;
  await expect.poll(() => removed, PATIENCE).toEqual([true]);
  expect(statOf(pid)).not.toBeNull();
  process.kill(pid, "SIGKILL");
  await worker.stop(1_000);
});

test("a worker that was frozen for long starts nothing for a task that it has lost", async () => {
  let runs = 0;
  const tool = probe("repeat", () => {
    runs += 1;
  });
  let clock = 0;
  const answer: (() => void)[] = [];
  const models: ModelPort = {
    async respond() {
      await new Promise<void>((resolve) => answer.push(resolve));
      return calls(`c${answer.length}`, "use_terminal", { command: "x" });
    },
  };
  trial = await startTrial({ work: false, runtime: { models, worldTools: [tool] } });
  const { store } = trial.runtime;
  // Its heartbeat is not due, so only the check before the effect can find the lost lease.
  const far = { pollMs: 3_600_000, heartbeatMs: 3_600_000 };
  const worker = await trial.runtime.startWorker({ role: "worker", ...far, monotonic: () => clock });
  await trial.submit(TASK);
  await expect.poll(() => answer.length, PATIENCE).toBe(1);
  clock = 120_000;
  await store.log.write(() => store.client.sqlite.exec("UPDATE tasks SET worker_id = 99"));
  answer[0]?.();
  await expect.poll(() => worker.active(), PATIENCE).toBe(0);
  expect(runs).toBe(0);
  await worker.stop(1_000);
});

test("a web server writes no heartbeat, and a worker beside it does not end its programs", async () => {
  trial = await startTrial({ work: false, runtime: { models: modelOf(), worldTools: [] } });
  const { workers } = trial.runtime.store;
  const web = spawn("bash", ["-c", "sleep 1000 & echo $!; wait"], { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = (await once(web.stdout, "data")) as [Buffer];
  const started = Number(line.toString());
  const pid = web.pid as number;
  const id = await workers.register(
    { ...ownIdentity(), pid, processStart: statOf(pid)?.start ?? "" },
    "web",
    null,
    () => true,
  );
  const ended: number[] = [];
  let clock = 0;
  let polls = 0;
  const { list } = workers;
  workers.list = () => {
    polls += 1;
    return list();
  };
  const endDescendants = async (process: { pid: number }) => {
    ended.push(process.pid);
    return true;
  };
  const options = { role: "worker", pollMs: 20, heartbeatMs: 20, monotonic: () => clock, endDescendants } as const;
  const worker = await trial.runtime.startWorker(options);
  clock = 31_000;
  const seen = polls;
  await expect.poll(() => polls, PATIENCE).toBeGreaterThan(seen + 2);
  expect(ended).toEqual([]);
  expect(statOf(started)).not.toBeNull();
  expect(workers.list().map((worker) => worker.id)).toContain(id);
  // The web server is the oldest process, and supervises no tree.
  expect(worker.leads()).toBe(true);
  // When it is dead, its row is removed.
  web.kill("SIGKILL");
  process.kill(started, "SIGKILL");
  await expect.poll(() => workers.list().map((worker) => worker.id), PATIENCE).not.toContain(id);
  await worker.stop(1_000);
});

test("a server's worker leads also beside an older command, which leads only alone", async () => {
  trial = await startTrial({ work: false, runtime: { models: modelOf(), worldTools: [] } });
  const { startWorker, store } = trial.runtime;
  const command = await startWorker({ role: "run", treeId: "none" });
  expect(command.leads()).toBe(true);
  const server = await startWorker({ role: "worker" });
  expect(store.workers.list().map(({ id }) => id)).toEqual([command.id, server.id]);
  expect([command.leads(), server.leads()]).toEqual([false, true]);
  await server.stop(1_000);
  expect(command.leads()).toBe(true);
  await command.stop(1_000);
});

test("readers of the database survive an unreadable disk, and read again", async () => {
  trial = await startTrial({ runtime: { models: modelOf(), worldTools: [] } });
  const { store, world } = trial.runtime;
  const thrown: unknown[] = [];
  const note = (error: unknown) => void thrown.push(error);
  process.on("uncaughtException", note);
  onTestFinished(() => void process.off("uncaughtException", note));
  let isBroken = true;
  let refused = 0;
  const breaks = <T extends object>(owner: T, name: keyof T) => {
    const real = owner[name] as (...given: unknown[]) => unknown;
    owner[name] = ((...given: unknown[]) => {
      if (!isBroken) return real(...given);
      refused += 1;
      throw failing("SQLITE_IOERR_READ");
    }) as T[keyof T];
  };
  breaks(store.queries.status, "dataVersion");
  breaks(store.queries.status, "running");
  breaks(store.loader, "stopped");
  breaks(store.interventions, "hasDueCases");
  breaks(store.workers, "list");
  const heard: string[] = [];
  const stop = trial.runtime.application.live.onTrees(({ treeIds }) => void heard.push(...treeIds));
  onTestFinished(stop);
  const tree = await trial.submit(TASK);
  await expect.poll(() => refused, PATIENCE).toBeGreaterThan(20);
  isBroken = false;
  expect((await trial.ended(tree.id)).status).toBe("succeeded");
  expect(heard).toContain(tree.id);
  expect(thrown).toEqual([]);
  world.log.poke();
});
