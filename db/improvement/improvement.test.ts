/** What gathers from the log gets over damaged rows, and a clock that was ahead silences nothing. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { learn } from "@/agents/memory/learn";
import type { TaskEvent } from "@/core/log/entries";
import { openStore, type Store } from "@/db/store";
import { insertSmallTree } from "@/db/testing/small-tree";

const DAY_MS = 86_400_000;
const NOW = Date.parse("2026-03-01T12:00:00Z");
const FAILED: TaskEvent = {
  type: "ended",
  status: "failed",
  reason: "by_agent",
  detail: null,
  result: "It gave up.",
  summary: "",
  verdict: null,
};

let store: Store;

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-gathering-"));
  store = openStore(join(folder, "banyan.db"), { migrations: "drizzle", now: () => NOW });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
});

const run = (sql: string, ...values: unknown[]) => store.client.sqlite.prepare(sql).run(...values);

/** A tree whose root has failed. */
async function failed(uid: string, agent = "worker"): Promise<void> {
  await insertSmallTree(store, {
    uid,
    instruction: uid,
    workspace: "/nowhere",
    events: [{ kind: "event", turn: 1, content: FAILED }],
  });
  run("UPDATE tasks SET agent = ? WHERE uid = ?", agent, `${uid}-root`);
}

test("a damaged message is no fault and no failure, and those after it are found", async () => {
  await failed("first");
  await failed("broken");
  await failed("steered");
  await failed("last");
  const last = (uid: string) =>
    `(SELECT max(id) FROM messages WHERE task_id = (SELECT id FROM tasks WHERE uid = '${uid}-root'))`;
  run(`UPDATE messages SET body = '{broken' WHERE id = ${last("broken")}`);
  // Messages of persons are read without a look at their fields.
  run(`UPDATE messages SET body = '{broken', kind = 5 WHERE id = ${last("steered")}`);
  const damaged = store.client.sqlite
    .prepare(`SELECT kind FROM messages WHERE id = ${last("steered")}`)
    .pluck()
    .get();
  expect(damaged).toBe(5);
  await store.faults.gather(NOW);
  expect(store.faults.list(NOW).map(({ tree }) => tree)).toEqual(["first", "last"]);
  await store.failures.gather(NOW);
  expect(store.failures.counts(NOW)).toMatchObject([{ last_90_days: 2 }]);
});

test("a goal with a damaged log teaches nothing, and those after it are read", async () => {
  await failed("broken", "goal");
  run(`UPDATE messages SET body = '{broken' WHERE kind = 1 OR id = (SELECT min(id) FROM messages)`);
  const { upTo } = store.lessons.news();
  expect(store.lessons.news().goals).toHaveLength(1);
  await learn(
    {
      store,
      redactor: { redact: (text) => text },
      snapshots: { diff: () => Promise.reject(new Error("There are no snapshots.")) },
    },
    new AbortController().signal,
  );
  expect(store.lessons.news()).toMatchObject({ goals: [], upTo });
});

test("what a clock that was ahead has dated later counts for no other day, and hides no later rejection", async () => {
  await failed("tree");
  const look = { cause: "night" as const, by: null, kinds: [], tree: null, note: null };
  await store.looks.begin({ ...look, uid: "usual", atMs: NOW - DAY_MS });
  await store.looks.begin({ ...look, uid: "ahead", atMs: NOW + 300 * DAY_MS });
  expect([NOW, NOW + 301 * DAY_MS].map((ms) => store.looks.lastMs(ms))).toEqual([NOW - DAY_MS, NOW + 300 * DAY_MS]);
  for (const [review, atMs] of [
    ["today", NOW],
    ["ahead", NOW + 300 * DAY_MS],
  ] as const)
    run(
      `INSERT INTO improvement_proposals (review, look_id, kind, name, base_version, body, faults, created_at_ms)
        VALUES (?, 1, 'agent', 'a', 1, '{}', '[]', ?)`,
      review,
      atMs,
    );
  expect(store.looks.proposedToday(NOW)).toBe(1);
  const reject = (uid: string, atMs: number) =>
    run(
      `INSERT INTO reviews (uid, tree_id, task_id, kind, subject, title, detail, status, facts, created_at_ms, decided_at_ms)
        SELECT ?, tree_id, id, 'approval', ?, ?, 'd', 'rejected', '{}', 0, ? FROM tasks`,
      uid,
      uid,
      uid,
      atMs,
    );
  reject("ahead", NOW + 300 * DAY_MS);
  await store.faults.gather(NOW);
  reject("later", NOW + 1);
  await store.faults.gather(NOW + 1);
  const rejected = () => store.faults.list(NOW).filter(({ reason }) => reason === "rejected");
  expect(rejected().map(({ quote }) => quote)).toEqual(["later"]);
  await store.faults.gather(NOW + 301 * DAY_MS);
  expect(rejected().map(({ quote }) => quote)).toEqual(["ahead"]);
});
