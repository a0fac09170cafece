import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Review } from "@/core/shapes/shapes";
import { openStore } from "@/db/store";
import { insertSmallTree } from "@/db/testing/small-tree";

const KINDS: Record<Review["kind"], "always" | "when its call waits" | "never"> = {
  flag: "never",
  approval: "always",
  question: "always",
  proposal: "when its call waits",
  change: "when its call waits",
};

async function stored() {
  const folder = mkdtempSync(join(tmpdir(), "banyan-status-"));
  const store = openStore(join(folder, "banyan.db"), { migrations: "drizzle" });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await insertSmallTree(store, { uid: "one", instruction: "one", workspace: folder });
  const { sqlite } = store.client;
  const wait = (kind: string) => sqlite.prepare("UPDATE tasks SET status = 'waiting', wait_kind = ?").run(kind);
  const review = (kind: string, facts: object | null) =>
    sqlite
      .prepare(
        `INSERT INTO reviews (uid, tree_id, task_id, kind, title, detail, status, facts, created_at_ms)
         SELECT 'review', tree_id, id, ?, 't', 'd', 'open', ?, 0 FROM tasks WHERE uid = 'one-root'`,
      )
      .run(kind, facts && JSON.stringify(facts));
  /** Another task is parked, so that only the item makes the tree wait for a person. */
  const parkOther = () =>
    sqlite
      .prepare(
        `INSERT INTO tasks (uid, tree_id, parent_id, role, agent, model, title, depth, status, created_at_ms)
         SELECT 'parked', tree_id, id, 'work', agent, model, '', 1, 'parked', 0 FROM tasks WHERE uid = 'one-root'`,
      )
      .run();
  const tree = () => store.queries.trees.getTree("one", "none", 1);
  return { store, wait, review, parkOther, sqlite, tree };
}

test.each(Object.entries(KINDS))("a tree waits for a person while an open %s holds a task: %s", async (kind, when) => {
  for (const isHolding of [false, true]) {
    const { wait, review, parkOther, tree } = await stored();
    wait(isHolding || when === "always" ? "approval" : "subtasks");
    parkOther();
    review(kind, isHolding && when !== "never" ? { waits: { untilMs: null } } : null);
    const expected = when === "always" || (when !== "never" && isHolding);
    expect(tree().status).toBe(expected ? "waiting" : "parked");
  }
});

test("a proposal that its task no longer waits for holds no tree", async () => {
  const { wait, review, parkOther, tree } = await stored();
  wait("subtasks");
  parkOther();
  review("proposal", { waits: { untilMs: 5 } });
  expect(tree().status).toBe("parked");
});

test("a project counts trees that run, whenever they began, and none that waits or is paused", async () => {
  const { store, wait, review, parkOther, sqlite, tree } = await stored();
  const found = { kinds: [], checks: [], setup: null, is_git: false, is_empty: true };
  const common = { branch: null, check: null, setup: null, found, defaults: {}, createdBy: "mara" };
  await store.projects.add({ ...common, name: "shop", address: "/shop", keys: ["shop"] } as never);
  sqlite.exec("UPDATE trees SET repository = 'shop'");
  const figures = () => store.projects.figures("shop", Date.now());
  sqlite.exec("UPDATE trees SET created_at_ms = 1; UPDATE tasks SET status = 'ready', holds = 0");
  expect([tree().status, figures()]).toEqual(["running", { trees: 0, running: 1, failed: 0, microUsd: 0 }]);
  wait("subtasks");
  parkOther();
  expect([tree().status, figures().running]).toEqual(["parked", 1]);
  sqlite.exec("DELETE FROM tasks WHERE uid = 'parked'; UPDATE tasks SET holds = 1");
  expect([tree().status, figures().running]).toEqual(["paused", 0]);
  sqlite.exec("UPDATE tasks SET holds = 0");
  wait("approval");
  review("approval", null);
  expect([tree().status, figures().running]).toEqual(["waiting", 0]);
});

