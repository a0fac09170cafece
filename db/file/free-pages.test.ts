import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "@/db/store";

test("what deleted rows leave counts as free at once, and the deletion of a tree makes the file smaller", async () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-pages-"));
  const file = join(folder, "banyan.db");
  const store = openStore(file, { migrations: "drizzle" });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const { sqlite } = store.client;
  sqlite.exec("CREATE TABLE filler (filling BLOB); INSERT INTO filler VALUES (zeroblob(9000000))");
  const { sizeBytes } = store.queries.status;
  const settled = () => sqlite.pragma("wal_checkpoint(TRUNCATE)");
  settled();
  const full = sizeBytes();
  expect(full).toBeGreaterThan(9_000_000);
  sqlite.exec("DELETE FROM filler");
  settled();
  expect(full - sizeBytes()).toBeGreaterThan(8_900_000);
  expect(statSync(file).size).toBeGreaterThan(9_000_000);
  await store.trees.delete(1);
  settled();
  expect(statSync(file).size).toBeLessThan(full - 8_900_000);
  expect(sqlite.pragma("freelist_count", { simple: true })).toBe(0);
});
