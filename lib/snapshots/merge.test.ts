import { execFileSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTrial, describeFolder, endTrial, kill, startScript, type Trial } from "./testing/trial";

let trial: Trial;
beforeEach(() => {
  trial = createTrial();
});
afterEach(() => endTrial(trial));

/** A copy of a snapshot in a new folder, as a child works in, and its snapshot after the work. */
async function childOf(commit: string, name: string, work: (folder: string) => void): Promise<string> {
  const folder = path.join(trial.base, name);
  await trial.store.checkOut(commit, folder);
  work(folder);
  return (await trial.take(commit, { folder, label: name })).commit;
}

function write(folder: string, file: string, content: string): void {
  fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  fs.writeFileSync(path.join(folder, file), content);
}

test("a diff lists the paths and shows text with the folder's own names", async () => {
  trial.put(".gitignore", "one\ntwo\n");
  trial.put("%odd name", "old\n");
  trial.put("binary", Buffer.from([0, 1, 2]));
  trial.put("gone", "-- looks like a header\n");
  trial.put("kind", "text\n");
  trial.put("run", "x\n");
  const first = await trial.take(null);
  trial.put(".gitignore", "one\n2\n");
  trial.put("%odd name", "new\n");
  trial.put("binary", Buffer.from([0, 1, 3]));
  for (const name of ["gone", "kind"]) fs.rmSync(path.join(trial.folder, name));
  fs.symlinkSync("run", path.join(trial.folder, "kind"));
  fs.chmodSync(path.join(trial.folder, "run"), 0o755);
  trial.put("new/.gitattributes", "* filter=x\n");
  fs.mkdirSync(path.join(trial.folder, "void"));
  const second = await trial.take(first.commit);

  const diff = await trial.store.diff(first.commit, second.commit);
  expect(diff).toMatchObject({ added: ["new/.gitattributes", "void/"], deleted: ["gone"], truncated: false });
  expect(diff.modified).toEqual(["%odd name", ".gitignore", "binary", "kind", "run"]);
  expect(diff.patch).toContain("diff --git a/.gitignore b/.gitignore\n");
  expect(diff.patch).toContain("--- a/%odd name\t\n+++ b/%odd name\t\n@@ -1 +1 @@\n-old\n+new\n");
  expect(diff.patch).toContain("--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n--- looks like a header\n");
  expect(diff.patch).toContain("--- /dev/null\n+++ b/new/.gitattributes\n");
  expect(diff.patch).not.toMatch(/binary|Binary|void|%\.git/);

  // The patch can be applied by git; the binary file is not in it.
  const copy = path.join(trial.base, "patched");
  await trial.store.checkOut(first.commit, copy);
  execFileSync("git", ["apply", "--unsafe-paths", "-"], { cwd: copy, input: diff.patch });
  const { binary, ...patched } = describeFolder(copy);
  expect({ ...patched, binary: "\0\x01\x03", "void/": "empty" }).toEqual(describeFolder(trial.folder));
  expect(binary).toBe("\0\x01\x02");

  const short = await trial.store.diff(first.commit, second.commit, { maxBytes: 300 });
  expect(short.truncated).toBe(true);
  expect(diff.patch.startsWith(short.patch)).toBe(true);
  expect(short.patch.length).toBeLessThanOrEqual(300);
  expect(short.modified).toEqual(diff.modified);
  expect(await trial.store.diff(first.commit, first.commit)).toEqual({
    added: [],
    modified: [],
    deleted: [],
    patch: "",
    lines: new Map(),
    truncated: false,
  });
  expect(diff.lines.get("gone")).toEqual({ added: 0, removed: 1 });
  expect(diff.lines.get("%odd name")).toEqual({ added: 1, removed: 1 });
  expect(diff.lines.has("binary")).toBe(false);
  const whole = await trial.store.diff(null, first.commit);
  expect(whole).toMatchObject({ modified: [], deleted: [] });
  expect(whole.added).toEqual(expect.arrayContaining([".gitignore", "gone"]));
  expect(whole.lines.get(".gitignore")).toEqual({ added: 2, removed: 0 });
});

test("a patch far larger than its cap is cut off without reading all of it", async () => {
  const first = await trial.take(null);
  trial.put("long", "a line of text\n".repeat(400_000));
  trial.put("one-line", "x".repeat(7_000_000));
  const second = await trial.take(first.commit);
  const diff = await trial.store.diff(first.commit, second.commit, { maxBytes: 10_000 });
  expect(diff).toMatchObject({ truncated: true, added: ["long", "one-line"] });
  expect(diff.patch.length).toBeLessThanOrEqual(10_000);
});

