import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { banyan, buildPrograms, json, withTree } from "@/scripts/testing/command-line";

buildPrograms();

const FORTY_DAYS_MS = 40 * 86_400_000;

test("clean lists trees to remove, keeps a pinned tree, removes the others, and is off until somebody sets a limit", async () => {
  const { data, tree } = await withTree();
  const at = ["--data", data];
  const database = new Database(path.join(data, "banyan.db"));
  const endedAtMs = Date.now() - FORTY_DAYS_MS;
  database.prepare("UPDATE trees SET ended_at_ms = ?").run(endedAtMs);
  database.prepare("UPDATE tasks SET status = 'succeeded', ended_at_ms = ?").run(endedAtMs);
  database.close();

  const off = await banyan(["clean", "--preview", ...at]);
  expect([off.status, off.stdout]).toEqual([0, expect.stringContaining("Retention is off")]);
  const unset = await banyan(["clean", ...at]);
  expect([unset.status, unset.stderr]).toEqual([2, expect.stringContaining("Nothing says what may go")]);

  await banyan(["pin", tree.id, ...at]);
  const preview = ["clean", "--older-than", "30", "--preview", ...at];
  expect(await json(preview)).toMatchObject({ items: [], kept: [{ id: tree.id, why: "pinned" }] });
  expect(await json(["clean", "--older-than", "30", ...at])).toMatchObject({ removed: 0 });
  await banyan(["unpin", tree.id, ...at]);
  expect(await json(preview)).toMatchObject({ items: [{ id: tree.id, why: "age" }], kept: [] });
  expect((await banyan(preview)).stdout).toContain("1 tree would go");

  const set = await banyan(["clean", "--set-days", "30", ...at]);
  expect(set.stdout).toContain("Once a day, Banyan removes trees 30 days after their end.");
  expect(await json(["clean", ...at])).toMatchObject({ removed: 1 });
  expect(await json(["trees", ...at])).toMatchObject({ items: [] });
});
