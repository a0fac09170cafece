/** A stand-in for a forge whose repository has the branches main and banyan/x: for the tests of clients. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { ForgeServer } from "./forge-server";
import type { ForgeOptions } from "./forge-state";

/** `path`: where the stand-in has its repository. */
export async function forgeWithBranch<Server extends ForgeServer>(
  start: (folder: string, options: ForgeOptions) => Promise<Server>,
  path = "acme/widgets",
): Promise<{ forge: Server; git(...args: string[]): string }> {
  const folder = mkdtempSync(join(tmpdir(), "banyan-forge-"));
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
  const forge = await start(folder, {
    accounts: [
      { login: "banyan-bot", permission: "write" },
      { login: "ann", permission: "admin" },
      { login: "eve", permission: "read" },
    ],
  });
  onTestFinished(async () => {
    await forge.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { forge, git };
}
