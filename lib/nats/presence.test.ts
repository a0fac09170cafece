import { expect, onTestFinished, test } from "vitest";
import { connectNats } from "./connect";
import { presenceBucket, subjects } from "./names";
import type { PresenceChange } from "./port";
import { CELL, startCell, stateOf } from "./testing/cell";

test("a runner is there as soon as it says so, with what it says last, and gone when it leaves", async () => {
  const cell = await startCell({ runners: ["linux-1", "gpu-1"] });
  const server = await cell.server();
  const changes: PresenceChange[] = [];
  const off = server.presence.onChange((change) => changes.push(change));
  const runner = await cell.runner("linux-1");
  runner.announce(stateOf());
  runner.announce(stateOf({ free: 3 }));
  await expect.poll(() => server.presence.list()).toEqual([{ ...stateOf({ free: 3 }), runner: "linux-1" }]);
  const other = await cell.runner("gpu-1");
  other.announce(stateOf({ pool: "gpu", architecture: "arm64" }));
  await expect.poll(() => server.presence.list()).toHaveLength(2);
  await runner.leave();
  await expect.poll(() => server.presence.list().map(({ pool }) => pool)).toEqual(["gpu"]);
  expect(changes.map((change) => (change.state === "gone" ? `${change.runner} gone` : change.record.free))).toEqual([
    4,
    3,
    4,
    "linux-1 gone",
  ]);
  off();
  // A server that starts now reads the bucket; who has left is not in it.
  await server.close();
  const next = await cell.server();
  expect(next.presence.list().map(({ runner: name }) => name)).toEqual(["gpu-1"]);
});

test("a runner that is silent is gone after 20 s, for the bucket as well", async () => {
  const cell = await startCell({ runners: ["linux-1"] });
  const server = await cell.server();
  // A record without a process that repeats it.
  const raw = await connectNats({ servers: cell.nats.urls, cell: CELL, seed: cell.seeds["linux-1"] ?? "" }, "raw");
  onTestFinished(raw.close);
  const gone = new Promise<string>((resolve) =>
    server.presence.onChange((change) => change.state === "gone" && resolve(change.runner)),
  );
  const record = JSON.stringify({ ...stateOf(), runner: "linux-1" });
  await raw.connection.request(subjects.presence(CELL, "linux-1"), record);
  await expect.poll(() => server.presence.list()).toHaveLength(1);
  expect(await gone).toBe("linux-1");
  expect(server.presence.list()).toEqual([]);
  await expect.poll(async () => (await cell.nats.stream(`KV_${presenceBucket(CELL)}`)).messages).toBe(0);
});

test("Z2: records that no runner may write are dropped and counted", async () => {
  const cell = await startCell({ runners: ["linux-1"] });
  const server = await cell.server();
  const raw = await connectNats({ servers: cell.nats.urls, cell: CELL, seed: cell.seeds["linux-1"] ?? "" }, "raw");
  onTestFinished(raw.close);
  const good = { ...stateOf(), runner: "linux-1" };
  const broken: unknown[] = [
    { ...good, runner: "linux-2" },
    { ...good, free: 5 },
    { ...good, slots: -1 },
    { ...good, pool: "../default" },
    { ...good, version: "x".repeat(200) },
    { ...good, bootId: "a.b" },
    { ...good, level: "1" },
    [],
    null,
  ];
  for (const record of broken) await raw.connection.request(subjects.presence(CELL, "linux-1"), JSON.stringify(record));
  for (const text of ["{", "", "\u0000"]) await raw.connection.request(subjects.presence(CELL, "linux-1"), text);
  await expect.poll(() => server.presence.dropped()).toBe(broken.length + 3);
  expect(server.presence.list()).toEqual([]);
  // What a newer runner says besides is left out.
  await raw.connection.request(subjects.presence(CELL, "linux-1"), JSON.stringify({ ...good, colour: "red" }));
  await expect.poll(() => server.presence.list()).toEqual([good]);
  // Also for a server that reads the bucket first.
  await raw.connection.request(subjects.presence(CELL, "linux-1"), "broken");
  const next = await cell.server();
  expect([next.presence.list(), next.presence.dropped()]).toEqual([[], 1]);
});

test("Z10: a runner whose key is for one pool enters no other one, and leaves when its key gets another pool", async () => {
  const cell = await startCell({ runners: ["linux-1"] });
  const pools = new Map([["linux-1", "linux"]]);
  const wrong: unknown[] = [];
  const given = {
    poolOf: (name: string) => pools.get(name) ?? null,
    onWrongPool: (found: unknown) => wrong.push(found),
  };
  const server = await cell.server(given);
  const runner = await cell.runner("linux-1");
  runner.announce(stateOf({ pool: "clean" }));
  await expect.poll(() => wrong).toContainEqual({ runner: "linux-1", announced: "clean", pool: "linux" });
  expect(server.presence.list()).toEqual([]);
  // Also for a server that reads the bucket first.
  const next = await cell.server(given);
  expect([next.presence.list(), next.presence.dropped()]).toEqual([[], 1]);
  runner.announce(stateOf({ pool: "linux" }));
  await expect.poll(() => server.presence.list().map(({ pool }) => pool)).toEqual(["linux"]);
  expect(server.presence.keyPoolOf("linux-1")).toBe("linux");
  pools.set("linux-1", "arm");
  runner.announce(stateOf({ pool: "linux" }));
  await expect.poll(() => server.presence.list()).toEqual([]);
});
