import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { filesChangedSince } from "./test-reach.mjs";
import { fixture } from "./testing/fixture";

test("the files of a change are those of its commits, those that are not committed, and new ones, without deleted ones", async () => {
  const root = fixture({
    "kept.ts": "1",
    "committed.ts": "1",
    "edited.ts": "1",
    "gone.ts": "1",
    ".gitignore": "built\n",
  });
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.org", ...args], { cwd: root });
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "-m", "First");
  git("switch", "--quiet", "--create", "change");
  writeFileSync(path.join(root, "committed.ts"), "2");
  git("commit", "--quiet", "--all", "-m", "Second");
  writeFileSync(path.join(root, "edited.ts"), "2");
  writeFileSync(path.join(root, "with space.ts"), "1");
  writeFileSync(path.join(root, "built"), "1");
  rmSync(path.join(root, "gone.ts"));
  expect((await filesChangedSince(root, "main")).sort()).toEqual(["committed.ts", "edited.ts", "with space.ts"]);
  await expect(filesChangedSince(root, "nothing")).rejects.toThrow("shares no commit with nothing");
});
