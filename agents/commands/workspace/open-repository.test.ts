/** What the repository of a project is opened at, while branches go and the forge is away. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startGitServer } from "@/lib/git/testing/git-server";
import { createOpenRepository } from "./open-repository";

function repository() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "banyan-open-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [folder, dataDir, dir] = [join(root, "shop"), join(root, "data"), join(root, "scratch")];
  for (const made of [folder, dataDir, dir]) mkdirSync(made);
  const git = (...args: string[]) =>
    String(execFileSync("git", ["-C", folder, "-c", "user.name=T", "-c", "user.email=t@example.org", ...args])).trim();
  git("init", "-q", "-b", "main");
  const version = (text: string) => {
    writeFileSync(join(folder, "version"), text);
    git("add", "-A");
    git("commit", "-q", "-m", "A version");
    return git("rev-parse", "HEAD");
  };
  /** Resolves with the commit at which it is opened, once its files can be read. */
  const opened =
    (privateHosts: string[]) =>
    (address: string, branch: string | null, commit?: string, meanwhile = async (): Promise<unknown> => null) =>
      createOpenRepository({ settings: { dataDir, privateHosts }, vault: { get: () => null }, self: null })(
        { address, branch, commit },
        { dir, signal: AbortSignal.timeout(60_000) },
        async (source) => {
          execFileSync("git", ["--git-dir", source.gitDir, "cat-file", "-e", `${source.commit}:version`]);
          await meanwhile();
          return source.commit;
        },
      );
  return { root, folder, git, version, opened };
}

test("a commit that is known is opened without its branch, also while the forge is away; a new one is fetched", async () => {
  const { root, folder, git, version, opened } = repository();
  const forge = await startGitServer(root);
  onTestFinished(forge.close);
  const open = opened([forge.host]);
  const address = `http://${forge.host}/${basename(folder)}/.git`;
  const first = version("one");
  // Nothing is here yet.
  expect(await open(address, "gone", first)).toBe(first);
  git("checkout", "-q", "-b", "release-7");
  const second = version("two");
  expect(await open(address, "gone", second)).toBe(second);
  expect(await open(address, "release-7")).toBe(second);
  // A look takes minutes; what is known is opened beside it, and what is new is fetched.
  expect(await open(address, "main", undefined, () => open(address, null, second))).toBe(first);
  expect(await open(address, "gone", second, () => open(address, "release-7"))).toBe(second);
  git("checkout", "-q", "main");
  git("branch", "-q", "-D", "release-7");
  await expect(open(address, "release-7")).rejects.toThrow("has no branch release-7");
  await forge.close();
  expect(await open(address, "release-7", second)).toBe(second);
  await expect(open(address, null)).rejects.toThrow();
  await expect(open(address, null, "1".repeat(40))).rejects.toThrow();
}, 120_000);

test("a commit of a folder is opened without its branch", async () => {
  const { folder, git, version, opened } = repository();
  const open = opened([]);
  version("one");
  git("checkout", "-q", "-b", "release-7");
  const second = version("two");
  git("checkout", "-q", "main");
  git("branch", "-q", "-D", "release-7");
  await expect(open(folder, "release-7")).rejects.toThrow("has no branch release-7");
  expect(await open(folder, "release-7", second)).toBe(second);
  await expect(open(folder, null, "1".repeat(40))).rejects.toThrow();
}, 60_000);