test("the work of two children on different lines and files is merged, and applied to their parent's folder", async () => {
  trial.put("shared", "1\n2\n3\n4\n5\n6\n7\n8\n");
  trial.put("moves/a", "a");
  trial.put("deleted/deep/x", "x");
  trial.put("becomes-folder", "file");
  trial.put("private", "keep my mode");
  fs.chmodSync(path.join(trial.folder, "private"), 0o600);
  fs.mkdirSync(path.join(trial.folder, "void"));
  const base = (await trial.take(null)).commit;
  const ours = await childOf(base, "ours", (folder) => {
    write(folder, "shared", "one\n2\n3\n4\n5\n6\n7\n8\n");
    write(folder, "void/filled", "by ours");
    fs.rmSync(path.join(folder, "deleted"), { recursive: true });
  });
  const theirs = await childOf(base, "theirs", (folder) => {
    write(folder, "shared", "1\n2\n3\n4\n5\n6\n7\neight\n");
    fs.rmSync(path.join(folder, "becomes-folder"));
    write(folder, "becomes-folder/.git/HEAD", "ref: refs/heads/x\n");
    write(folder, "private", "changed");
    fs.symlinkSync("shared", path.join(folder, "link"));
    fs.mkdirSync(path.join(folder, "void2"));
  });
  const merged = await trial.store.merge({ tree: "tree", label: "merged", base, ours, theirs });
  if (!("commit" in merged)) throw new Error(`conflicts: ${merged.conflicts}`);
  await trial.store.apply({ from: base, to: merged.commit, folder: trial.folder, hiddenPaths: [] });
  const now = describeFolder(trial.folder);
  expect(now).toEqual(await trial.contents(merged.commit));
  expect(now).toEqual({
    shared: "one\n2\n3\n4\n5\n6\n7\neight\n",
    "moves/a": "a",
    "becomes-folder/.git/HEAD": "ref: refs/heads/x\n",
    private: "changed",
    link: "-> shared",
    "void/filled": "by ours",
    "void2/": "empty",
  });
  expect(fs.statSync(path.join(trial.folder, "private")).mode & 0o777).toBe(0o600);
  expect(await trial.take(merged.commit)).toMatchObject({ commit: merged.commit, changed: 0 });
  // Applied in reverse.
  await trial.store.apply({ from: merged.commit, to: base, folder: trial.folder, hiddenPaths: [] });
  expect(await trial.take(base)).toMatchObject({ commit: base, changed: 0 });
});

test("conflicts are listed by path, and nothing is stored", async () => {
  trial.put("same", "base\n");
  trial.put(".gitignore", "base\n");
  trial.put("removed", "base\n");
  const base = (await trial.take(null)).commit;
  const ours = await childOf(base, "ours", (folder) => {
    for (const file of ["same", ".gitignore", "removed"]) write(folder, file, "ours\n");
    write(folder, "both", "a file\n");
    write(folder, "fine", "ours\n");
  });
  const theirs = await childOf(base, "theirs", (folder) => {
    for (const file of ["same", ".gitignore"]) write(folder, file, "theirs\n");
    fs.rmSync(path.join(folder, "removed"));
    write(folder, "both/x", "a folder\n");
  });
  const refs = trial.git("for-each-ref");
  expect(await trial.store.merge({ tree: "tree", label: "merged", base, ours, theirs })).toEqual({
    conflicts: [".gitignore", "both", "removed", "same"],
  });
  expect(trial.git("for-each-ref")).toBe(refs);
});

test("a repository that both sides only read is no conflict; one in which both committed is", async () => {
  const env = {
    PATH: process.env.PATH,
    HOME: "/nonexistent",
    GIT_CONFIG_NOSYSTEM: "1",
    // A checked-out folder belongs to the user of the tools.
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "safe.directory",
    GIT_CONFIG_VALUE_0: "*",
  } as unknown as NodeJS.ProcessEnv;
  const run = (folder: string, ...args: string[]) =>
    execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.org", ...args], {
      cwd: folder,
      encoding: "utf8",
      env,
    });
  const repository = path.join(trial.folder, "repo");
  trial.put("repo/a", "a\n");
  trial.put("repo/b", "b\n");
  run(repository, "init", "-q", "-b", "main");
  run(repository, "add", ".");
  run(repository, "commit", "-qm", "first");
  const base = (await trial.take(null)).commit;
  const staged = (name: string, file: string) =>
    childOf(base, name, (folder) => {
      write(folder, `repo/${file}`, `${name}\n`);
      run(path.join(folder, "repo"), "add", file);
    });
  const committed = (name: string, file: string) =>
    childOf(base, name, (folder) => {
      write(folder, `repo/${file}`, `${name}\n`);
      run(path.join(folder, "repo"), "commit", "-qam", name);
    });
  const merge = (label: string, ours: string, theirs: string) =>
    trial.store.merge({ tree: "tree", label, base, ours, theirs });
  const [stagedA, stagedB] = [await staged("one", "a"), await staged("two", "b")];
  const committedB = await committed("three", "b");
  const checkedOut = async (label: string, ours: string, theirs: string) => {
    const merged = await merge(label, ours, theirs);
    if (!("commit" in merged)) throw new Error(`conflicts: ${merged.conflicts}`);
    const folder = path.join(trial.base, `merged-${label}`);
    await trial.store.checkOut(merged.commit, folder);
    return path.join(folder, "repo");
  };
  const both = await checkedOut("looked", stagedA, stagedB);
  expect(run(both, "status", "--porcelain")).toBe("M  a\n M b\n");
  // From either side, the branch moved there, and an older index must not undo its commit.
  for (const [label, ours, theirs] of [
    ["left", committedB, stagedA],
    ["right", stagedA, committedB],
  ] as const) {
    const folder = await checkedOut(label, ours, theirs);
    expect(run(folder, "log", "--format=%s")).toBe("three\nfirst\n");
    expect(run(folder, "status", "--porcelain")).toBe(" M a\n");
  }
  const other = await committed("four", "a");
  const refused = await merge("refused", committedB, other);
  expect("conflicts" in refused && refused.conflicts).toContain("repo/.git/refs/heads/main");
});

