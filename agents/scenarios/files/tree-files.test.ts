/** The files of a tree as a person gets hold of them: lists, changes by task, earlier moments, archives, branches. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { SnapshotStore } from "@/lib/snapshots/port";
import type { Reply } from "@/tests/agents/provider-script";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { filesIn, runRoot, sub, tester, titled, trialsOfThisFile } from "@/tests/agents/scenario";

const start = trialsOfThisFile();
const write = (path: string, content: string): Reply => call("write_file", { path, content });

function repository(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "banyan-tree-files-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "readme.md"), "as it was\n");
  writeFileSync(join(folder, "other.md"), "untouched\n");
  git(folder, "init", "-q", "-b", "main");
  git(folder, "add", "-A");
  git(folder, "commit", "-q", "-m", "First");
  return folder;
}

const git = (folder: string, ...args: string[]) =>
  execFileSync("git", ["-C", folder, "-c", "user.name=T", "-c", "user.email=t@example.org", ...args], {
    encoding: "utf8",
  }).trim();

async function textOf(read: AsyncGenerator<Buffer> | AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of read) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

const script = {
  root: ({ turn }: { turn: number }) =>
    [write("docs/report.md", "# First\n"), startSubtask(sub("one")), write("docs/report.md", "# Second\n")][turn] ??
    endTask("done"),
  one: [write("readme.md", "as it is\n"), write("new.txt", "new\n"), endTask("one")],
};

test("a tree's folder is listed with what changed and who did it, now and at each turn", async () => {
  const folder = repository();
  const trial = await start(script);
  const tree = await runRoot(trial, { workspace: folder });
  expect(tree.status).toBe("succeeded");
  const { queries } = trial.runtime.application;
  const [root, child] = [titled(tree, "root").id, titled(tree, "one").id];
  const listed = async (at?: string, below = "") =>
    (await queries.listFiles(tree.id, { at, folder: below })).items.map(
      ({ path, kind, bytes, changed, changed_by }) => [path, kind, bytes, changed, changed_by] as const,
    );
  expect(await listed()).toEqual([
    ["docs", "folder", null, "modified", [root]],
    ["new.txt", "file", 4, "added", [child]],
    ["other.md", "file", 10, null, []],
    ["readme.md", "file", 9, "modified", [child]],
  ]);
  expect(await listed("now", "docs")).toEqual([["docs/report.md", "file", 9, "added", [root]]]);
  expect((await listed("start")).map(([path]) => path)).toEqual(["other.md", "readme.md"]);
  const all = await queries.listFiles(tree.id, { limit: 2 });
  expect(all.items.map(({ path }) => path)).toEqual(["docs/report.md", "new.txt"]);
  expect((await queries.listFiles(tree.id, { after: all.next ?? "" })).items.map(({ path }) => path)).toEqual([
    "other.md",
    "readme.md",
  ]);

  const snapshots = await queries.listSnapshots(tree.id);
  expect(snapshots.map(({ task_id, changed }) => [task_id, changed])).toEqual([
    [root, 1],
    [child, 1],
    [child, 1],
    [root, 1],
    // The folder before the first change.
    [root, 2],
  ]);
  const first = String(snapshots[3]?.seq);
  expect((await listed(first)).map(([path, , , changed]) => [path, changed])).toEqual([
    ["docs", "modified"],
    ["other.md", null],
    ["readme.md", null],
  ]);
  expect(await queries.previewFile(tree.id, "docs/report.md", { at: first })).toMatchObject({
    type: "markdown",
    text: "# First\n",
    changed: "added",
  });
  const readme = await queries.previewFile(tree.id, "readme.md");
  expect(readme).toMatchObject({ text: "as it is\n", changed: "modified", changed_by: [child] });
  expect(readme.patch).toContain("-as it was\n+as it is\n");
  const changes = await queries.listChanges(tree.id);
  expect(changes.items.map(({ path, change, additions }) => [path, change, additions])).toEqual([
    ["docs/report.md", "added", 1],
    ["new.txt", "added", 1],
    ["readme.md", "modified", 1],
  ]);
  // A deleted file stays in the list, and its content is in the difference.
  rmSync(join(folder, "new.txt"));
  await expect(queries.openFile(tree.id, "new.txt")).rejects.toMatchObject({ kind: "not_found" });
  expect(await textOf((await queries.openFile(tree.id, "new.txt", { at: String(snapshots[0]?.seq) })).read())).toBe(
    "new\n",
  );
});

test("a change past the limit of a preview is marked as cut", async () => {
  const long = call("use_terminal", { command: "seq 1 60000 > readme.md" });
  const trial = await start({ root: [long, write("new.txt", "new\n"), endTask("done")] });
  const tree = await runRoot(trial, { workspace: repository() });
  expect(tree.status).toBe("succeeded");
  const { queries } = trial.runtime.application;
  const { patch, truncated } = await queries.previewFile(tree.id, "readme.md");
  expect(truncated).toBe(true);
  expect(patch.length).toBeLessThanOrEqual(256 * 1024);
  expect(await queries.previewFile(tree.id, "new.txt")).toMatchObject({ truncated: false });
  expect(await queries.previewFile(tree.id, "other.md")).toMatchObject({ patch: "", truncated: false });
});

test("hidden files, git's files, links and paths out of the folder are never given out", async () => {
  const folder = repository();
  const trial = await start(script);
  const tree = await runRoot(trial, { workspace: folder });
  const { queries } = trial.runtime.application;
  const secret = join(folder, "..", "secret-of-tree-files");
  writeFileSync(secret, "secret");
  onTestFinished(() => rmSync(secret, { force: true }));
  symlinkSync(secret, join(folder, "leads-out"));
  symlinkSync("/etc", join(folder, "folder-out"));
  mkdirSync(join(folder, "nested", ".git"), { recursive: true });
  writeFileSync(join(folder, "nested", ".git", "config"), "x");
  linkSync(join(folder, "readme.md"), join(folder, "hard.md"));
  for (const path of ["../secret-of-tree-files", ".git/config", "nested/.GIT/config", "/etc/passwd", "a\0b", ""])
    await expect(queries.openFile(tree.id, path), path).rejects.toMatchObject({ name: "UserError" });
  await expect(queries.openFile(tree.id, "folder-out/passwd")).rejects.toMatchObject({ name: "UserError" });
  await expect(queries.openFile(tree.id, "leads-out")).rejects.toThrow("is a link, which is never followed");
  expect(await queries.previewFile(tree.id, "leads-out")).toMatchObject({ type: "link", text: secret });
  await expect(queries.listFiles(tree.id, { folder: "folder-out" })).rejects.toThrow("There is no folder");
  await expect(queries.listFiles(tree.id, { at: "12345678" })).rejects.toThrow("has no snapshot");
  const all = (await queries.listFiles(tree.id)).items.map(({ path }) => path);
  expect(all.filter((path) => path.toLowerCase().includes(".git"))).toEqual([]);
  const archive = await queries.openArchive(tree.id);
  const archived: Record<string, string> = {};
  for await (const { path, content } of archive.read()) archived[path] = await textOf(content);
  expect(Object.keys(archived)).toEqual(["docs/report.md", "hard.md", "new.txt", "other.md", "readme.md"]);
  expect(archived["docs/report.md"]).toBe("# Second\n");
});

test("what a tree or a task changed becomes a zip, a patch and a branch; forks apply to their origin's repository", async () => {
  const folder = repository();
  const trial = await start(script);
  const tree = await runRoot(trial, { workspace: folder });
  const { queries, commands } = trial.runtime.application;
  const child = titled(tree, "one").id;
  const paths = async (request: Parameters<typeof queries.openArchive>[1]) => {
    const found: string[] = [];
    for await (const { path, content } of (await queries.openArchive(tree.id, request)).read())
      found.push(`${path}: ${(await textOf(content)).trim()}`);
    return found;
  };
  expect(await paths({ changedOnly: true })).toEqual([
    "docs/report.md: # Second",
    "new.txt: new",
    "readme.md: as it is",
  ]);
  expect(await paths({ task: child })).toEqual(["new.txt: new", "readme.md: as it is"]);
  const patch = await textOf((await queries.openPatch(tree.id)).read());
  expect(patch).toContain("+# Second");

  const plan = await queries.planApply(tree.id);
  expect(plan).toMatchObject({ repository: folder, files: 3, problem: null });
  const status = git(folder, "status", "--porcelain");
  const made = await commands.applyAsBranch({ id: tree.id }, tester);
  expect(made.branch).toBe(plan.branch);
  expect(git(folder, "status", "--porcelain")).toBe(status);
  expect(git(folder, "diff", "--name-only", `main...${made.branch}`).split("\n")).toEqual([
    "docs/report.md",
    "new.txt",
    "readme.md",
  ]);
  expect(execFileSync("sh", ["-c", made.look], { encoding: "utf8" })).toContain("+as it is");
  // A second time it gets another name, which is the one that people are offered.
  expect((await queries.planApply(tree.id)).branch).toBe(`${made.branch}-2`);
  expect((await commands.applyAsBranch({ id: tree.id }, tester)).branch).toBe(`${made.branch}-2`);
  execFileSync("sh", ["-c", made.undo]);
  expect(git(folder, "branch", "--list", made.branch)).toBe("");
  const ofTask = await commands.applyAsBranch({ id: tree.id, task: child, branch: "one" }, tester);
  expect(ofTask.sentence).toContain("Created the branch one");
  expect(git(folder, "diff", "--name-only", "main...one").split("\n")).toEqual(["new.txt", "readme.md"]);

  const fork = await trial.ended((await commands.fork({ id: tree.root_task_id }, tester)).id);
  await expect(commands.applyAsBranch({ id: fork.id, task: child, branch: "wrong" }, tester)).rejects.toThrow(
    `The task ${child} belongs to another tree.`,
  );
  const ofFork = await commands.applyAsBranch({ id: fork.id, branch: "kept" }, tester);
  expect(ofFork.repository).toBe(folder);
  expect(git(folder, "show", "kept:docs/report.md")).toBe("# Second");
});

test("what npm leaves behind is no changed file: not of a task, a tree, a zip, a patch or a branch", async () => {
  const folder = repository();
  mkdirSync(join(folder, "part"));
  writeFileSync(join(folder, "part", "package.json"), '{"name":"part","version":"1.0.0"}');
  writeFileSync(join(folder, "package.json"), '{"name":"whole","private":true}');
  git(folder, "add", "-A");
  git(folder, "commit", "-q", "-m", "Packages");
  const install = "npm pack ./part --silent && npm install ./part-1.0.0.tgz --offline && ls node_modules/part";
  const command = `${install} && mkdir -p dist && echo built > dist/out.js && echo dist/ > .gitignore`;
  const trial = await start({ root: [call("use_terminal", { command }), endTask("done")] });
  const tree = await runRoot(trial, { workspace: folder });
  expect(existsSync(join(folder, "node_modules/part/package.json"))).toBe(true);
  expect(readdirSync(folder)).not.toContain(".npm");
  const { queries, commands } = trial.runtime.application;
  const changed = [".gitignore", "package-lock.json", "package.json", "part-1.0.0.tgz"];
  expect((await queries.listChanges(tree.id)).items.map(({ path }) => path)).toEqual(changed);
  expect((await queries.getTaskFiles(tree.root_task_id)).files.map(({ path }) => path)).toEqual(changed);
  expect(JSON.stringify(await queries.listMessages({ taskId: tree.root_task_id }))).toContain('"changed":4');
  const zipped: string[] = [];
  for await (const { path, content } of (await queries.openArchive(tree.id, { changedOnly: true })).read()) {
    zipped.push(path);
    await textOf(content);
  }
  expect(zipped).toEqual(changed);
  expect(await textOf((await queries.openPatch(tree.id)).read())).not.toContain("node_modules/part/");
  expect(await queries.planApply(tree.id)).toMatchObject({ files: 4 });
  const { branch } = await commands.applyAsBranch({ id: tree.id }, tester);
  expect(git(folder, "diff", "--name-only", `main...${branch}`).split("\n")).toEqual(changed);
});

test("a tree in a folder of its own needs a named repository, which a person may name who could work there", async () => {
  const folder = repository();
  const trial = await start(script);
  const tree = await runRoot(trial, {});
  const { queries, commands } = trial.runtime.application;
  expect((await queries.listFiles(tree.id)).items.map(({ path, changed }) => [path, changed])).toEqual([
    ["docs/report.md", "added"],
    ["new.txt", "added"],
    ["readme.md", "added"],
  ]);
  expect(await queries.planApply(tree.id)).toMatchObject({ repository: null, problem: null });
  await expect(commands.applyAsBranch({ id: tree.id }, tester)).rejects.toThrow("name the repository");
  await expect(commands.applyAsBranch({ id: tree.id, repository: "here" }, tester)).rejects.toThrow(
    "not an absolute path",
  );
  await expect(commands.applyAsBranch({ id: tree.id, repository: tmpdir() }, tester)).rejects.toThrow("not in a git");
  const operator = { ...tester, role: "operator" } as const;
  for (const named of [folder, "/nowhere"])
    await expect(commands.applyAsBranch({ id: tree.id, repository: named }, operator)).rejects.toMatchObject({
      kind: "forbidden",
    });
  git(folder, "rm", "-q", "--cached", "readme.md");
  git(folder, "commit", "-q", "-m", "Without it");
  const made = await commands.applyAsBranch({ id: tree.id, repository: folder, branch: "ours" }, tester);
  expect(made).toMatchObject({ repository: folder, branch: "ours" });
  expect(git(folder, "show", "ours:new.txt")).toBe("new");
});

test("of two trees that began in a folder without a repository, either can be kept in the folder, and back", async () => {
  const folder = repository();
  rmSync(join(folder, ".git"), { recursive: true });
  const trial = await start({
    root: [write("readme.md", "by A\n"), write("a.txt", "a\n"), endTask("done")],
    other: [write("readme.md", "by B\n"), write("b.txt", "b\n"), endTask("done")],
    third: [write("readme.md", "by C\n"), endTask("done")],
  });
  const { queries, commands } = trial.runtime.application;
  const a = await runRoot(trial, { workspace: folder });
  const b = await trial.ended((await commands.fork({ id: a.root_task_id, instruction: "other" }, tester)).id);
  expect(await queries.planApply(b.id)).toMatchObject({ folder, repository: null });
  await expect(commands.keepFiles({ id: a.id, instead_of: a.id }, tester)).rejects.toThrow("the same files");
  writeFileSync(join(folder, "mine.txt"), "mine\n");
  const kept = await commands.keepFiles({ id: b.id, instead_of: a.id }, tester);
  expect(kept.sentence).toContain("Wrote 3 files");
  expect(filesIn(folder)).toEqual({
    "b.txt": "b\n",
    "mine.txt": "mine\n",
    "other.md": "untouched\n",
    "readme.md": "by B\n",
  });
  await commands.keepFiles({ id: a.id, instead_of: b.id }, tester);
  expect(filesIn(folder)).toMatchObject({ "a.txt": "a\n", "readme.md": "by A\n", "mine.txt": "mine\n" });
  // Two at once: the second finds what the first has written, and never mixes the two.
  const third = await trial.ended((await commands.fork({ id: a.root_task_id, instruction: "third" }, tester)).id);
  const both = [b, third].map(({ id }) => commands.keepFiles({ id, instead_of: a.id }, tester));
  const done = (await Promise.allSettled(both)).map(({ status }) => status);
  expect(done.sort()).toEqual(["fulfilled", "rejected"]);
  const isOfB = filesIn(folder)["b.txt"] !== undefined;
  expect(filesIn(folder)).toMatchObject({ "readme.md": isOfB ? "by B\n" : "by C\n" });
  await commands.keepFiles({ id: a.id, instead_of: isOfB ? b.id : third.id }, tester);
  // What a person saves while the folder is read is not overwritten.
  const snapshots = trial.runtime.world.snapshots as SnapshotStore;
  const { merge } = snapshots;
  snapshots.merge = async (request) => {
    writeFileSync(join(folder, "readme.md"), "by me\n");
    return merge(request);
  };
  const refused = /Nothing was written.*readme\.md/;
  await expect(commands.keepFiles({ id: b.id, instead_of: a.id }, tester)).rejects.toThrow(refused);
  snapshots.merge = merge;
  expect(filesIn(folder)).toMatchObject({ "a.txt": "a\n", "readme.md": "by me\n" });
  await expect(commands.keepFiles({ id: b.id, instead_of: a.id }, tester)).rejects.toThrow(refused);
  git(folder, "init", "-q");
  await expect(commands.keepFiles({ id: b.id, instead_of: a.id }, tester)).rejects.toThrow("as a branch instead");
});

test("a file of a person that no snapshot can hold is not replaced or removed by the files of a kept tree", async () => {
  const folder = repository();
  rmSync(join(folder, ".git"), { recursive: true });
  const trial = await start({
    root: [write("late.bin", "by A\n"), endTask("done")],
    other: [write("new.bin", "by B\n"), endTask("done")],
  });
  const { commands } = trial.runtime.application;
  const a = await runRoot(trial, { workspace: folder });
  const b = await trial.ended((await commands.fork({ id: a.root_task_id, instruction: "other" }, tester)).id);
  // Sparse, so they are in no snapshot: one where a file comes, and one where a file goes.
  const [comes, goes] = [join(folder, "new.bin"), join(folder, "late.bin")];
  for (const file of [comes, goes]) {
    writeFileSync(file, "");
    truncateSync(file, 100_000_000);
  }
  const keep = () => commands.keepFiles({ id: b.id, instead_of: a.id }, tester);
  await expect(keep()).rejects.toThrow(/Nothing was written: .*new\.bin/);
  expect(statSync(comes).size).toBe(100_000_000);
  rmSync(comes);
  expect((await keep()).sentence).toContain("Wrote 1 file ");
  expect(statSync(goes).size).toBe(100_000_000);
});

test("what a tree changed in a copy of a folder is applied to that folder's repository", async () => {
  const folder = repository();
  const trial = await start(script);
  const tree = await runRoot(trial, { workspace: folder, copy: true });
  const { queries, commands } = trial.runtime.application;
  expect(await queries.planApply(tree.id)).toMatchObject({ repository: folder, files: 3 });
  await commands.applyAsBranch({ id: tree.id, branch: "from-copy" }, tester);
  expect(git(folder, "diff", "--name-only", "main...from-copy").split("\n")).toHaveLength(3);
  expect(git(folder, "status", "--porcelain")).toBe("");
});