test("while everything is paused nothing queues, and nothing rests until it goes on", async () => {
  const { store, wait, parkOther, sqlite } = await stored();
  sqlite.exec("UPDATE tasks SET status = 'ready', holds = 0, priority = 2");
  parkOther();
  sqlite.exec("UPDATE tasks SET parked_until_ms = 9 WHERE uid = 'parked'");
  const { status, operations } = store.queries;
  const counts = () => [
    status.queued(),
    store.loader.readyAbove(1, null),
    status.resting(),
    operations.parked().get("runbook")?.total ?? 0,
  ];
  const goesOn = [1, true, { parked: 1, waiting: 0 }, 1];
  expect(counts()).toEqual(goesOn);
  sqlite.exec("INSERT INTO facts (name, value) VALUES ('halt', '{}')");
  expect(counts()).toEqual([0, false, { parked: 0, waiting: 0 }, 0]);
  sqlite.exec("DELETE FROM facts WHERE name = 'halt'");
  expect(counts()).toEqual(goesOn);
  wait("approval");
  expect(status.resting()).toEqual({ parked: 0, waiting: 2 });
});

test("parked tasks are listed for each provider, however many another one parked, and all of them are counted", async () => {
  const { store, sqlite } = await stored();
  await insertSmallTree(store, { uid: "two", instruction: "two", workspace: "/srv/two" });
  const park = sqlite.prepare(`
    INSERT INTO tasks (uid, tree_id, parent_id, role, agent, model, title, depth, status, parked_until_ms, detail, wait_kind, created_at_ms)
    SELECT @uid, tree_id, id, 'work', agent, @model, '', 1, 'parked', @untilMs, @why, @waits, 0 FROM tasks WHERE uid = @root`);
  const place = (
    uid: string,
    model: string,
    untilMs: number,
    { root = "one-root", waits = null as string | null } = {},
  ) => park.run({ uid, model, untilMs, why: `Wait for ${uid}.`, waits, root });
  for (let at = 0; at < 501; at += 1) place(`a${at}`, "anthropic/m", 1_000 + at);
  place("first", "anthropic/other", 5, { root: "two-root" });
  place("late", "openai/m", 9_000);
  place("gone", "ollama/m", 9_000, { waits: "model_gone" });
  const parked = store.queries.operations.parked();
  const { tasks, ...figures } = parked.get("anthropic") ?? expect.fail("anthropic");
  expect(figures).toEqual({ total: 502, trees: 2, untilMs: 5, why: "Wait for first.", isModelGone: false });
  expect([tasks.length, tasks[0], tasks[1]?.id, tasks.at(-1)?.id]).toEqual([
    500,
    { id: "first", tree_id: "two", tree_title: "two", model: "anthropic/other" },
    "a0",
    "a498",
  ]);
  expect(parked.get("openai")).toMatchObject({ total: 1, trees: 1, untilMs: 9_000, tasks: [{ id: "late" }] });
  expect(parked.get("ollama")?.isModelGone).toBe(true);
});

test("the totals of all tasks leave out those of archived trees, as those of trees do", async () => {
  const { store, sqlite } = await stored();
  expect(store.queries.status.figures()).toMatchObject({ tasks: { ready: 1 }, trees_open: 1 });
  sqlite.exec("UPDATE trees SET archive_hash = 'h'");
  expect(store.queries.status.figures()).toMatchObject({ tasks: { ready: 0 }, trees_open: 0 });
});

test("a task that waits for a runner of its pool needs no slot, so nothing gives one up for it", async () => {
  const { store, sqlite } = await stored();
  sqlite.exec("UPDATE tasks SET status = 'ready', holds = 0, priority = 2");
  sqlite.exec("INSERT INTO places (tree_id, pool) SELECT id, 'gpu' FROM trees");
  const above = (openPools: string[] | null) => store.loader.readyAbove(1, openPools);
  expect([above(null), above(["gpu"]), above([]), above(["other"])]).toEqual([true, true, false, false]);
  const open = sqlite.prepare("SELECT count(*) FROM trees WHERE ended_at_ms IS NULL").pluck().get();
  expect(store.places.openByPool()).toEqual(new Map([["gpu", open]]));
});
