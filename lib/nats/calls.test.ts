import { spawn } from "node:child_process";
import { once } from "node:events";
import { headers } from "@nats-io/transport-node";
import { expect, onTestFinished, test } from "vitest";
import { bundleProgram } from "@/tests/agents/bundle";
import { connectNats } from "./connect";
import { subjects } from "./names";
import type { CallRequest, Gap, ReceivedCall, RunnerLink } from "./port";
import { CELL, startCell, stateOf, type TestCell } from "./testing/cell";
import { INPUT_HEADER, NUMBER_HEADER } from "./wire";

const NAME = "linux-1";
const bytes = (text: string) => Buffer.from(text);
const text = (data: Uint8Array) => Buffer.from(data).toString();

function request(more: Partial<CallRequest> = {}): CallRequest {
  const deadlineMs = Date.now() + 3_600_000;
  return { runner: NAME, callId: "c1", bootId: "boot-1", place: 1, level: 1, deadlineMs, body: null, ...more };
}

/** Keeps what a call sends. */
function kept() {
  const chunks: string[] = [];
  const gaps: Gap[] = [];
  const listener = { onChunk: (data: Uint8Array) => chunks.push(text(data)), onGap: (gap: Gap) => gaps.push(gap) };
  return { chunks, gaps, listener };
}

/** A runner whose calls end when the test says so. */
async function startRunner(cell: TestCell) {
  const runner = await cell.runner(NAME);
  runner.announce(stateOf());
  const calls: ReceivedCall[] = [];
  let finish: (body: unknown) => void = () => {};
  await runner.serve((call) => ({
    run() {
      calls.push(call);
      return new Promise((resolve) => {
        finish = resolve;
      });
    },
  }));
  return { runner, calls, finish: (body: unknown) => finish(body) };
}

/** A connection with the key of a user, for messages that the code itself would not send. */
async function rawLink(cell: TestCell, user: string) {
  const link = await connectNats({ servers: cell.nats.urls, cell: CELL, seed: cell.seeds[user] ?? "" }, `raw-${user}`);
  onTestFinished(link.close);
  return link.connection;
}

async function accepted(cell: TestCell, more: Partial<CallRequest> = {}) {
  const server = await cell.server();
  const { listener, ...heard } = kept();
  const start = await server.call(request(more), listener);
  if (start.state !== "accepted") throw new Error(start.state);
  return { server, call: start.call, ...heard };
}

test("a call sends chunks in order, takes input, and has one outcome that stays", async () => {
  const cell = await startCell({ runners: [NAME] });
  const { runner, calls, finish } = await startRunner(cell);
  const { server, call, chunks, gaps } = await accepted(cell, { place: 7, body: { say: "hello" } });
  const [received] = calls;
  expect(received).toMatchObject({ callId: "c1", place: 7, level: 1, body: { say: "hello" } });
  expect(Math.abs((received?.deadlineMs ?? 0) - Date.now() - 3_600_000)).toBeLessThan(60_000);
  // Inputs that come before somebody listens are kept.
  expect(await Promise.all(["a", "b"].map((one) => call.input(bytes(one))))).toEqual(["taken", "taken"]);
  received?.onInput((data) => received.send(bytes(`heard ${text(data)}`)));
  expect(await call.input(bytes("c"))).toBe("taken");
  finish({ exit: 0 });
  const outcome = { callId: "c1", place: 7, chunks: 3, state: "done", body: { exit: 0 } };
  expect(await call.outcome).toEqual(outcome);
  expect([chunks, gaps]).toEqual([["heard a", "heard b", "heard c"], []]);
  await runner.settled();
  expect(await server.outcome(NAME, "c1")).toEqual(outcome);
  expect(await server.outcome(NAME, "c2")).toBeNull();
  expect(await call.input(bytes("late"))).toBe("ended");
  expect(await server.follow(NAME, "c1").outcome).toEqual(outcome);
});

test("a cancelled call hears it, and ends by itself", async () => {
  const cell = await startCell({ runners: [NAME] });
  const { calls, finish } = await startRunner(cell);
  const { call } = await accepted(cell);
  calls[0]?.signal.addEventListener("abort", () => finish("stopped"));
  expect(await call.cancel()).toBe("taken");
  expect(await call.outcome).toMatchObject({ state: "done", body: "stopped" });
  expect(await call.cancel()).toBe("ended");
});

test("a cancellation that nobody heard is sent again when the connection is back, until the call has ended", async () => {
  const cell = await startCell({ runners: [NAME] });
  const server = await cell.server();
  const call = server.follow(NAME, "c1");
  expect(await call.cancel()).toBe("unknown");
  const heard: string[] = [];
  const runner = await rawLink(cell, NAME);
  runner.subscribe(subjects.cancel(CELL, NAME, "*"), {
    callback(_, message) {
      heard.push(message.subject);
      message.respond(JSON.stringify({ taken: "taken" }));
    },
  });
  await runner.flush();
  const [node] = cell.nats.nodes;
  await node?.kill();
  await node?.start();
  await expect.poll(() => heard, { timeout: 30_000 }).toContain(subjects.cancel(CELL, NAME, "c1"));
  call.leave();
}, 60_000);

