/** Watchers of lists are told about commits of another process on the same database. */
import { expect, test } from "vitest";
import { openStore } from "@/db/store";
import { readSettings } from "@/lib/env";
import { endTask } from "@/tests/agents/replies";
import { gate, runRoot, trialsOfThisFile } from "@/tests/agents/scenario";
import { createLive } from "./live";

const start = trialsOfThisFile();

test("a list hears of trees that another process makes and ends, though nobody looks at them", async () => {
  const trial = await start({ root: [endTask("done")] });
  // The view of a server whose worker or command line is another process.
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
  // Also that a tree is gone.
  await expect.poll(() => [...heard]).toContain(tree.id);
  stop();
  live.close();
  await other.close();
});

test("a list hears that another process deleted a tree which ended long ago", async () => {
  // The second tree stays open until it was heard of: between two looks of the list it could begin and end.
  const hold = gate();
  const trial = await start({ root: [endTask("done")], held: () => hold.opened.then(() => endTask("done")) });
  const tree = await runRoot(trial);
  const file = readSettings({ BANYAN_DATA_DIR: trial.dataDir }, process.cwd()).databaseFile;
  const other = openStore(file, { migrations: "drizzle" });
  // A day later the tree is neither open nor recently ended.
  const live = createLive(other, () => Date.now() + 86_400_000);
  const heard = new Set<string>();
  const stop = live.onTrees(({ treeIds }) => {
    for (const id of treeIds) heard.add(id);
  });
  const { id } = await trial.submit({ task: "held", agent: "worker" });
  await expect.poll(() => [...heard], { timeout: 120_000 }).toContain(id);
  hold.open();
  await trial.ended(id);
  expect([...heard]).not.toContain(tree.id);
  await trial.runtime.store.trees.delete(trial.runtime.store.queries.trees.treeKey(tree.id));
  await expect.poll(() => [...heard], { timeout: 120_000 }).toContain(tree.id);
  stop();
  live.close();
  await other.close();
});
