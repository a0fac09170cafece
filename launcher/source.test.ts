/** The launcher's repository of sources, after kills and with two readers at once. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { extract, takeCommit, treeOf } from "./source.mjs";

function folders() {
  const home = mkdtempSync(path.join(tmpdir(), "banyan-sources-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const folder = (name: string, text?: string) => {
    const made = path.join(home, name);
    mkdirSync(made);
    if (text !== undefined) writeFileSync(path.join(made, "file"), text);
    return made;
  };
  return { home, folder };
}

test("a launcher that was killed while it read sources keeps no later one with the same process number from it", async () => {
  const { home, folder } = folders();
  for (const name of [`index-${process.pid}`, `index-${process.pid}-out`])
    writeFileSync(path.join(home, `${name}.lock`), "");
  const tree = await treeOf(home, folder("one", "one"));
  const out = folder("out");
  await extract(home, tree, out);
  expect(readFileSync(path.join(out, "file"), "utf8")).toBe("one");
});

test("two trees that are extracted at once do not mix", async () => {
  const { home, folder } = folders();
  const trees = [await treeOf(home, folder("one", "one")), await treeOf(home, folder("two", "two"))];
  for (let turn = 0; turn < 5; turn++) {
    const out = trees.map((_, at) => folder(`out-${turn}-${at}`));
    await Promise.all(trees.map((tree, at) => extract(home, tree, out[at] ?? "")));
    expect(out.map((one) => readFileSync(path.join(one, "file"), "utf8"))).toEqual(["one", "two"]);
  }
});

test("a person's files and an approved commit with the same files are one tree, whatever .gitignore keeps", async () => {
  const { home, folder } = folders();
  const checkout = folder("checkout", "one");
  writeFileSync(path.join(checkout, ".gitignore"), ".env\n.env.*\n!.env.example\n");
  for (const name of [".env", ".env.example", ".npmrc"]) writeFileSync(path.join(checkout, name), name);
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", checkout, "-c", "user.name=Ann", "-c", "user.email=ann@example.org", ...args], {
      encoding: "utf8",
    }).trim();
  git("init", "--quiet", "--template=");
  git("add", "--all");
  git("commit", "--quiet", "--message", "what runs");
  git("commit", "--quiet", "--allow-empty", "--message", "a change");
  const taken = await takeCommit(home, path.join(checkout, ".git"), git("rev-parse", "HEAD"));
  const read = await treeOf(home, checkout);
  expect(taken).toEqual({ tree: read, base: read });
  const out = folder("out");
  await extract(home, read, out);
  expect(readdirSync(out).sort()).toEqual([".gitignore", "file"]);
});
