/** The next start removes what a kill left of a deleted or never created tree. */
import { chmodSync, existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { call, endTask } from "@/tests/agents/replies";
import { runRoot, tester, trialsOfThisFile } from "@/tests/agents/scenario";

const start = trialsOfThisFile();
const YESTERDAY = new Date(Date.now() - 24 * 3_600_000);

test("folders, caches and snapshots whose tree is gone are removed at the start; those of trees stay, and those that are just being made", async () => {
  const write = call("write_file", { path: "a.txt", content: "x" });
  const trial = await start({ root: [write, endTask("done")] });
  const [kept, gone] = [await runRoot(trial), await runRoot(trial)];
  const { store, world } = trial.runtime;
  expect(world.snapshots).toBeDefined();
  // The state after a kill between deleting the rows and the folders.
  await store.trees.delete(store.queries.trees.treeKey(gone.id));
  const at = (...parts: string[]) => join(trial.dataDir, ...parts);
  for (const name of [`${gone.id}.own`, "zzzzzzzzzzzz"]) mkdirSync(at("workspaces", name, "deep"), { recursive: true });
  mkdirSync(at("cache", gone.id), { recursive: true });
  writeFileSync(at("workspaces", "zzzzzzzzzzzz", "deep", "x"), "x");
  for (const kind of ["workspaces", "cache"])
    for (const name of readdirSync(at(kind))) utimesSync(at(kind, name), YESTERDAY, YESTERDAY);
  mkdirSync(at("workspaces", "yyyyyyyyyyyy"));

  const removed = await trial.runtime.sweep();
  expect(removed).toEqual(
    expect.arrayContaining([
      `workspaces/${gone.id}`,
      `workspaces/${gone.id}.own`,
      "workspaces/zzzzzzzzzzzz",
      `cache/${gone.id}`,
      `snapshots of ${gone.id}`,
    ]),
  );
  expect(removed.join()).not.toContain(kept.id);
  expect([kept.id, "yyyyyyyyyyyy"].map((name) => existsSync(at("workspaces", name)))).toEqual([true, true]);
  expect(await trial.runtime.sweep()).toEqual([]);
});

test("a tree whose folder was made unreadable is deleted all the same", async () => {
  const trial = await start({ root: [endTask("done")] });
  const tree = await runRoot(trial);
  const folder = join(trial.dataDir, "workspaces", tree.id);
  mkdirSync(join(folder, "closed", "inner"), { recursive: true });
  writeFileSync(join(folder, "closed", "inner", "file"), "x");
  for (const name of ["closed/inner", "closed"]) chmodSync(join(folder, name), 0o000);
  await trial.runtime.application.commands.deleteTree({ id: tree.id }, tester);
  expect(existsSync(folder)).toBe(false);
});
