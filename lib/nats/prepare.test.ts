import { jetstreamManager } from "@nats-io/jetstream";
import { expect, onTestFinished, test } from "vitest";
import { connectNats } from "./connect";
import { outcomesStream, packsBucket, presenceBucket } from "./names";
import { prepareCell, preparePacks } from "./prepare";
import { CELL, startCell, stateOf } from "./testing/cell";

async function manager(nodes: 1 | 3) {
  const cell = await startCell({ runners: ["linux-1"], nodes });
  const link = await connectNats({ servers: cell.nats.urls, cell: CELL, seed: cell.seeds.server ?? "" }, "look");
  onTestFinished(link.close);
  return { manager: await jetstreamManager(link.connection), cell };
}

test("makes what is missing, changes what has other settings, and keeps what is stored", async () => {
  const { manager: streams } = await manager(1);
  await prepareCell(streams, CELL);
  await preparePacks(streams, CELL, "linux-1");
  const names = [`KV_${presenceBucket(CELL)}`, `OBJ_${packsBucket(CELL, "linux-1")}`, outcomesStream(CELL)];
  const found: string[] = [];
  for await (const name of streams.streams.names()) found.push(name);
  expect(found.sort()).toEqual(names.sort());
  const before = await streams.streams.info(outcomesStream(CELL));
  expect(before.config.num_replicas).toBe(1);
  // As an older version may have left it.
  await streams.streams.update(outcomesStream(CELL), { max_age: 60_000_000_000, duplicate_window: 30_000_000_000 });
  await prepareCell(streams, CELL);
  await preparePacks(streams, CELL, "linux-1");
  const after = await streams.streams.info(outcomesStream(CELL));
  expect(after.config).toEqual(before.config);
  expect(after.created).toBe(before.created);
});

test("what was made with one copy gets three where there are three nodes", async () => {
  const { manager: streams, cell } = await manager(3);
  const name = outcomesStream(CELL);
  await streams.streams.add({ name, subjects: [`banyan.${CELL}.outcome.>`], num_replicas: 1 });
  await expect
    .poll(() =>
      prepareCell(streams, CELL).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true);
  expect(await cell.nats.stream(name)).toMatchObject({ copies: 3 });
  expect(await cell.nats.stream(`KV_${presenceBucket(CELL)}`)).toMatchObject({ copies: 3 });
});

test("a node that has lost what it stored gets its streams again, and calls go on", async () => {
  const cell = await startCell({ runners: ["linux-1"] });
  const server = await cell.server();
  const runner = await cell.runner("linux-1");
  runner.announce(stateOf());
  await runner.serve(() => ({ run: async () => "done" }));
  await server.packs("linux-1");
  const [node] = cell.nats.nodes;
  await node?.kill();
  node?.forget();
  await expect.poll(() => server.isUp() || runner.isUp()).toBe(false);
  await node?.start();
  await expect.poll(() => server.isUp() && runner.isUp()).toBe(true);
  const deadlineMs = Date.now() + 60_000;
  const request = { runner: "linux-1", bootId: "boot-1", place: 1, level: 1, deadlineMs, body: null };
  const start = await server.call({ ...request, callId: "c1" });
  if (start.state !== "accepted") throw new Error(start.state);
  expect(await start.call.outcome).toMatchObject({ body: "done" });
  await runner.settled();
  expect(await server.outcome("linux-1", "c1")).toMatchObject({ body: "done" });
  await server.packs("linux-1");
  expect(await cell.nats.stream(`OBJ_${packsBucket(CELL, "linux-1")}`)).toMatchObject({ messages: 0 });
});
