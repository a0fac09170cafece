/** A bare repository with a branch main and one commit more on `banyan/x`, for the tests of forges' clients. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Returns the folder that holds the repository `PATH.git`, which is removed after the test, and its git. */
export function smallRepository(path: string): { folder: string; git(...args: string[]): string } {
  const folder = mkdtempSync(join(tmpdir(), "banyan-forge-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const bare = join(folder, `${path}.git`);
  mkdirSync(bare, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", bare, "-c", "user.name=A", "-c", "user.email=a@x", ...args], {
      encoding: "utf8",
      input: "",
    }).trim();
  git("init", "-q", "--bare", "-b", "main");
  const tree = git("mktree");
  const commit = (...parents: string[]) =>
    git("commit-tree", tree, "-m", "x", ...parents.flatMap((one) => ["-p", one]));
  git("update-ref", "refs/heads/main", commit());
  git("update-ref", "refs/heads/banyan/x", commit(git("rev-parse", "main")));
  return { folder, git };
}
