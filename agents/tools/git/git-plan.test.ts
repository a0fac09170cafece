import { afterEach, beforeEach, expect, test } from "vitest";
import { planOf } from "@/agents/tools/files/call-change";
import { createTestWorld, git, type TestWorld } from "@/agents/tools/testing/world";
import { gitOperations } from "./git-operations";

let world: TestWorld;
beforeEach(() => {
  world = createTestWorld();
});
afterEach(() => world.remove());

const tool = gitOperations({ credential: async () => null });

async function plan(input: object, more: { guardsGit?: boolean } = {}) {
  const found = await planOf(tool, world.contextWith(more).workplace, JSON.stringify(input));
  return found && [found.does, found.parts.map(({ name, text }) => `${name}: ${text}`), found.files];
}

test("a git call says what it does, with its branch, message and files", async () => {
  git(world.root, "init", "-q", "-b", "trunk");
  const commit = { operation: "commit", message: "Fix it\n\nBecause.", all: true };
  expect(await plan(commit)).toEqual([
    "Stages every changed file, and commits.",
    ["Branch: trunk", "Message: Fix it\n\nBecause."],
    [],
  ]);
  // A person's own repository, which the agent's file tools may not look into.
  expect((await plan(commit, { guardsGit: true }))?.[1]).toContain("Branch: trunk");
  expect((await plan({ ...commit, path: "other" }))?.[1]).toEqual(["Repository: other", "Message: Fix it\n\nBecause."]);
  expect(await plan({ operation: "add", files: ["a.txt", "b.txt"] })).toEqual([
    "Stages 2 paths for the next commit.",
    [],
    ["a.txt", "b.txt"],
  ]);
  expect(await plan({ operation: "switch", branch: "banyan/x", create: true })).toEqual([
    "Creates a branch and switches to it.",
    ["Branch: banyan/x", "At: HEAD", "Now on: trunk"],
    [],
  ]);
  expect(await plan({ operation: "merge", revision: "banyan/x" })).toEqual([
    "Merges into the current branch. On conflicts it changes nothing.",
    ["Merges: banyan/x", "Into: trunk"],
    [],
  ]);
  const url = "https://example.org/a/shop.git";
  expect((await plan({ operation: "clone", url }))?.[1]).toEqual([`From: ${url}`, "Into: shop"]);
  const id = "a".repeat(40);
  expect((await plan({ operation: "push", url, branch: "banyan/x", commit: id }))?.[1]).toEqual([
    `To: ${url}`,
    "Branch: banyan/x",
    `Commit: ${id}`,
  ]);
  expect(await plan({ operation: "pull_request", url, branch: "banyan/x", title: "Fix", draft: true })).toEqual([
    "Opens a draft pull request.",
    [`In: ${url}`, "From: banyan/x", "Into: the default branch", "Title: Fix"],
    [],
  ]);
});

test("a call that only reads, and one with bad input, say nothing", async () => {
  for (const input of [{ operation: "status" }, { operation: "branch" }, { operation: "commit" }, "x"])
    expect(await plan(input as object)).toBe(null);
});
