/** Cycles of evolutions: what they have cost without their trees, and what one leaves that could not begin. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { openStore } from "@/db/store";
import { insertSmallTree } from "@/db/testing/small-tree";

/** A store with a project, a run of its evolution, and a cycle whose tree is not there yet. */
async function claimed() {
  const folder = mkdtempSync(join(tmpdir(), "banyan-cycles-"));
  const store = openStore(join(folder, "banyan.db"), { migrations: "drizzle" });
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { evolutions, insights, projects } = store;
  const found = { checks: [], setup: null, kinds: [], is_git: true, is_empty: false };
  const project = { name: "shop", address: folder, branch: null, check: null, setup: null, found, defaults: {} };
  await projects.add({ ...project, createdBy: "tester", keys: [] });
  const insight = { kind: "untyped" as const, title: "A title", path: "a.ts", line: 1, end: 1, score: 0.5 };
  const evidence = { facts: [], places: [], quote: [], impact: 1, confidence: 1, effort: 1 };
  const seen = { ...insight, uid: "i", symbol: "", evidence };
  const figures = { commit: "c", files: 1, code: 1, parsed: 1, left_out: 0, seconds: 1, not_measured: [] };
  await insights.settle("shop", { insights: [seen], unmeasured: [] }, { by: "tester", figures });
  const run = { uid: "run", project: "shop", cause: "person" as const, maker: ownerCalled("tester"), cyclesMax: 5 };
  await evolutions.begin({ ...run, insight: null, work: {} });
  const [going] = evolutions.going();
  if (going === undefined) throw new Error("No run goes on.");
  await evolutions.changeRun(going, { state: "running", why: null });
  const claim = {
    runId: going.id,
    insight: { id: "i", ...insight },
    paths: ["a.ts"],
    tree: "t",
    capMicroUsd: 2_000_000,
  };
  expect(await evolutions.claim({ uid: "c", ...claim })).toBe(true);
  const cycle = () => evolutions.cycle("c");
  const state = () => insights.of("shop")[0]?.state;
  return { store, folder, cycle, state };
}

test("what a cycle has cost stays when its tree is deleted", async () => {
  const { store, folder, cycle } = await claimed();
  await insertSmallTree(store, { uid: "t", instruction: "Improve", workspace: folder });
  store.client.sqlite.prepare("UPDATE trees SET micro_usd = 1500000").run();
  expect(cycle()).toMatchObject({ microUsd: 1_500_000, isSpending: true });
  expect(await store.trees.delete(store.queries.trees.treeKey("t"))).toBe(true);
  expect(cycle()).toMatchObject({ microUsd: 1_500_000, isSpending: false });
});

test("a cycle that could not begin is removed, its run ends, and its insight is open; with a tree it stays", async () => {
  const { store, folder, cycle, state } = await claimed();
  const before = cycle();
  if (before === null) throw new Error("There is no cycle.");
  expect(state()).toBe("planned");
  await insertSmallTree(store, { uid: "t", instruction: "Improve", workspace: folder });
  await store.evolutions.drop(before, "No price.");
  expect([cycle()?.state, state(), store.evolutions.going().length]).toEqual(["working", "planned", 1]);
  await store.trees.delete(store.queries.trees.treeKey("t"));
  await store.evolutions.drop(before, "No price.");
  expect([cycle(), state(), store.evolutions.going()]).toEqual([null, "open", []]);
  expect(store.evolutions.runs(before.projectId, 1)).toMatchObject([
    { state: "ended", why: "No price.", fault: "begin" },
  ]);
});