test("a runner refuses with a reason; another start of it refuses what was meant for the one before", async () => {
  const cell = await startCell({ runners: [NAME] });
  const runner = await cell.runner(NAME);
  runner.announce(stateOf());
  await runner.serve(() => ({ refused: "no-slot" }));
  const server = await cell.server();
  expect(await server.call(request())).toEqual({ state: "refused", code: "no-slot" });
  expect(await server.call(request({ callId: "c2", bootId: "boot-0" }))).toEqual({
    state: "refused",
    code: "other-start",
  });
  expect(await server.outcome(NAME, "c1")).toBeNull();
});

test("work that throws, and a body that is too large, are outcomes too", async () => {
  const cell = await startCell({ runners: [NAME] });
  const runner = await cell.runner(NAME);
  runner.announce(stateOf());
  await runner.serve(({ callId }) => ({
    async run() {
      if (callId === "throws") throw new Error("no matter why");
      if (callId === "no-json") return 1n;
      return "x".repeat(1_100_000);
    },
  }));
  const server = await cell.server();
  for (const [callId, state] of [
    ["throws", "failed"],
    ["no-json", "failed"],
    ["large", "too-large"],
  ]) {
    const start = await server.call(request({ callId }));
    if (start.state !== "accepted") throw new Error(start.state);
    expect(await start.call.outcome).toEqual({ callId, place: 1, chunks: 0, state, body: null });
  }
  await expect(server.call(request({ callId: "c3", body: "x".repeat(1_100_000) }))).rejects.toThrow(/as a pack/);
});

test("a runner that nobody has made is unreachable; one that does not listen leaves it unknown", async () => {
  const cell = await startCell({ runners: [NAME] });
  const server = await cell.server();
  expect(await server.call(request({ runner: "nobody" }))).toEqual({ state: "unreachable" });
  const start = await server.call(request());
  expect(start.state).toBe("unknown");
  if (start.state !== "unknown") return;
  start.call.leave();
  expect(await start.call.outcome).toBeNull();
  const other = server.follow(NAME, "c2");
  await server.close();
  expect(await other.outcome).toBeNull();
});

test("a call that was lost on its way is sent again until the runner takes it, or says that it does not", async () => {
  const cell = await startCell({ runners: [NAME] });
  const server = await cell.server();
  const runner = await cell.runner(NAME);
  runner.announce(stateOf());
  // Nobody hears them yet.
  const starts = await Promise.all(["c1", "c2"].map((callId) => server.call(request({ callId }))));
  expect(starts.map(({ state }) => state)).toEqual(["unknown", "unknown"]);
  let runs = 0;
  await runner.serve(({ callId }) => {
    if (callId === "c2") return { refused: "full" };
    return {
      async run() {
        runs += 1;
        return "late";
      },
    };
  });
  const outcomes = starts.map((start) => ("call" in start ? start.call.outcome : null));
  expect(await Promise.all(outcomes)).toMatchObject([
    { state: "done", body: "late" },
    { state: "refused", code: "full" },
  ]);
  expect(runs).toBe(1);
});

test("a request that comes twice runs once, and inputs that come twice are taken once", async () => {
  const cell = await startCell({ runners: [NAME] });
  const { calls } = await startRunner(cell);
  const { call } = await accepted(cell);
  const raw = await rawLink(cell, "server");
  const { runner, deadlineMs, ...rest } = request();
  const again = await raw.request(subjects.call(CELL, runner), JSON.stringify({ ...rest, leftMs: 1_000 }));
  expect(again.json()).toEqual({ accepted: true });
  const inputs: string[] = [];
  calls[0]?.onInput((data) => inputs.push(text(data)));
  await call.input(bytes("first"));
  const named = headers();
  named.set(INPUT_HEADER, "once");
  const doubled = async () => {
    const options = { timeout: 2_000, headers: named };
    return (await raw.request(subjects.input(CELL, NAME, "c1"), bytes("doubled"), options)).json();
  };
  expect([await doubled(), await doubled()]).toEqual([{ taken: "taken" }, { taken: "taken" }]);
  await call.input(bytes("second"));
  expect(inputs).toEqual(["first", "doubled", "second"]);
  expect(calls).toHaveLength(1);
  expect((await raw.request(subjects.cancel(CELL, NAME, "c9"))).json()).toEqual({ taken: "missing" });
});

