/**
 * Projects of several repositories: trees work in copies side by side, and what they change becomes a branch in each, or in
 * none.
 */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { treeIdOf } from "@/core/ids";
import type { Actor } from "@/core/rules/roles";
import type { Submission } from "@/core/shapes/submission";
import { lockFile } from "@/lib/process/file-lock";
import { call, endTask } from "@/tests/agents/replies";
import { tester, trialsOfThisFile } from "@/tests/agents/scenario";

const start = trialsOfThisFile();

const write = (path: string, content: string) => call("write_file", { path, content });
const git = (folder: string, ...args: string[]) =>
  execFileSync("git", ["-C", folder, "-c", "user.name=A", "-c", "user.email=a@x", ...args], {
    encoding: "utf8",
  }).trim();

function repository(files: Record<string, string>, name = "other"): string {
  const around = realpathSync(mkdtempSync(join(tmpdir(), "banyan-beside-")));
  onTestFinished(() => rmSync(around, { recursive: true, force: true }));
  const folder = join(around, name);
  mkdirSync(folder);
  git(folder, "init", "-q", "-b", "main");
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  git(folder, "add", "-A");
  git(folder, "commit", "-q", "-m", "First");
  return folder;
}

/** A project of an application and the library that it needs. */
async function shop(script: Parameters<typeof start>[0]) {
  const trial = await start(script);
  const { commands, queries } = trial.runtime.application;
  const app = repository({ "app.txt": "app\n", Makefile: "test:\n\ttrue\n" }, "app");
  const library = repository({ "lib.txt": "lib\n", Makefile: "test:\n\ttrue\n" });
  await commands.addProject({ address: app, name: "shop", check: "grep -q new app.txt", agent: "worker" }, tester);
  const added = await commands.addRepository({ id: "shop", address: library, folder: "lib" }, tester);
  const own = (await queries.getProject("shop")).repositories.find(({ is_own }) => is_own)?.folder ?? "";
  return { trial, commands, queries, app, library, added, own };
}

test("a tree works in copies side by side, and its change becomes a branch of the same name in each", async () => {
  const changes = [write("lib/lib.txt", "new\n"), write("app/app.txt", "new\n"), write("notes.txt", "beside\n")];
  const { trial, commands, queries, app, library, added, own } = await shop({
    "Change both": ({ turn }) => changes[turn] ?? endTask("Done."),
  });
  expect(added.checks).toEqual([{ command: "make test", from: "Makefile" }]);
  expect(added.sentence).toContain("`banyan project repository change shop lib --check");
  await commands.changeRepository({ id: "shop", folder: "lib", check: "grep -q new lib.txt" }, tester);
  const tree = await trial.submit({ task: "Change both", project: "shop" });
  await trial.ended(tree.id);
  const { workspace } = trial.runtime.store.loader.tree(trial.runtime.store.queries.trees.treeKey(tree.id));
  expect(readFileSync(join(workspace, "lib", "Makefile"), "utf8")).toContain("test:");
  expect(existsSync(join(workspace, own, ".git"))).toBe(true);
  // The originals, the project's figures, and what a person reads of the place.
  expect([git(app, "status", "--porcelain"), git(library, "status", "--porcelain")]).toEqual(["", ""]);
  expect((await queries.listTrees({ project: "shop" })).items.map(({ id }) => id)).toEqual([tree.id]);
  expect(await queries.planApply(tree.id)).toMatchObject({
    files: 2,
    problem: null,
    beside: [
      { folder: own, address: app, files: 1 },
      { folder: "lib", address: library, files: 1 },
    ],
  });
  const patch: Buffer[] = [];
  for await (const chunk of (await queries.openPatch(tree.id)).read()) patch.push(Buffer.from(chunk));
  const changed = Buffer.concat(patch)
    .toString("utf8")
    .match(/^\+\+\+ .*/gm);
  expect(changed).toEqual(["+++ b/app/app.txt", "+++ b/lib/lib.txt", "+++ b/notes.txt"]);
  const made = await commands.applyAsBranch({ id: tree.id, branch: "banyan/both" }, tester);
  expect(made.sentence).toContain(`Created the branch banyan/both in ${library}`);
  expect(made.sentence).toContain("Left out, because they are in none of the repositories: notes.txt.");
  expect(git(app, "show", "banyan/both:app.txt")).toBe("new");
  expect(git(library, "show", "--stat", "--format=%s", "banyan/both")).toMatch(
    /^Change both\s+lib\.txt \| 2 \+-\s+1 file changed/,
  );
  // As after a kill between the two: the same press makes what is missing.
  const first = git(app, "rev-parse", "banyan/both");
  git(library, "branch", "-D", "banyan/both");
  const again = await commands.applyAsBranch({ id: tree.id, branch: "banyan/both" }, tester);
  expect(again.sentence).toContain(`The branch banyan/both is there already in ${app}`);
  expect(again.sentence).toContain(`Created the branch banyan/both in ${library}`);
  expect(git(app, "rev-parse", "banyan/both")).toBe(first);
  for (const command of made.undo.split("\n")) execFileSync("bash", ["-c", command]);
  expect([app, library].map((folder) => git(folder, "branch", "--list", "banyan/*"))).toEqual(["", ""]);

  // One of them cannot: then none gets a branch.
  git(library, "branch", "banyan/both");
  await expect(commands.applyAsBranch({ id: tree.id, branch: "banyan/both" }, tester)).rejects.toThrow(
    'The repository already has a branch "banyan/both"',
  );
  expect(git(app, "branch", "--list", "banyan/*")).toBe("");
  // A clone of one gets that part alone; another repository gets nothing.
  const clone = join(mkdtempSync(join(tmpdir(), "banyan-clone-")), "clone");
  onTestFinished(() => rmSync(clone, { recursive: true, force: true }));
  execFileSync("git", ["clone", "-q", library, clone]);
  const part = { id: tree.id, branch: "banyan/part", repository: clone };
  expect((await commands.applyAsBranch(part, tester)).repository).toBe(realpathSync(clone));
  const other = repository({ "a.txt": "a\n" });
  await expect(commands.applyAsBranch({ ...part, repository: other }, tester)).rejects.toThrow(
    "is none of the repositories that the tree changed",
  );

  // A fork has them side by side too. What its origin changed is not its own change.
  const fork = await commands.fork({ id: tree.id }, tester);
  expect((await queries.planApply(fork.id)).problem).toBe("The tree changed no files of its repositories.");
});

