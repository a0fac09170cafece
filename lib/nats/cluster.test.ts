/** Three nodes, of which one is killed or frozen at the worst moment. */
import { expect, test } from "vitest";
import { outcomesStream } from "./names";
import { CELL, startCell, stateOf } from "./testing/cell";
import type { StoredOutcome } from "./wire";

const inAnHour = () => Date.now() + 3_600_000;

test("the leader of the outcomes is killed in the middle of 200: nothing is lost, and nothing comes twice", async () => {
  const cell = await startCell({ runners: ["linux-1"], nodes: 3 });
  const server = await cell.server();
  const runner = await cell.runner("linux-1");
  runner.announce(stateOf());
  let runs = 0;
  await runner.serve(({ body }) => ({
    async run() {
      runs += 1;
      return body;
    },
  }));
  const { leader, copies } = await cell.nats.stream(outcomesStream(CELL));
  expect(copies).toBe(3);
  const heard: (StoredOutcome | null)[] = [];
  const call = async (at: number) => {
    const request = { runner: "linux-1", bootId: "boot-1", place: 1, level: 1, body: at };
    for (;;) {
      const start = await server.call({ ...request, callId: `c${at}`, deadlineMs: inAnHour() });
      if (start.state === "refused") throw new Error(start.code);
      if (start.state !== "unreachable") return void heard.push(await start.call.outcome);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const calls: Promise<void>[] = [];
  for (let at = 0; at < 200; at += 1) {
    calls.push(call(at));
    if (at % 20 === 0) await Promise.race(calls);
    if (at === 100) await cell.nats.node(leader).kill();
  }
  await Promise.all(calls);
  await runner.settled();
  const bodies = heard.map((outcome) => outcome?.state === "done" && outcome.body);
  expect(bodies.sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 200 }, (_, at) => at));
  expect(runs).toBe(200);
  expect((await cell.nats.stream(outcomesStream(CELL))).messages).toBe(200);
  for (const at of [0, 99, 100, 101, 199])
    expect(await server.outcome("linux-1", `c${at}`)).toMatchObject({ body: at });
});

test("a runner whose node is frozen moves to another one, and ends its call there", async () => {
  const cell = await startCell({ runners: ["linux-1"], nodes: 3 });
  const [first, ...others] = cell.nats.nodes;
  const server = await cell.server({ servers: others.map(({ url }) => url) });
  const runner = await cell.runner("linux-1", { servers: [first?.url ?? ""], pingMs: 300 });
  const moves: string[] = [];
  runner.onLost(() => moves.push("lost"));
  const isBack = new Promise<void>((resolve) => runner.onBack(resolve));
  runner.announce(stateOf());
  let finish = () => {};
  await runner.serve((call) => ({
    async run() {
      call.send(Buffer.from("before"));
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      call.send(Buffer.from("after"));
      return "ended";
    },
  }));
  const chunks: string[] = [];
  const request = { runner: "linux-1", bootId: "boot-1", place: 1, level: 1, body: null };
  const start = await server.call(
    { ...request, callId: "c1", deadlineMs: inAnHour() },
    { onChunk: (data) => chunks.push(Buffer.from(data).toString()), onGap: () => chunks.push("gap") },
  );
  if (start.state !== "accepted") throw new Error(start.state);
  first?.freeze();
  await expect.poll(() => moves).toEqual(["lost"]);
  finish();
  await isBack;
  expect(await start.call.outcome).toMatchObject({ state: "done", body: "ended", chunks: 2 });
  expect(chunks).toEqual(["before", "after"]);
  expect(server.presence.list().map((record) => record.runner)).toEqual(["linux-1"]);
});

test("while the nodes have no leader a used pack stays, and the packs of a runner wait for one", async () => {
  const cell = await startCell({ runners: ["linux-1"], nodes: 3 });
  const [kept, ...others] = cell.nats.nodes;
  const server = await cell.server({ servers: [kept?.url ?? ""] });
  const before = await server.packs("linux-1");
  const pack = await before.put("p1", once("bytes"));
  await Promise.all(others.map((node) => node.kill()));
  await before.remove(pack.name);
  const after = server.packs("linux-2");
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await Promise.all(others.map((node) => node.start()));
  const stored = await (await after).put("p2", once("more"));
  const parts: Uint8Array[] = [];
  for await (const part of (await after).get(stored)) parts.push(part);
  expect(Buffer.concat(parts).toString()).toBe("more");
  expect(server.isUp()).toBe(true);
});

async function* once(text: string) {
  yield Buffer.from(text);
}
