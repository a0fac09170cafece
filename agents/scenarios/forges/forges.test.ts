/** Work that comes from a forge: an issue becomes a tree, its change a pull request, reviews and checks continue it. */
import { test } from "vitest";
import { labelToMerge, mergedMeanwhile, redAndConflict, strangers } from "@/tests/agents/forges/walks";

test("an issue with the label becomes a pull request; a review continues it, and a merge closes both", async () => {
  await labelToMerge("github");
});

test("F6: strangers start nothing; a writer starts by a comment or an assignment, and their words reach the task", async () => {
  await strangers("github");
});

test("a red check and a conflict with the base continue the tree, three times at most, and what the base has stays", async () => {
  await redAndConflict("github");
});

test("a pull request that is merged while its tree works on gets no more commits, and a person is told", async () => {
  await mergedMeanwhile("github");
});
