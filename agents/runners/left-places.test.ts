/** Trees that leave a runner which does not answer, or has no room. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "@/db/store";
import { insertSmallTree } from "@/db/testing/small-tree";
import type { CallRequest, CellLink } from "@/lib/nats/port";
import type { PresenceRecord } from "@/lib/nats/wire";
import { LEVEL } from "@/lib/runner/protocol";
import { realTimers } from "@/lib/time/timers";
import { endOf } from "@/lib/workplace/wire";
import { createTreeChecks } from "./checks";
import { createPlacing, type PlaceSources } from "./places";

interface Asked {
  runner: string;
  place: number;
  operation: string;
}

/** A server with a tree of the pool, and runners that are heard and do what `answer` says. `knowsNewer`: they refuse the place. */
async function installation(
  answer: (asked: Asked) => unknown = () => undefined,
  isThere = false,
  knowsNewer: (place: number) => boolean = () => false,
) {
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-places-"));
  const store = openStore(join(dataDir, "banyan.db"), { migrations: "drizzle" });
  onTestFinished(async () => {
    await store.close();
    rmSync(dataDir, { recursive: true, force: true });
  });
  await insertSmallTree(store, { uid: "tree-1", instruction: "work", workspace: join(dataDir, "tree-1") });
  store.client.sqlite.exec("INSERT INTO places (tree_id, pool) SELECT id, 'default' FROM trees");
  let heard: PresenceRecord[] = [];
  const asked: Asked[] = [];
  const link = {
    packs: async () => ({}),
    presence: { list: () => heard, onChange: () => () => {} },
    async call({ runner, place, callId, body }: CallRequest) {
      if (!heard.some((record) => record.runner === runner)) return { state: "unreachable" };
      const { request } = body as { request: { operation: string } };
      const one = { runner, place, operation: request.operation };
      asked.push(one);
      if (knowsNewer(place)) return { state: "refused", code: "moved" };
      const end = await endOf(
        async () => answer(one) ?? (one.operation === "isThere" ? isThere : undefined),
        new AbortController().signal,
      );
      return {
        state: "accepted",
        call: { callId, outcome: Promise.resolve({ state: "done", body: { end } }), leave() {} },
      };
    },
  } as unknown as CellLink;
  const places = createPlacing({
    cell: { link: () => link, problem: () => null, onChange: () => () => {}, close: async () => {} },
    store,
    snapshots: {} as PlaceSources["snapshots"],
    local: {} as PlaceSources["local"],
    timers: realTimers,
  });
  return {
    store,
    places,
    asked,
    hear(...runners: [name: string, bootId: string][]) {
      heard = runners.map(([runner, bootId]) => {
        return { runner, bootId, pool: "default", slots: 1, free: 1, architecture: "x64", version: "1", level: LEVEL };
      });
    },
  };
}

test("what a tree left on a runner that did not answer is removed when the runner is heard again", async () => {
  const { places, store, asked, hear } = await installation();
  hear(["a", "boot-1"]);
  const first = await places.settle("tree-1");
  expect(first).toMatchObject({ runner: "a" });
  hear(["b", "boot-1"]);
  const { runner, number } = await places.settle("tree-1");
  expect([runner, number > first.number]).toEqual(["b", true]);
  await places.removeLeft();
  expect(store.places.left()).toMatchObject([{ tree: "tree-1", runner: "a", bootId: "boot-1" }]);
  hear(["a", "boot-1"], ["b", "boot-1"]);
  await places.removeLeft();
  expect(asked.at(-1)).toEqual({ runner: "a", place: number, operation: "removeTree" });
  expect(store.places.left()).toEqual([]);
});

test("nothing is removed on a runner that was started again, or that has the tree again", async () => {
  const { places, store, asked, hear } = await installation();
  hear(["a", "boot-1"]);
  await places.settle("tree-1");
  hear(["b", "boot-1"]);
  await places.settle("tree-1");
  hear(["a", "boot-1"]);
  expect(await places.settle("tree-1")).toMatchObject({ runner: "a" });
  await places.removeLeft();
  expect(store.places.left()).toMatchObject([{ tree: "tree-1", runner: "b", bootId: "boot-1" }]);
  hear(["a", "boot-1"], ["b", "boot-2"]);
  await places.removeLeft();
  expect(store.places.left()).toEqual([]);
  expect(asked.map(({ operation }) => operation)).not.toContain("removeTree");
});

test("a tree that is taken from its runner leaves nothing to remove, unless the removal failed", async () => {
  let isBroken = false;
  const { places, store, asked, hear } = await installation(({ operation }) => {
    if (isBroken && operation === "removeTree") throw new Error("The disk failed.");
  });
  hear(["a", "boot-1"]);
  await places.settle("tree-1");
  await places.leave("tree-1");
  expect([store.places.of("tree-1")?.runner, store.places.left()]).toEqual([null, []]);
  await places.settle("tree-1");
  isBroken = true;
  await places.leave("tree-1");
  expect(store.places.left()).toMatchObject([{ runner: "a" }]);
  isBroken = false;
  await places.removeLeft();
  const place = store.places.of("tree-1")?.number;
  expect(asked.at(-1)).toEqual({ runner: "a", place, operation: "removeTree" });
  expect(store.places.left()).toEqual([]);
});

