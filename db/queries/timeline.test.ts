import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { blobOf, createBlobWriter } from "@/db/file/bodies";
import { KINDS } from "@/db/file/rows";
import { FORMER_HALTS } from "@/db/records/halt";
import { openStore } from "@/db/store";
import { insertSmallTree } from "@/db/testing/small-tree";

const MINUTE = 60_000;

async function opened() {
  const folder = mkdtempSync(join(tmpdir(), "banyan-timeline-"));
  const store = openStore(join(folder, "banyan.db"), { migrations: "drizzle" });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { store, folder, sqlite: store.client.sqlite };
}

test("while everything is paused no task works, also in a tree with a pause of its own, except elsewhere in an archive", async () => {
  const { store, folder, sqlite } = await opened();
  for (const uid of ["open", "ended", "read"])
    await insertSmallTree(store, { uid, instruction: uid, workspace: folder });
  sqlite.exec(`UPDATE trees SET created_at_ms = ${10 * MINUTE}`);
  sqlite.exec(`UPDATE tasks SET status = 'running', created_at_ms = ${10 * MINUTE}, started_at_ms = ${20 * MINUTE}`);
  sqlite.exec(`UPDATE tasks SET status = 'succeeded', ended_at_ms = ${55 * MINUTE} WHERE uid <> 'open-root'`);
  sqlite.exec("UPDATE trees SET archive_hash = 'h' WHERE uid = 'read'");
  sqlite.exec(`
    INSERT INTO pauses (tree_id, task_id, scope, by, created_at_ms, closed_at_ms)
    SELECT tree_id, id, 'branch', 'p', ${35 * MINUTE}, ${45 * MINUTE} FROM tasks WHERE uid = 'open-root'`);
  const fact = sqlite.prepare("INSERT INTO facts (name, value) VALUES (?, ?)");
  const halts = [
    [1, 5],
    [5, 12],
    [40, 50],
  ].map((halt) => halt.map((minute) => minute * MINUTE));
  fact.run(FORMER_HALTS, JSON.stringify(halts));
  fact.run("halt", JSON.stringify({ by: "p", reason: "", sinceMs: 90 * MINUTE }));
  // In minutes since the tree began.
  const shown = (uid: string) =>
    store.queries.timeline
      .timeline(uid, null, 100 * MINUTE)
      .tasks[0]?.stretches.map(([kind, from, to]) => [kind, from / MINUTE, to === null ? null : to / MINUTE]);

  expect(shown("open")).toEqual([
    ["paused", 0, 2],
    ["queued", 2, 10],
    ["ran", 10, 25],
    ["paused", 25, 40],
    ["ran", 40, 80],
    ["paused", 80, null],
  ]);
  expect(shown("ended")).toEqual([
    ["paused", 0, 2],
    ["queued", 2, 10],
    ["ran", 10, 30],
    ["paused", 30, 40],
    ["ran", 40, 45],
  ]);
  expect(shown("read")).toEqual([
    ["queued", 0, 10],
    ["ran", 10, 45],
  ]);
});

test("an end and a park count also where their entries are so large that they are stored apart", async () => {
  const { store, folder, sqlite } = await opened();
  await insertSmallTree(store, { uid: "large", instruction: "large", workspace: folder });
  sqlite.exec("UPDATE trees SET created_at_ms = 0");
  sqlite.exec(`
    UPDATE tasks SET status = 'succeeded', created_at_ms = 0, started_at_ms = 0, ended_at_ms = ${90 * MINUTE}`);
  const put = createBlobWriter(sqlite);
  const entry = sqlite.prepare(`
    INSERT INTO messages (tree_id, task_id, turn, kind, body, blob_id, created_at_ms)
    SELECT tree_id, id, 1, ${KINDS.indexOf("event")}, ?, ?, ? FROM tasks`);
  const large = async (minute: number, body: object) =>
    entry.run(null, put(await blobOf(JSON.stringify({ ...body, text: "x".repeat(40_000) }))), minute * MINUTE);
  await large(10, { type: "model_failed", untilMs: 20 * MINUTE });
  await large(30, { type: "ended", status: "failed" });
  entry.run(JSON.stringify({ type: "retried", by: "p" }), null, 80 * MINUTE);
  const [task] = store.queries.timeline.timeline("large", null, 100 * MINUTE).tasks;
  expect(task?.stretches.map(([kind, from, to]) => [kind, from / MINUTE, (to ?? 0) / MINUTE])).toEqual([
    ["ran", 0, 10],
    ["parked", 10, 20],
    ["ran", 20, 30],
    ["ran", 80, 90],
  ]);
});
