/** The launcher's repository of sources, after kills and with two readers at once. */
import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { removeTree } from "@/lib/workspace/remove-tree";
import { apartIn, makeRelease } from "./releases.mjs";
import { extract, marksIn, takeCommit, treeOf } from "./source.mjs";

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

test("a launcher that was killed while it read sources does not block a later launcher with the same process number", async () => {
  const { home, folder } = folders();
  for (const name of [`index-${process.pid}`, `index-${process.pid}-out`])
    writeFileSync(path.join(home, `${name}.lock`), "");
  utimesSync(folder("index-killed", "index"), 0, 0);
  const tree = await treeOf(home, folder("one", "one"));
  expect(readdirSync(home)).not.toContain("index-killed");
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
    expect(out.map((folder) => readFileSync(path.join(folder, "file"), "utf8"))).toEqual(["one", "two"]);
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
  expect(taken).toMatchObject({ tree: read, base: read });
  // The gates judge all files of the commit, also those that no release has.
  const kept = execFileSync("git", ["ls-tree", "--name-only", taken.judged], {
    env: { PATH: process.env.PATH, GIT_DIR: path.join(home, "self.git") } as unknown as NodeJS.ProcessEnv,
    encoding: "utf8",
  });
  expect(kept.trim().split("\n").sort()).toEqual(git("ls-tree", "--name-only", "HEAD").split("\n").sort());
  const out = folder("out");
  await extract(home, read, out);
  expect(readdirSync(out).sort()).toEqual([".gitignore", "file"]);
});

test("a server's data in the checkout gets into no release and no source, whatever the folder's name", async () => {
  const { home, folder } = folders();
  onTestFinished(() => removeTree(home));
  const checkout = folder("checkout");
  for (const name of ["node_modules/thing", "state", "mine", "dist/deep"])
    mkdirSync(path.join(checkout, name), { recursive: true });
  const kept = ["package-lock.json", "state/kept", "dist/deep/kept"];
  const data = ["mine/keys", "state/rows.db", "state/rows.db-wal", "dist/deep/rows.db"];
  for (const name of [...kept, ...data]) writeFileSync(path.join(checkout, name), name);
  const apart = ["state/rows.db", "dist/deep/rows.db"].map((name) => path.join(checkout, name));
  const start = { checkout, data: path.join(checkout, "mine"), apart };
  await makeRelease(home, start, { n: 1, contents: "c" });
  const filed = readdirSync(path.join(home, "releases/1"), { recursive: true, encoding: "utf8" });
  expect(filed.filter((name) => /state|mine|dist/.test(name)).sort()).toEqual([
    "dist",
    "dist/deep",
    "dist/deep/kept",
    "state",
    "state/kept",
  ]);
  const out = folder("out");
  await extract(home, await treeOf(home, checkout, apartIn(start)), out);
  expect(readdirSync(out, { recursive: true, encoding: "utf8" }).sort()).toEqual([
    "package-lock.json",
    "state",
    "state/kept",
  ]);
});

test("the marks of a tree are read with their texts, and a link in the place of one names nothing", async () => {
  const { home, folder } = folders();
  const checkout = folder("checkout", "one");
  for (const name of ["lib/auth", "lib/GUARDED"]) mkdirSync(path.join(checkout, name), { recursive: true });
  writeFileSync(path.join(checkout, "GUARDED"), "Why.\n- file\n");
  writeFileSync(path.join(checkout, "lib/GUARDED/UNGUARDED"), "no");
  writeFileSync(path.join(checkout, "lib/GUARDED/a"), "no");
  symlinkSync("../../GUARDED", path.join(checkout, "lib/auth/GUARDED"));
  expect(await marksIn(home, await treeOf(home, checkout))).toEqual([
    ["GUARDED", "Why.\n- file\n"],
    ["lib/auth/GUARDED", ""],
  ]);
  expect(await marksIn(home, await treeOf(home, folder("without", "one")))).toEqual([]);
});