test("a removal that fails leaves those on other runners to be done", async () => {
  const { places, store, asked, hear } = await installation(({ runner, operation }) => {
    if (runner === "a" && operation === "removeTree") throw new Error("The disk failed.");
  });
  for (const runner of ["a", "b", "c"]) {
    hear([runner, "boot-1"]);
    await places.settle("tree-1");
  }
  hear(["a", "boot-1"], ["b", "boot-1"], ["c", "boot-1"]);
  await expect(places.removeLeft()).rejects.toThrow("The disk failed.");
  expect(asked.at(-1)).toMatchObject({ runner: "b", operation: "removeTree" });
  expect(store.places.left()).toMatchObject([{ runner: "a" }]);
});

test("a check waits for a runner that has room for its files", async () => {
  const record = { runner: "a", bootId: "boot-1", pool: "clean", slots: 2, free: 2, isDiskFull: true };
  const link = { presence: { list: () => [record] } };
  const checks = createTreeChecks({
    cell: { link: () => link, problem: () => null, onChange: () => () => {}, close: async () => {} },
    places: { candidates: () => [record] },
    store: {
      places: { treesOf: () => new Map() },
      checks: { poolOf: () => "clean", begin: () => Promise.reject(new Error("It began.")) },
    },
    timers: realTimers,
  } as unknown as Parameters<typeof createTreeChecks>[0]);
  const stop = new AbortController();
  const waits: string[] = [];
  const onWait = (sentence: string) => {
    waits.push(sentence);
    stop.abort(new Error("Stopped."));
  };
  const request = { tree: "tree-1", task: "task-1", now: "", signal: stop.signal, onWait };
  const run = checks.run(request as unknown as Parameters<typeof checks.run>[0], async () => "checked");
  await expect(run).rejects.toThrow("Stopped.");
  expect(waits).toEqual(["Waits for a runner of the pool clean"]);
});

const full = ({ runner, operation }: Asked) => {
  if (runner === "a" && operation === "makeFolder") throw Object.assign(new Error("no space"), { code: "ENOSPC" });
};

test("a tree goes on to another runner when the disk of the first one is full, and nothing stays there", async () => {
  const { places, store, asked, hear } = await installation(full);
  hear(["a", "boot-1"], ["b", "boot-1"]);
  const { runner, number, lostNumber } = await places.settle("tree-1");
  expect([runner, lostNumber]).toEqual(["b", 0]);
  await places.removeLeft();
  expect(asked.at(-1)).toEqual({ runner: "a", place: number, operation: "removeTree" });
  expect(store.places.left()).toEqual([]);
});

test("it says so when there is no other runner, and stays where its work is", async () => {
  const alone = await installation(full);
  alone.hear(["a", "boot-1"]);
  await expect(alone.places.settle("tree-1")).rejects.toThrow("The disk of the runner is full");
  const worked = await installation(full, true);
  worked.hear(["a", "boot-1"], ["b", "boot-1"]);
  await expect(worked.places.settle("tree-1")).rejects.toThrow("The disk of the runner is full");
  expect(worked.store.places.of("tree-1")).toMatchObject({ runner: "a" });
  expect(worked.store.places.left()).toEqual([]);
});

test("a tree whose place was never written keeps its base when it is taken from the runner", async () => {
  const { places, store, hear } = await installation(({ operation }) => (operation === "working" ? 0 : undefined));
  const base = { "": { commit: "c".repeat(40), after: null } };
  store.client.sqlite
    .prepare("UPDATE places SET number = 1, runner = 'a', boot_id = 'boot-1', base = ?")
    .run(JSON.stringify(base));
  hear(["a", "boot-1"], ["b", "boot-1"]);
  await places.moveAway("tree-1");
  expect(store.places.of("tree-1")).toMatchObject({ runner: null, base });
});

/** What a runner refuses that has seen the tree at a newer place than an older database, which was restored, knows. */
function restored() {
  const last = Date.now();
  return installation(
    ({ operation }) => (operation === "working" ? 0 : undefined),
    false,
    (place) => place < last,
  );
}
const AT_AN_OLDER_PLACE = "UPDATE places SET number = 5, runner = 'a', boot_id = 'boot-1'";

test("after the restore of an older database a tree works on, at the runner that knows a newer place of it", async () => {
  const { places, store, hear } = await restored();
  store.client.sqlite.exec(AT_AN_OLDER_PLACE);
  hear(["a", "boot-1"]);
  const { runner, number, lostNumber } = await places.settle("tree-1");
  expect([runner, lostNumber]).toEqual(["a", number]);
});

test("after the restore of an older database an ended tree leaves the runner that knows a newer place of it", async () => {
  const { places, store, hear } = await restored();
  store.client.sqlite.exec(AT_AN_OLDER_PLACE);
  hear(["a", "boot-1"]);
  await places.moveAway("tree-1", true);
  expect(store.places.of("tree-1")?.runner).toBeNull();
  await places.removeLeft();
  expect(store.places.left()).toEqual([]);
});

test("a runner that refuses every place keeps nobody busy", async () => {
  const { places, store, asked, hear } = await installation(undefined, false, () => true);
  hear(["a", "boot-1"]);
  const end = new AbortController();
  const settled = places.settle("tree-1", end.signal).catch((error: unknown) => error);
  await expect.poll(() => asked.length).toBeGreaterThan(0);
  // Each of these turns would be one more question to the runner.
  for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
  end.abort(new Error("Enough."));
  expect(await settled).toMatchObject({ message: "Enough." });
  expect(asked.length).toBeLessThan(5);
  expect(store.places.of("tree-1")?.runner).toBe("a");
});
