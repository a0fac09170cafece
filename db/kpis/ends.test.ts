import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "@/db/store";
import { insertSmallTree } from "@/db/testing/small-tree";

const HOUR = 3_600_000;

test("a wait for people begins with the fork that asks again, and ends when its task goes on", async () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-ends-"));
  const store = openStore(join(folder, "banyan.db"), { migrations: "drizzle" });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await insertSmallTree(store, { uid: "fork", instruction: "Go on.", workspace: folder });
  const { sqlite } = store.client;
  sqlite.prepare("UPDATE trees SET created_at_ms = ?").run(100 * HOUR);
  sqlite.prepare("UPDATE tasks SET status = 'stopped', ended_at_ms = ?").run(130 * HOUR);
  const review = sqlite.prepare(`
    INSERT INTO reviews (uid, tree_id, task_id, kind, title, detail, status, created_at_ms, decided_by, decided_at_ms, facts)
    SELECT ?, tree_id, id, ?, 't', 'd', ?, ?, ?, ?, ? FROM tasks`);
  const put = (uid: string, kind: string, status: string, asked: number, decided: number | null, untilHour?: number) =>
    review.run(
      uid,
      kind,
      status,
      asked * HOUR,
      status === "withdrawn" ? null : "anna",
      decided === null ? null : decided * HOUR,
      untilHour === undefined ? null : JSON.stringify({ waits: { untilMs: untilHour * HOUR } }),
    );
  put("asked before the fork", "question", "answered", 1, 102);
  put("decided before the fork", "question", "answered", 1, 50);
  put("went on without", "proposal", "approved", 101, 120, 105);
  put("nobody waits", "flag", "approved", 101, 121);
  put("withdrawn by an older version", "approval", "withdrawn", 103, null);
  const facts = store.queries.kpiFacts.since(0).reviews;
  expect(
    facts.map(({ kind, by, createdAtMs, settledAtMs, waitedMs }) => [
      kind,
      by,
      createdAtMs / HOUR,
      settledAtMs / HOUR,
      waitedMs === null ? null : waitedMs / HOUR,
    ]),
  ).toEqual([
    ["question", "people", 100, 102, 2],
    ["proposal", "people", 101, 120, 4],
    ["flag", "people", 101, 121, null],
    ["approval", "nobody", 103, 130, 27],
  ]);
});
