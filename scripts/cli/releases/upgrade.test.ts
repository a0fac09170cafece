import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Context } from "@/scripts/cli/context/context";
import { upgrade } from "./upgrade";

const git = (folder: string, ...args: string[]) =>
  execFileSync("git", ["-C", folder, "-c", "user.name=Ann", "-c", "user.email=ann@example.org", ...args], {
    encoding: "utf8",
    stdio: "pipe",
  }).trim();

/** Writes a file when it is called, and ends as the real program does. */
const restart = (status: number) =>
  `import { writeFileSync } from "node:fs"; writeFileSync("restarted", process.argv.slice(2).join(" ")); process.exit(${status});`;

/** Makes a repository with one commit, and a clone of it. */
function clones(status: number) {
  const base = mkdtempSync(path.join(tmpdir(), "banyan-upgrade-"));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const [origin, checkout] = [path.join(base, "origin"), path.join(base, "checkout")];
  mkdirSync(path.join(origin, "scripts"), { recursive: true });
  git(base, "init", "--quiet", "--initial-branch=main", origin);
  writeFileSync(path.join(origin, "scripts/restart.mjs"), restart(status));
  commit(origin, "one");
  git(base, "clone", "--quiet", origin, checkout);
  const context = { checkout, json: true, settings: { dataDir: path.join(base, "data") } } as unknown as Context;
  return { origin, checkout, context };
}

function commit(folder: string, text: string): string {
  writeFileSync(path.join(folder, "file"), text);
  git(folder, "add", ".");
  git(folder, "commit", "--quiet", "--message", text);
  return git(folder, "rev-parse", "HEAD");
}

function printed() {
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
  onTestFinished(() => spy.mockRestore());
  return () => JSON.parse(written.join(""));
}

test("it pulls and lets the server hand over to the new version", async () => {
  const { origin, checkout, context } = clones(0);
  const before = git(checkout, "rev-parse", "HEAD");
  const after = commit(origin, "two");
  const said = printed();
  expect(await upgrade(context, [], {})).toBe(0);
  expect(said()).toMatchObject({ before, after, restarted: true });
  expect(git(checkout, "rev-parse", "HEAD")).toBe(after);
  expect(existsSync(path.join(checkout, "restarted"))).toBe(true);
});

test("without a running server it says how to start", async () => {
  const { context } = clones(3);
  const said = printed();
  expect(await upgrade(context, [], {})).toBe(0);
  expect(said()).toMatchObject({ restarted: false, sentence: expect.stringMatching(/up to date .*No server runs/) });
});

test("own commits, own edits and a folder without git are refused with git's reason, and nothing restarts", async () => {
  const { origin, checkout, context } = clones(0);
  commit(origin, "theirs");
  writeFileSync(path.join(checkout, "file"), "mine");
  await expect(upgrade(context, [], {})).rejects.toThrow(/git could not pull .*local changes.*Nothing was restarted/s);
  commit(checkout, "mine");
  await expect(upgrade(context, [], {})).rejects.toThrow(/git could not pull .*Nothing was restarted/s);
  rmSync(path.join(checkout, ".git"), { recursive: true });
  await expect(upgrade(context, [], {})).rejects.toThrow(/is not a git clone: replace its files/);
  expect(existsSync(path.join(checkout, "restarted"))).toBe(false);
});
