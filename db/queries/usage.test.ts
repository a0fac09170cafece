import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { KINDS } from "@/db/file/rows";
import { openStore } from "@/db/store";
import { insertSmallTree } from "@/db/testing/small-tree";

const HOUR = 3_600_000;
const SPAN = { fromMs: 100 * HOUR, untilMs: 200 * HOUR };
/** Returns what is read of a tree that is charged at some times. `id`: the place of the charge in the log. */
async function storeWith(...charges: { id: number; atMs: number; microUsd: number; originSeq?: number }[]) {
  const folder = mkdtempSync(join(tmpdir(), "banyan-usage-"));
  const store = openStore(join(folder, "banyan.db"), { migrations: "drizzle" });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await insertSmallTree(store, { uid: "t", instruction: "Do it.", workspace: folder });
  const { sqlite } = store.client;
  sqlite.prepare("UPDATE messages SET created_at_ms = ?").run(SPAN.fromMs - HOUR);
  const insert = sqlite.prepare(`
    INSERT INTO messages (id, tree_id, task_id, turn, kind, body, created_at_ms, origin_seq)
    SELECT ?, tree_id, id, 1, ${KINDS.indexOf("event")}, ?, ?, ? FROM tasks`);
  for (const { id, atMs, microUsd, originSeq = null } of charges)
    insert.run(id, JSON.stringify({ type: "unconfirmed", tokens: 1, microUsd, why: "" }), atMs, originSeq);
  return [...store.queries.usage.charges(SPAN)].flat().map((charge) => charge.microUsd);
}

test("charges are found behind what a fork or an archive brought, whose times are those of its origin", async () => {
  const found = await storeWith(
    { id: 30_000, atMs: 110 * HOUR, microUsd: 1 },
    // 20,000 are read at once.
    { id: 60_000, atMs: 10 * HOUR, microUsd: 2, originSeq: 1 },
    { id: 90_000, atMs: 120 * HOUR, microUsd: 4 },
    { id: 120_000, atMs: 210 * HOUR, microUsd: 8 },
  );
  expect(found).toEqual([4, 1]);
});

test("a message that a clock dated too early ends no search, and what is before the period is not read", async () => {
  const found = await storeWith(
    { id: 1_000, atMs: 120 * HOUR, microUsd: 1 },
    { id: 30_000, atMs: 80 * HOUR, microUsd: 2 },
    { id: 60_000, atMs: 110 * HOUR, microUsd: 4 },
    { id: 60_001, atMs: 90 * HOUR, microUsd: 8 },
    { id: 80_001, atMs: 120 * HOUR, microUsd: 16 },
  );
  expect(found).toEqual([16, 4]);
});
