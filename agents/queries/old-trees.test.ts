import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fatesOf } from "@/agents/retention/fates";
import { installation } from "@/agents/retention/testing/ended-trees";
import { findOldTrees } from "./old-trees";

test("old trees are listed without the pinned ones, which are counted, and have the sizes that retention says", async () => {
  const { sources, store, dataDir } = await installation({ old: 40, kept: 50, other: 60, young: 3, keptYoung: 2 });
  for (const uid of ["kept", "keptYoung"]) await store.retentionTrees.pin(store.queries.trees.treeKey(uid), "mara");
  writeFileSync(join(dataDir, "workspaces", "old", "big"), Buffer.alloc(1_000_000, 1));
  const sizes: Record<string, number> = {};
  for await (const { tree, sizeBytes } of fatesOf(sources, { days: 30, bytes: null, keepsGoals: true }))
    sizes[tree.uid] = sizeBytes;
  const found = await findOldTrees(sources, 30);
  expect(found.items.map(({ id, size_bytes }) => [id, size_bytes])).toEqual([
    ["other", sizes.other],
    ["old", sizes.old],
  ]);
  expect(found).toMatchObject({ pinned: 1, more: false, size_bytes: (sizes.other ?? 0) + (sizes.old ?? 0) });
  expect(await findOldTrees(sources, 1)).toMatchObject({ pinned: 2 });
});