test("a goal is shown by the check of each in its folder, in the order of their needs; what cannot be is refused in one sentence", async () => {
  const { trial, commands, queries, app, library, own } = await shop({ "*": endTask("Done.") });
  await commands.changeRepository({ id: "shop", folder: "lib", check: "make test" }, tester);
  const goal = await trial.submit({ task: "Make it work", project: "shop", goal: { max_iterations: 1 } });
  expect((await queries.getGoal(goal.id))?.validation_command).toBe(
    `(cd lib && make test) && (cd ${own} && grep -q new app.txt)`,
  );
  for (const on_success of ["commit", "branch"] as const)
    await expect(commands.changeGoal({ id: goal.id, on_success }, tester)).rejects.toThrow(
      "nothing is committed at the end",
    );
  await trial.ended(goal.id);
  const submit = (given: object) => commands.submitTree({ task: "x", ...given }, tester);
  await expect(submit({ project: "shop", goal: { on_success: "commit" } })).rejects.toThrow(
    "nothing is committed at the end",
  );
  await expect(submit({ repositories: [{ folder: "a", address: app }] })).rejects.toThrow("must be at least two");
  const two = [
    { folder: "a", address: app },
    { folder: "b", address: library },
  ];
  await expect(submit({ repositories: two, workspace: app })).rejects.toThrow("name no other folder with them");
  await expect(submit({ repositories: two.map((one) => ({ ...one, folder: "../a" })) })).rejects.toThrow(
    "must be a name of",
  );
  await expect(submit({ repositories: two.map((one) => ({ ...one, folder: "A" })) })).rejects.toThrow(
    "a different folder each",
  );
  await expect(
    submit({ repositories: two.map((one, at) => (at ? { ...one, folder: "node_modules" } : one)) }),
  ).rejects.toThrow("must not be node_modules, because files in a folder of this name count as leftovers of tools");
  await expect(submit({ repositories: [two[0], { folder: "b", address: "banyan:self" }] })).rejects.toThrow(
    "name each alone",
  );
  await expect(submit({ repositories: [two[0], { folder: "b", address: "/nowhere/at/all" }] })).rejects.toThrow(
    "does not exist",
  );
  expect((await queries.listTrees()).items.map(({ id }) => id)).toEqual([goal.id]);

  const add = (given: object) =>
    commands.addRepository({ id: "shop", address: repository({ "a.txt": "a\n" }), ...given }, tester);
  await expect(add({ address: library })).rejects.toThrow("has this repository already, in the folder lib");
  await expect(add({ address: "banyan:sample" })).rejects.toThrow("add it as a project of its own");
  await expect(add({ folder: "LIB" })).rejects.toThrow("There is already a folder LIB");
  await expect(add({ folder: ".git" })).rejects.toThrow("begins with a letter or digit");
  const packages = repository({ "a.txt": "a\n" }, "node_modules");
  for (const given of [{ folder: "node_modules" }, { address: packages }])
    await expect(add(given)).rejects.toThrow("Files in a folder node_modules count as leftovers of tools");
  await commands.addProject({ address: packages, name: "packages" }, tester);
  await expect(commands.addRepository({ id: "packages", address: library }, tester)).rejects.toThrow(
    "The project's own repository would be in a folder node_modules",
  );
  await expect(add({ folder: "c", needs: [own], needed_by: ["lib"] })).rejects.toThrow(
    `${own} needs lib needs c needs ${own}`,
  );
  await expect(add({ folder: "c", needs: ["gone"] })).rejects.toThrow('no repository "gone": it has');
  await add({ folder: "docs", needs: [own] });
  const order = async () => (await queries.getProject("shop")).repositories.map(({ folder }) => folder);
  expect(await order()).toEqual(["lib", own, "docs"]);
  await expect(commands.changeRepository({ id: "shop", folder: own, check: "true" }, tester)).rejects.toThrow(
    "change it with",
  );
  await commands.removeRepository({ id: "shop", folder: "lib" }, tester);
  expect(await order()).toEqual([own, "docs"]);
  expect((await queries.getProject("shop")).repositories.map(({ needs }) => needs)).toEqual([[], [own]]);
  await expect(commands.removeRepository({ id: "shop", folder: own }, tester)).rejects.toThrow(
    "the project's own repository",
  );
});

