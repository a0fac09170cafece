/** Which paths a task's tools must not show, and how often a snapshot is read for them. */
import { expect, test } from "vitest";
import { hiddenFrom } from "./folders";
import type { OpenTask, World } from "./world";

/** Files by the snapshot that has them. */
function asking(snapshots: Record<string, string[]>) {
  const read: string[] = [];
  const world = {
    cacheDirOf: () => "/cache",
    linkedGitOf: () => null,
    rulesOf: () => ({ hiddenPaths: [], isReadOnly: false }),
    snapshots: {
      async files(start: string) {
        read.push(start);
        return (snapshots[start] ?? []).map((path) => ({ path }));
      },
    },
  } as unknown as World;
  const hiddenAt = (start: string, globs = ["hidden/**"]) => {
    const assignment = { hides: { globs, share: 0, start }, workspace: "shared", folder: null };
    const task = { claim: { treeUid: "t" }, tree: { workspace: "/w", inPlace: true }, state: { assignment } };
    return hiddenFrom(world, task as unknown as OpenTask);
  };
  return { read, hiddenAt };
}

const many = (count: number, folder: string) => Array.from({ length: count }, (_, at) => `${folder}/file-${at}.ts`);

test("a start is read once for what it hides, however many other files it has", async () => {
  const { read, hiddenAt } = asking({ one: ["hidden/a.test.ts", "parts/b/.git/HEAD", ...many(60_000, "src")] });
  for (let calls = 0; calls < 3; calls += 1)
    expect(await hiddenAt("one")).toEqual(["/w/.git", "/w/parts/b/.git", "/w/hidden/a.test.ts"]);
  expect(await hiddenAt("one", ["parts/**"])).toEqual(["/w/.git", "/w/parts/b/.git", "/w/parts/b/.git/HEAD"]);
  expect(read).toEqual(["one", "one"]);
});

test("what several starts hide is kept until it is too much together", async () => {
  const { read, hiddenAt } = asking({ two: many(30_000, "hidden"), three: many(30_000, "hidden") });
  for (const start of ["two", "two", "three", "three", "two"]) expect(await hiddenAt(start)).toHaveLength(30_001);
  expect(read).toEqual(["two", "three", "two"]);
});
