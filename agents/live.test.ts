/** Lists hear of what another process does to the same database. */
import { expect, test } from "vitest";
import { openStore } from "@/db/store";
import { readSettings } from "@/lib/env";
import { createLive } from "./live";
import { endTask } from "./testing/replies";
import { runRoot, trialsOfThisFile } from "./testing/scenario";

const start = trialsOfThisFile();

test("a list hears of trees that another process makes and ends, though nobody looks at them", async () => {
  const trial = await start({ root: [endTask("done")] });
  // As a server sees it whose worker, or whose command line, is another process.
  const file = readSettings({ BANYAN_DATA_DIR: trial.dataDir }, process.cwd()).databaseFile;
  const other = openStore(file, { migrations: "drizzle" });
  const live = createLive(other);
  const heard = new Set<string>();
  const stop = live.onTrees(({ treeIds }) => {
    for (const id of treeIds) heard.add(id);
  });
  const tree = await runRoot(trial);
  await expect.poll(() => [...heard]).toContain(tree.id);
  heard.clear();
  await trial.runtime.store.trees.delete(trial.runtime.store.queries.trees.treeKey(tree.id));
  // Also that one is gone.
  await expect.poll(() => [...heard]).toContain(tree.id);
  stop();
  live.close();
  await other.close();
});
