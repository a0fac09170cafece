/** The daily run in a process of its own, killed for real: what people see then, and what the next run does. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bundleProgram } from "@/tests/agents/bundle";
import type { Moment } from "./testing/clean-main";
import { installation } from "./testing/ended-trees";

const FILES = 40;

/** Resolves with the signal that ended the process, or null. */
async function cleanOnce(...args: string[]): Promise<NodeJS.Signals | null> {
  const program = await bundleProgram("agents/retention/testing/clean-main.ts");
  const child = spawn(process.execPath, [...program, ...args], { stdio: ["ignore", "ignore", "inherit"] });
  return new Promise((resolve) => child.once("close", (_code, signal) => resolve(signal)));
}

test.each<[number, Moment]>([
  [1, "rows"],
  [2, "files"],
  [3, "rows"],
  [3, "files"],
])(
  "killed at tree %i, when its %s went, the daily run shows no half tree, and the next one finishes",
  async (at, moment) => {
    const { store, dataDir, names, hasFolder } = await installation({ a: 60, b: 50, c: 40, young: 1, open: null });
    const folder = (uid: string) => join(dataDir, "workspaces", uid, "many");
    for (const uid of names()) {
      mkdirSync(folder(uid));
      for (let number = 0; number < FILES; number += 1) writeFileSync(join(folder(uid), `${number}.txt`), uid);
    }
    expect(await cleanOnce(dataDir, String(at), moment)).toBe("SIGKILL");

    const left = names();
    expect(left).toEqual(["a", "b", "c", "young", "open"].slice(at));
    // What is shown is whole: the list, each tree's log, and its files.
    const { trees, messages } = store.queries;
    expect(trees.listTrees({ limit: 10 }, Date.now()).items.map(({ id }) => id)).toEqual([...left].reverse());
    for (const uid of left) {
      expect(messages.list({ treeId: uid }, { limit: 10 }).items.length).toBeGreaterThan(0);
      expect(readdirSync(folder(uid))).toHaveLength(FILES);
    }
    // No row is left of a tree whose row is gone.
    expect(store.client.sqlite.pragma("foreign_key_check")).toEqual([]);
    const orphans = "SELECT count(*) FROM tasks WHERE tree_id NOT IN (SELECT id FROM trees)";
    expect(store.client.sqlite.prepare(orphans).pluck().get()).toBe(0);
    expect(store.retention.read()).toMatchObject({ claim: { cause: "schedule", removed: at }, last: null });

    expect(await cleanOnce(dataDir)).toBeNull();
    expect(names()).toEqual(["young", "open"]);
    expect(["a", "b", "c", "young", "open"].map(hasFolder)).toEqual([false, false, false, true, true]);
    // The run went on, so it tells all that it removed.
    expect(store.retention.read()).toMatchObject({
      claim: null,
      last: { cause: "schedule", removed: 3, problem: null },
    });
    expect(existsSync(folder("young"))).toBe(true);
  },
);