test("a repository beside others gives nobody a folder that they could not name, by a project, a schedule or a submission", async () => {
  const { trial, app, library } = await shop({ "*": endTask("Done.") });
  const ann: Actor = { id: "ann", name: "ann", role: "operator" };
  const { commands } = guarded(trial.runtime.application, ann);
  const beside = { folder: "b", address: library };
  for (const submission of [
    { project: "shop" },
    { repositories: [{ folder: "a", address: "https://forge.test/a/a" }, beside] },
  ]) {
    await expect(commands.submitTree({ task: "x", ...submission })).rejects.toThrow("BANYAN_WORKSPACE_ROOTS");
    const schedule = { cron: "0 9 * * *", submission: { task: "x", ...submission } };
    await expect(commands.addSchedule(schedule)).rejects.toThrow("BANYAN_WORKSPACE_ROOTS");
  }
  await expect(commands.addRepository({ id: "shop", address: app })).rejects.toThrow(/admin|right|role/i);
});

test("a repeated submission clears what a kill left of its copies, and what another process makes stays", async () => {
  const { trial, commands, app, library } = await shop({ "*": endTask("Done.") });
  const submissions: Submission[] = [
    {
      task: "x",
      repositories: [
        { folder: "a", address: app },
        { folder: "b", address: library },
      ],
    },
    { task: "x", workspace: app, copy: true },
  ];
  for (const [at, submission] of submissions.entries()) {
    const once = `kept ${at}`;
    const folder = join(trial.dataDir, "workspaces", treeIdOf(once));
    mkdirSync(join(folder, "a"), { recursive: true });
    writeFileSync(join(folder, "half.txt"), "half\n");
    const other = await lockFile(`${folder}.making`, "exclusive", { wait: false });
    await expect(commands.submitTree({ once, ...submission }, tester)).rejects.toThrow(
      "Another request is making this tree",
    );
    expect(existsSync(join(folder, "half.txt"))).toBe(true);
    other?.release();
    await commands.submitTree({ once, ...submission }, tester);
    expect([existsSync(join(folder, "half.txt")), existsSync(`${folder}.making`)]).toEqual([false, false]);
    expect(readFileSync(join(folder, at === 0 ? "a/app.txt" : "app.txt"), "utf8")).toBe("app\n");
  }
});

test("a submission that is refused once its copy is there leaves no folder", async () => {
  const { trial, commands, app } = await shop({ "*": endTask("Done.") });
  const given = { task: "x", workspace: app, copy: true, goal: { on_success: "commit" as const } };
  await expect(commands.submitTree(given, tester)).rejects.toThrow("main");
  expect(readdirSync(join(trial.dataDir, "workspaces"))).toEqual([]);
  // Nor does a goal change into one that is refused at its start.
  const { id } = await commands.submitTree(
    { ...given, copy: false, goal: { max_iterations: 1, validation_command: "true" } },
    tester,
  );
  await expect(commands.changeGoal({ id, on_success: "commit" }, tester)).rejects.toThrow(
    "cannot be committed on main",
  );
});