test("where only one side changed, the merge is that side", async () => {
  trial.put("a", "base");
  const base = (await trial.take(null)).commit;
  const ours = await childOf(base, "ours", (folder) => write(folder, "a", "ours"));
  const merge = (label: string, a: string, b: string) =>
    trial.store.merge({ tree: "tree", label, base, ours: a, theirs: b });
  expect(await merge("m1", ours, base)).toEqual({ commit: ours });
  expect(await merge("m2", base, ours)).toEqual({ commit: ours });
  expect(trial.git("rev-parse", "refs/snap/tree/m2")).toBe(ours);
});

test("changes are not written through a link, over a folder that is not empty, or to a hidden path", async () => {
  trial.put("d/x", "old");
  trial.put("a", "old");
  const from = (await trial.take(null)).commit;
  trial.put("d/x", "new");
  trial.put("a", "new");
  trial.put("keys/k", "new");
  const to = (await trial.take(from)).commit;
  const inside = (name: string) => path.join(trial.folder, name);
  const apply = (hiddenPaths: string[] = []) => trial.store.apply({ from, to, folder: trial.folder, hiddenPaths });
  fs.writeFileSync(path.join(trial.outside, "x"), "outside");

  fs.rmSync(inside("d"), { recursive: true });
  fs.symlinkSync(trial.outside, inside("d"));
  await expect(apply()).rejects.toThrow(/links are never followed/);
  expect(fs.readFileSync(path.join(trial.outside, "x"), "utf8")).toBe("outside");

  fs.rmSync(inside("d"));
  fs.rmSync(inside("a"));
  fs.mkdirSync(inside("a"));
  await apply();
  expect(fs.readFileSync(inside("a"), "utf8")).toBe("new");
  fs.rmSync(inside("a"));
  trial.put("a/kept", "kept");
  await expect(apply()).rejects.toThrow("is not empty");
  fs.rmSync(inside("a"), { recursive: true });
  fs.symlinkSync(path.join(trial.outside, "x"), inside("a"));
  fs.rmSync(inside("keys"), { recursive: true });
  await apply([inside("keys")]);
  // A link in the place of the file itself is replaced, not followed.
  expect(describeFolder(trial.folder)).toEqual({ a: "new", "d/x": "new" });
  expect(describeFolder(trial.outside)).toEqual({ x: "outside" });
});

test("a folder that is swapped with a link while changes are written writes nothing outside", async () => {
  fs.mkdirSync(path.join(trial.folder, "d"));
  const from = (await trial.take(null)).commit;
  for (let index = 0; index < 40; index++) trial.put(`d/x${index}`, "new");
  const to = (await trial.take(from)).commit;
  const swapping = startScript(
    `const fs = require("node:fs");
     const [folder, outside, aside] = process.argv.slice(1);
     console.log("begun");
     // A folder may be created in a gap, and then the next step fails.
     const tried = (step) => { try { step(); } catch {} };
     for (;;) {
       tried(() => fs.renameSync(folder, aside));
       tried(() => fs.symlinkSync(outside, folder));
       tried(() => fs.rmSync(folder, { recursive: true, force: true }));
       tried(() => fs.renameSync(aside, folder));
       tried(() => fs.rmSync(aside, { recursive: true, force: true }));
     }`,
    path.join(trial.folder, "d"),
    trial.outside,
    path.join(trial.base, "aside"),
  );
  if (swapping.stdout) await once(swapping.stdout, "data");
  for (let round = 0; round < 40; round++) {
    const [a, b] = round % 2 === 0 ? [to, from] : [from, to];
    await trial.store.apply({ from: a, to: b, folder: trial.folder, hiddenPaths: [] }).catch(() => undefined);
  }
  await kill(swapping);
  expect(fs.readdirSync(trial.outside)).toEqual([]);
});
