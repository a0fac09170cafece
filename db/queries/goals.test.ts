import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { KINDS } from "@/db/file/rows";
import { FORMER_HALTS } from "@/db/records/halt";
import { STARTS } from "@/db/records/starts";
import { openStore } from "@/db/store";
import { insertSmallTree } from "@/db/testing/small-tree";

const MINUTE = 60_000;
const NOW = 100 * MINUTE;

async function twoGoals() {
  const folder = mkdtempSync(join(tmpdir(), "banyan-goals-"));
  const store = openStore(join(folder, "banyan.db"), { migrations: "drizzle" });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  for (const uid of ["goal", "other"]) await insertSmallTree(store, { uid, instruction: uid, workspace: folder });
  const { sqlite } = store.client;
  sqlite
    .prepare("UPDATE tasks SET status = 'running', created_at_ms = @ms, started_at_ms = @ms")
    .run({ ms: 5 * MINUTE });
  // A fork copies tasks that began before it.
  sqlite.prepare("UPDATE trees SET created_at_ms = ?").run(20 * MINUTE);
  const worked = (sinceMinute: number | null) =>
    store.queries.goals.workedMs("goal-root", sinceMinute === null ? null : sinceMinute * MINUTE, NOW) / MINUTE;
  return { store, sqlite, worked };
}

test("time in which people are asked, pauses, and what was before the tree are no work", async () => {
  const { store, sqlite, worked } = await twoGoals();
  const review = sqlite.prepare(`
    INSERT INTO reviews (uid, tree_id, task_id, kind, title, detail, status, created_at_ms, decided_at_ms)
    SELECT ?, tree_id, id, ?, 't', 'd', 'open', ?, ? FROM tasks WHERE uid = ?`);
  const asked = (kind: string, begin: number, end: number | null, uid = "goal-root") =>
    review.run(`${kind}-${begin}-${uid}`, kind, begin * MINUTE, end === null ? null : end * MINUTE, uid);

  expect([worked(null), worked(60), worked(0)]).toEqual([80, 40, 80]);
  asked("question", 30, 40);
  asked("question", 35, 50);
  asked("approval", 36, 38);
  asked("flag", 60, 90);
  asked("question", 20, 100, "other-root");
  expect([worked(null), worked(45), worked(60)]).toEqual([60, 50, 40]);
  asked("question", 95, null);
  expect([worked(null), worked(97)]).toEqual([55, 0]);
  expect(store.queries.goals.worked("goal-root", null, NOW)).toEqual({ workedMs: 55 * MINUTE, workingSinceMs: null });
  sqlite
    .prepare(
      "INSERT INTO pauses (tree_id, task_id, scope, by, created_at_ms, closed_at_ms) SELECT tree_id, id, 'branch', 'p', ?, ? FROM tasks WHERE uid = 'goal-root'",
    )
    .run(40 * MINUTE, 70 * MINUTE);
  expect(worked(null)).toBe(35);
  // Everything was paused from 70 to 80, and is again since 90.
  const fact = sqlite.prepare("INSERT INTO facts (name, value) VALUES (?, ?)");
  fact.run(FORMER_HALTS, JSON.stringify([[1, 2].map((minute) => minute * MINUTE), [70 * MINUTE, 80 * MINUTE]]));
  expect([worked(null), worked(82)]).toEqual([25, 13]);
  fact.run("halt", JSON.stringify({ by: "p", reason: "", sinceMs: 90 * MINUTE }));
  expect([worked(null), worked(82)]).toEqual([20, 8]);
});

test("time in which tasks were parked or no server ran is no work", async () => {
  const { store, sqlite, worked } = await twoGoals();
  const entry = sqlite.prepare(`
    INSERT INTO messages (tree_id, task_id, turn, kind, body, created_at_ms) SELECT tree_id, id, 1, ?, ?, ? FROM tasks WHERE uid = 'goal-root'`);
  const event = (minute: number, body: object) =>
    entry.run(KINDS.indexOf("event"), JSON.stringify(body), minute * MINUTE);
  event(30, { type: "daily_cap", untilMs: 90 * MINUTE });
  event(92, { type: "model_failed", untilMs: 98 * MINUTE });
  event(94, { type: "unparked", by: "p" });
  expect([worked(null), worked(50), worked(91)]).toEqual([18, 8, 7]);
  expect(store.queries.goals.worked("goal-root", null, NOW)).toEqual({
    workedMs: 12 * MINUTE,
    workingSinceMs: 94 * MINUTE,
  });

  const end = (atMs: number | null) => ({ how: "crashed", atMs, by: null });
  const starts = [
    { role: "all", startedAtMs: 97 * MINUTE, end: null },
    { role: "web", startedAtMs: 1 * MINUTE, end: null },
    { role: "all", startedAtMs: 24 * MINUTE, end: end(95 * MINUTE) },
    // Nobody knows when it ended.
    { role: "all", startedAtMs: 22 * MINUTE, end: end(null) },
    { role: "all", startedAtMs: 5 * MINUTE, end: end(21 * MINUTE) },
  ];
  sqlite.prepare("INSERT INTO facts (name, value) VALUES (?, ?)").run(STARTS, JSON.stringify(starts));
  expect([worked(null), worked(91)]).toEqual([15, 5]);
  // A command worked meanwhile, and left no start.
  entry.run(KINDS.indexOf("agent_response"), "{}", 96 * MINUTE);
  expect(worked(91)).toBe(6);
});
