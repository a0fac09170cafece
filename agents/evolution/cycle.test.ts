/** The order of what a step of a cycle does, in which a kill may come after each part. */
import { expect, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import type { StoredCycle } from "@/db/evolution/evolution";
import { stepCycle } from "./cycle";
import type { EvolutionSources } from "./sources";

/** A cycle whose tree has ended and gets the words of a refusal, and what is done with it. */
function stepped(evolution: { stoppedBy: string | null }, goOn: () => Promise<{ tree_id: string }>) {
  const done: unknown[] = [];
  const cycle = {
    uid: "c",
    project: "shop",
    state: "working",
    tree: "t",
    begunAtMs: 1,
    words: { text: "Go on.", attempt: 0 },
    maker: ownerCalled("tester"),
    insight: { id: "i" },
  } as StoredCycle;
  const sources = {
    store: {
      projects: { get: () => ({ name: "shop", address: "/shop" }) },
      evolutions: { of: () => evolution, change: async (_: unknown, change: object) => done.push(change) > 0 },
      insights: { unplan: async () => done.push("unplan") },
      forges: { link: () => null },
      people: {},
      archivedTrees: { hashOf: () => null },
      queries: { trees: { treesLike: () => ["t"], rootOf: () => "r", getTask: () => ({ attempt: 0 }) } },
    },
    goOn: () => {
      done.push("go on");
      return goOn();
    },
    stop: async () => void done.push("stop"),
    now: () => 2,
  } as unknown as EvolutionSources;
  return { done, step: () => stepCycle(sources, cycle, new AbortController().signal) };
}

test("the tree of a stopped evolution is stopped before its cycle is settled, because nobody stops that of a settled one", async () => {
  const { done, step } = stepped({ stoppedBy: "ann" }, () => Promise.reject(new Error("unexpected")));
  await step();
  expect(done).toEqual(["stop", { begunAtMs: 2 }, "unplan", { state: "stopped", why: "ann stopped it.", words: null }]);
});

test("while a tree is being continued its cycle counts as one whose tree is being created: a stop in between finds it", async () => {
  const { done, step } = stepped({ stoppedBy: null }, async () => ({ tree_id: "t" }));
  await step();
  expect(done).toEqual([{ begunAtMs: null }, "go on", { words: null, tree: "t", begunAtMs: 2 }]);
  const killed = stepped({ stoppedBy: null }, () => Promise.reject(new Error("killed")));
  await expect(killed.step()).rejects.toThrow("killed");
  expect(killed.done).toEqual([{ begunAtMs: null }, "go on"]);
});
