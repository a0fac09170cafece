import { expect, test } from "vitest";
import { endTask, startSubtask } from "@/tests/agents/replies";
import { gate, requestsOf, runRoot, sub, titled, trialsOfThisFile, until, whenTask } from "@/tests/agents/scenario";

const start = trialsOfThisFile();
const names = (count: number) => Array.from({ length: count }, (_, index) => `leaf ${index}`);

/** Counts how many replies are being made at the same time. */
function meter() {
  let now = 0;
  let most = 0;
  return {
    most: () => most,
    now: () => now,
    async during<T>(work: () => Promise<T>): Promise<T> {
      now += 1;
      most = Math.max(most, now);
      try {
        return await work();
      } finally {
        now -= 1;
      }
    },
  };
}

test("of ten ready leaves three are at work at once, and never four", async () => {
  const meters = meter();
  let running = gate();
  const trial = await start(
    {
      root: [startSubtask(...names(10).map((name) => sub(name))), endTask("done")],
      "*": () => meters.during(() => running.opened.then(() => endTask("leaf"))),
    },
    { env: { MAX_CONCURRENT_AGENTS: "3" } },
  );
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const status = trial.runtime.application.queries.getStatus;
  // Three replies wait until all three have arrived; then the next three.
  for (let done = 0; done < 9; done += 3) {
    await until(() => meters.now() === 3, "three are at work");
    expect((await status()).slots).toEqual({ used: 3, max: 3 });
    const before = running;
    running = gate();
    before.open();
  }
  running.open();
  const tree = await trial.ended(id);
  expect(tree.status).toBe("succeeded");
  expect(meters.most()).toBe(3);
});

test("a waiting parent holds no slot: a tree of depth four ends with one", async () => {
  const meters = meter();
  const trial = await start(
    {
      "*": (request) =>
        meters.during(async () => {
          const name = request.instruction.split("\n", 1)[0] ?? "";
          const depth = name === "root" ? 0 : name.length;
          if (request.turn > 0 || depth >= 4) return endTask(name);
          return startSubtask(...["a", "b"].map((side) => sub(name === "root" ? side : `${name}${side}`)));
        }),
    },
    { env: { MAX_CONCURRENT_AGENTS: "1" } },
  );
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  expect(tree.tasks.filter((task) => task.role === "work").length).toBe(31);
  expect(meters.most()).toBe(1);
});

test("a tree with a higher priority gets the next slot, at a turn's boundary of the one at work", async () => {
  const hold = gate();
  const order: string[] = [];
  const trial = await start(
    {
      root: async (request) => {
        if (request.turn === 0) await hold.opened;
        order.push(`low ${request.turn}`);
        return request.turn < 2 ? { calls: [{ name: "list_agents", input: {} }] } : endTask("low");
      },
      waiting: () => {
        order.push("waiting");
        return endTask("waiting");
      },
      urgent: () => {
        order.push("urgent");
        return endTask("urgent");
      },
      "@task_evaluator": endTask("pass"),
    },
    { env: { MAX_CONCURRENT_AGENTS: "1" } },
  );
  const low = await trial.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(trial, "root").length === 1, "the first is at work");
  const waiting = await trial.submit({ task: "waiting", agent: "worker" });
  const urgent = await trial.submit({ task: "urgent", agent: "worker", priority: 5 });
  hold.open();
  for (const { id } of [low, waiting, urgent]) expect((await trial.ended(id)).status).toBe("succeeded");
  expect(order.slice(0, 3)).toEqual(["low 0", "urgent", "low 1"]);
  expect(order.indexOf("waiting")).toBeGreaterThan(order.indexOf("low 1"));
});

test("two workers on one database never exceed the slots together, and both work", async () => {
  const meters = meter();
  const all = gate();
  const script = {
    root: (request: { turn: number }) =>
      request.turn === 0 ? startSubtask(...names(12).map((name) => sub(name))) : endTask("done"),
    "*": () => meters.during(() => all.opened.then(() => endTask("leaf"))),
  };
  const env = { MAX_CONCURRENT_AGENTS: "3" };
  const first = await start(script, { env });
  if (!first.provider) throw new Error("There is no provider.");
  const second = await start(null, { env, role: "worker", dataDir: first.dataDir, provider: first.provider });
  const { id } = await first.submit({ task: "root", agent: "worker" });
  await until(() => meters.now() === 3, "three are at work");
  all.open();
  const tree = await first.ended(id);
  expect(tree.status).toBe("succeeded");
  expect(meters.most()).toBe(3);
  expect(tree.tasks.filter((task) => task.role === "work" && task.status === "succeeded").length).toBe(13);
  expect(first.provider.requests.filter((request) => request.attempt > 0)).toEqual([]);
  const { sqlite } = first.runtime.store.client;
  expect(sqlite.prepare("SELECT count(*) FROM workers").pluck().get()).toBe(2);
  expect([first.faults, second.faults]).toEqual([[], []]);
});

test("a worker that stops lets tasks come to their turn's boundary; another one goes on from there", async () => {
  const hold = gate();
  const first = await start({
    root: async (request) => {
      if (request.turn === 0) await hold.opened;
      return request.turn === 0 ? { calls: [{ name: "list_agents", input: {} }] } : endTask("done");
    },
  });
  if (!first.provider) throw new Error("There is no provider.");
  const { id } = await first.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(first, "root").length === 1, "the first turn is under way");
  const stopped = first.worker?.stop(5_000);
  hold.open();
  await stopped;
  const rest = await whenTask(first, id, "root", (task) => task.turns === 1);
  expect(rest.status).toBe("ready");
  const second = await start(null, { dataDir: first.dataDir, provider: first.provider });
  const tree = await second.ended(id);
  expect(tree.status).toBe("succeeded");
  expect(requestsOf(first, "root").map((request) => [request.turn, request.attempt])).toEqual([
    [0, 0],
    [1, 0],
  ]);
  expect(titled(tree, "root").turns).toBe(2);
});

test("a worker whose grace is over cuts the call in flight, and nothing of it is kept", async () => {
  const never = gate();
  const first = await start({
    root: (request) => (request.attempt === 0 ? never.opened.then(() => endTask("never")) : endTask("done")),
  });
  if (!first.provider) throw new Error("There is no provider.");
  const { id } = await first.submit({ task: "root", agent: "worker" });
  await until(() => requestsOf(first, "root").length === 1, "the first turn is under way");
  await first.worker?.stop(10);
  expect(await first.provider.requests[0]?.ended).toBe("closed");
  expect(first.faults).toEqual([]);
  const second = await start(null, { dataDir: first.dataDir, provider: first.provider });
  const tree = await second.ended(id);
  expect([tree.status, titled(tree, "root").turns]).toEqual(["succeeded", 1]);
  never.open();
});
