/** The files that a task changed, as its page shows them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Tree } from "@/core/shapes/shapes";
import type { Reply } from "@/tests/agents/provider-script";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { runRoot, sub, tester, titled, trialsOfThisFile } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";

const start = trialsOfThisFile();
const write = (path: string, content: string): Reply => call("write_file", { path, content });

const filesOf = (trial: Trial, tree: Tree, title: string) =>
  trial.runtime.application.queries.getTaskFiles(titled(tree, title).id);
const named = ({ files }: Awaited<ReturnType<typeof filesOf>>) =>
  files.map(({ path, change, additions, deletions }) => `${change} ${path} +${additions} -${deletions}`);

test("each task shows what it and its subtasks changed in a person's folder, and no unchanged files", async () => {
  const folder = mkdtempSync(join(tmpdir(), "banyan-files-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "readme.md"), "as it was\n");
  writeFileSync(join(folder, "other.md"), "untouched\n");
  const trial = await start({
    root: ({ turn }) =>
      [
        startSubtask(sub("one")),
        write("readme.md", "as it is\nand more\n"),
        startSubtask(sub("two")),
        startSubtask(sub("none")),
      ][turn] ?? endTask("done"),
    one: [write("a.txt", "a\n"), endTask("one")],
    two: [write("b.txt", "b\nb\n"), write("a.txt", "c\n"), endTask("two")],
    none: [call("read_file", { path: "a.txt" }), endTask("none")],
  });
  const tree = await runRoot(trial, { workspace: folder });
  expect(tree.status).toBe("succeeded");
  expect(named(await filesOf(trial, tree, "one"))).toEqual(["added a.txt +1 -0"]);
  const two = await filesOf(trial, tree, "two");
  expect(named(two)).toEqual(["modified a.txt +1 -1", "added b.txt +2 -0"]);
  expect(two).toMatchObject({ truncated: false, shared: false });
  expect(two.patch).toContain("-a\n+c\n");
  expect(named(await filesOf(trial, tree, "root"))).toEqual([
    "added a.txt +1 -0",
    "added b.txt +2 -0",
    "modified readme.md +2 -1",
  ]);
  expect(named(await filesOf(trial, tree, "none"))).toEqual([]);

  const changes = async (title?: string) => {
    const { queries } = trial.runtime.application;
    const task = title === undefined ? undefined : titled(tree, title).id;
    const { items } = await queries.listChanges(tree.id, { task });
    const titleOf = (id: string) => tree.tasks.find((one) => one.id === id)?.title;
    return items.map(({ change, path, changed_by }) => `${change} ${path} by ${changed_by.map(titleOf)}`);
  };
  expect(await changes("one")).toEqual(["added a.txt by one"]);
  expect(await changes("two")).toEqual(["modified a.txt by two", "added b.txt by two"]);
  expect(await changes("none")).toEqual([]);
  expect(await changes("root")).toEqual(await changes());
  expect(await changes()).toEqual(["added a.txt by one,two", "added b.txt by two", "modified readme.md by root"]);

  // A fork's copied files started in the person's folder too.
  const fork = await trial.runtime.application.commands.fork({ id: titled(tree, "two").id }, tester);
  const ended = await trial.ended(fork.id);
  expect(named(await filesOf(trial, ended, "one"))).toEqual(["added a.txt +1 -0"]);
});

test("in a new folder all files are new; an own folder's changes count for its task, merged ones for the parent too", async () => {
  const trial = await start({
    root: ({ turn }) =>
      [write("base.txt", "base\n"), startSubtask(sub("own", { workspace: "own" }))][turn] ?? endTask("done"),
    own: [write("base.txt", "mine\n"), endTask("own")],
  });
  const tree = await runRoot(trial);
  expect(tree.status).toBe("succeeded");
  expect(named(await filesOf(trial, tree, "own"))).toEqual(["modified base.txt +1 -1"]);
  const root = await filesOf(trial, tree, "root");
  expect(named(root)).toEqual(["added base.txt +1 -0"]);
  expect(root.patch).toContain("+mine");
  const { queries } = trial.runtime.application;
  const own = titled(tree, "own").id;
  expect((await queries.listChanges(tree.id, { task: own })).items).toMatchObject([
    { path: "base.txt", change: "modified", additions: 1, deletions: 1, changed_by: [own] },
  ]);
  await expect(queries.listChanges(tree.id, { task: own, at: "now" })).rejects.toThrow("Give a moment or a task");
});

test("files that other programs run are marked, however many other files changed", async () => {
  const many =
    "mkdir a; for i in $(seq 2100); do echo x > a/$i; done; mkdir .vscode z; echo > .envrc; echo {} > .vscode/tasks.json; echo {} > z/package.json";
  const trial = await start({ root: [call("use_terminal", { command: many }), endTask("done")] });
  const tree = await runRoot(trial);
  const { files, truncated } = await filesOf(trial, tree, "root");
  expect(truncated).toBe(true);
  const run = files.flatMap(({ path, run_by }) => (run_by === null ? [] : [`${path}: ${run_by}`]));
  expect(run).toEqual([
    ".envrc: direnv, when somebody enters the folder",
    ".vscode/tasks.json: the editor, when somebody opens the folder",
    "z/package.json: npm, which runs its scripts at an install",
  ]);
});