test("chunks that are lost are told, doubled and late ones are dropped, and the outcome waits for the last", async () => {
  const cell = await startCell({ runners: [NAME] });
  const server = await cell.server();
  const raw = await rawLink(cell, NAME);
  const { listener, chunks, gaps } = kept();
  const call = server.follow(NAME, "c1", listener);
  // Not before the server's subscriptions are known.
  await server.outcome(NAME, "c1");
  const send = (number: number | string) => {
    const numbered = headers();
    numbered.set(NUMBER_HEADER, String(number));
    raw.publish(subjects.chunk(CELL, NAME, "c1"), bytes(String(number)), { headers: numbered });
  };
  for (const number of [0, 0, 2, 1, 3, "x", -1, 3]) send(number);
  raw.publish(subjects.chunk(CELL, NAME, "c1"), bytes("without a number"));
  const outcome = { callId: "c1", place: 1, chunks: 7, state: "done", body: null };
  await raw.request(subjects.outcome(CELL, NAME, "c1"), JSON.stringify(outcome));
  send(4);
  expect(await call.outcome).toEqual(outcome);
  expect(chunks).toEqual(["0", "2", "3", "4"]);
  expect(gaps).toEqual([
    { from: 1, to: 1 },
    { from: 5, to: 6 },
  ]);
});

test("Z2: an outcome that is none ends the call as broken, and the first outcome stays", async () => {
  const cell = await startCell({ runners: [NAME] });
  const server = await cell.server();
  const raw = await rawLink(cell, NAME);
  const call = server.follow(NAME, "c1");
  await server.outcome(NAME, "c1");
  await raw.request(subjects.outcome(CELL, NAME, "c1"), "{not json");
  expect(await call.outcome).toEqual({ callId: "c1", state: "broken" });
  const proper = { callId: "c1", place: 1, chunks: 0, state: "done", body: null };
  const answer = await raw.request(subjects.outcome(CELL, NAME, "c1"), JSON.stringify(proper));
  expect(answer.json()).toMatchObject({ error: { err_code: 10_077 } });
  expect(await server.outcome(NAME, "c1")).toEqual({ callId: "c1", state: "broken" });
});

test("a server that is killed in the middle of a call loses nothing: the next one hears the outcome", async () => {
  const cell = await startCell({ runners: [NAME] });
  const { runner, calls, finish } = await startRunner(cell);
  const options = { servers: cell.nats.urls, cell: CELL, seed: cell.seeds.server };
  const argument = JSON.stringify({ options, request: request({ body: "build" }) });
  const asker = spawn(process.execPath, [...(await bundleProgram("lib/nats/testing/asker-main.ts")), argument], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void asker.kill("SIGKILL"));
  expect(String(await once(asker.stdout, "data"))).toBe("accepted\n");
  const gone = once(asker, "close");
  asker.kill("SIGKILL");
  await gone;
  calls[0]?.send(bytes("nobody hears this"));
  const inputs: string[] = [];
  calls[0]?.onInput((data) => inputs.push(text(data)));
  const { listener, gaps } = kept();
  const before = await cell.server();
  const followed = before.follow(NAME, "c1", listener);
  expect(await before.outcome(NAME, "c1")).toBeNull();
  expect(await followed.input(bytes("second"))).toBe("taken");
  finish("built");
  expect(await followed.outcome).toMatchObject({ state: "done", body: "built" });
  expect(gaps).toEqual([{ from: 0, to: 0 }]);
  expect(inputs).toEqual(["first", "second"]);
  await runner.settled();
  await before.close();
  const after = await cell.server();
  expect(await after.outcome(NAME, "c1")).toMatchObject({ body: "built" });
});

test("a runner keeps outcomes while NATS is away, and stores them in order when it is back", async () => {
  const cell = await startCell({ runners: [NAME] });
  const [node] = cell.nats.nodes;
  const server = await cell.server();
  const runner: RunnerLink = await cell.runner(NAME, { pingMs: 300 });
  runner.announce(stateOf());
  const finish = new Map<string, () => void>();
  await runner.serve(({ callId }) => ({ run: () => new Promise<void>((resolve) => finish.set(callId, resolve)) }));
  const ids = ["c1", "c2", "c3"];
  const calls = [];
  for (const callId of ids) {
    const start = await server.call(request({ callId }));
    if (start.state !== "accepted") throw new Error(start.state);
    calls.push(start.call);
  }
  await node?.kill();
  await expect.poll(() => runner.isUp()).toBe(false);
  for (const callId of ids) finish.get(callId)?.();
  await expect.poll(() => runner.waitingOutcomes()).toBe(3);
  expect(await server.call(request({ callId: "c4" }))).toEqual({ state: "unreachable" });
  await node?.start();
  expect(await Promise.all(calls.map(async ({ outcome }) => (await outcome)?.callId))).toEqual(ids);
  await runner.settled();
  expect(runner.waitingOutcomes()).toBe(0);
  for (const callId of ids) expect(await server.outcome(NAME, callId)).toMatchObject({ state: "done", callId });
});
