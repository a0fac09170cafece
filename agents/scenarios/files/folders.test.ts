/** The folders that people are offered for their trees, and work in a copy of one. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Actor } from "@/core/rules/roles";
import { endTask } from "@/tests/agents/replies";
import { tester, trialsOfThisFile } from "@/tests/agents/scenario";

const start = trialsOfThisFile();
const operator: Actor = { id: "user:eve", name: "eve@example.org", role: "operator" };

/** Folders `shop` (a repository on the branch `main`), `shed` and `.hidden`. */
function makePlace(): string {
  const place = realpathSync(mkdtempSync(join(tmpdir(), "banyan-place-")));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  for (const name of ["shop", "shed", ".hidden"]) mkdirSync(join(place, name));
  writeFileSync(join(place, "shop", "a.txt"), "one\n");
  const git = (...args: string[]) => execFileSync("git", ["-C", join(place, "shop"), ...args], { stdio: "ignore" });
  git("init", "-q", "-b", "main");
  git("add", "-A");
  git("-c", "user.name=Test", "-c", "user.email=test@example.org", "commit", "-q", "-m", "First");
  return place;
}

test("Typing a folder says what it is and completes it; a used folder is offered the next time", async () => {
  const place = makePlace();
  const trial = await start({ root: [endTask("done")] }, { work: false });
  const { queries, commands } = trial.runtime.application;
  const find = (typed: string) => queries.findFolders(typed, tester);
  const paths = (folders: { path: string }[]) => folders.map(({ path }) => path.slice(place.length + 1));

  expect(paths((await find(`${place}/`)).below)).toEqual(["shed", "shop"]);
  expect(paths((await find(`${place}/SH`)).below)).toEqual(["shed", "shop"]);
  expect(paths((await find(`${place}/.h`)).below)).toEqual([".hidden"]);
  expect((await find(join(place, "shop"))).typed).toEqual({
    path: join(place, "shop"),
    problem: null,
    locked_by: null,
    last_tree: null,
    git: { branch: "main", dirty: null },
    git_off: null,
    only_copy: false,
    only_copy_because: null,
    read_only: false,
  });
  expect((await find(join(place, "none"))).typed?.problem).toMatch(/does not exist; create the folder first/);
  expect((await find(join(place, "shop/a.txt"))).typed?.problem).toMatch(/is not a folder/);
  expect((await find("")).recent).toEqual([]);

  const tree = await commands.submitTree({ task: "Fix it", agent: "worker", workspace: join(place, "shop") }, tester);
  const { recent } = await find("");
  expect(recent).toMatchObject([{ path: join(place, "shop"), locked_by: tree.title }]);
  expect((await find("sho")).recent).toHaveLength(1);
  expect((await find("shed")).recent).toEqual([]);
});

test("A folder tells the newest tree that began there, and how it stands", async () => {
  const place = makePlace();
  const shop = join(place, "shop");
  const trial = await start({ "*": [endTask("done"), endTask("done"), endTask("done")] });
  const { queries } = trial.runtime.application;
  const lastTree = async (folder = shop) => (await queries.getFolder(folder, tester)).last_tree;
  expect(await lastTree()).toBeNull();
  for (const task of ["one", "two"]) {
    const { id } = await trial.submit({ task, agent: "worker", workspace: shop });
    await trial.ended(id);
    expect(await lastTree()).toMatchObject({ id, title: task });
  }
  expect((await lastTree())?.status).toBe((await queries.getTree((await lastTree())?.id ?? "")).status);
  // Neither a copy nor a tree in a folder above or below has begun there.
  const copy = await trial.submit({ task: "copy", agent: "worker", workspace: shop, copy: true });
  await trial.ended(copy.id);
  expect(await lastTree()).toMatchObject({ title: "two" });
  expect(await lastTree(place)).toBeNull();
  expect(await lastTree(join(place, "none"))).toBeNull();
});

test("Uncommitted changes are told, and looking leaves nothing in the folder", async () => {
  const place = makePlace();
  const trial = await start({ root: [endTask("done")] }, { work: false });
  const { queries } = trial.runtime.application;
  const shop = join(place, "shop");
  if (!(await queries.getStatus()).terminal.available) {
    expect((await queries.getFolder(shop, tester)).git).toEqual({ branch: "main", dirty: null });
    return;
  }
  expect((await queries.getFolder(shop, tester)).git).toEqual({ branch: "main", dirty: false });
  writeFileSync(join(shop, "a.txt"), "two\n");
  expect((await queries.getFolder(shop, tester)).git).toEqual({ branch: "main", dirty: true });
  expect(existsSync(join(shop, ".banyan-scratch"))).toBe(false);
});

test("Without the admin role only folders that an admin opened are told, and a typed path leads to them", async () => {
  const place = makePlace();
  const env = { BANYAN_WORKSPACE_ROOTS: join(place, "shop") };
  mkdirSync(join(place, "shop", "web"));
  const trial = await start({ root: [endTask("done")] }, { work: false, env });
  const { queries, commands } = trial.runtime.application;
  const find = (typed: string) => queries.findFolders(typed, operator);
  expect(await find("")).toMatchObject({
    typed: null,
    below: [{ path: join(place, "shop") }, { path: join(place, "shop/web") }],
  });
  expect((await find(`${place}/`)).below).toMatchObject([{ path: join(place, "shop") }]);
  const closed = await find(join(place, "shed"));
  expect(closed).toMatchObject({ below: [], typed: { problem: expect.stringContaining("BANYAN_WORKSPACE_ROOTS") } });
  expect((await find("/etc/")).below).toEqual([]);
  expect((await queries.getFolder("/etc", operator)).problem).toContain("BANYAN_WORKSPACE_ROOTS");

  await commands.submitTree({ task: "Fix it", agent: "worker", workspace: join(place, "shed") }, tester);
  expect((await find("")).recent).toEqual([]);
});

test("A tree works in a copy of a folder that is in use; the folder itself stays as it is", async () => {
  const place = makePlace();
  const shop = join(place, "shop");
  writeFileSync(join(shop, "b.txt"), "not committed\n");
  const write = { calls: [{ name: "write_file", input: { path: "a.txt", content: "changed\n" } }] };
  const trial = await start({ root: [write, endTask("done")], first: [] }, { work: false });
  const { queries } = trial.runtime.application;
  const submission = { task: "root", agent: "worker", workspace: shop };
  await trial.submit({ ...submission, task: "first" });
  await expect(trial.submit(submission)).rejects.toThrow(/works in .*work in a copy, or choose another folder/);
  const tree = await trial.submit({ ...submission, copy: true });
  const own = join(trial.dataDir, "workspaces", tree.id);
  expect(readFileSync(join(own, "b.txt"), "utf8")).toBe("not committed\n");
  expect(existsSync(join(own, ".git", "HEAD"))).toBe(true);
  const { items } = await queries.listMessages({ taskId: tree.root_task_id });
  expect(JSON.stringify(items)).toContain(
    `The folder is a copy of ${shop}, on branch main. The original stays as it is.`,
  );
  await expect(trial.submit({ task: "root", agent: "worker", copy: true })).rejects.toThrow("A copy needs a folder");
});

test("The survey of a copy takes what git does not ignore, and its report is a file of the tree", async () => {
  const place = makePlace();
  const shop = join(place, "shop");
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(shop, path)), { recursive: true });
    writeFileSync(join(shop, path), text);
  };
  put(".gitignore", "node_modules/\n*.log\ndist/\n");
  put("dist/kept.js", "tracked\n");
  execFileSync("git", ["-C", shop, "add", "-f", "dist/kept.js"]);
  for (const path of ["node_modules/a/index.js", "dist/out.js", "src/x.log", "src/new.ts"]) put(path, "1\n");
  const trial = await start({});
  const { queries, commands } = trial.runtime.application;
  const submission = { task: "Survey of shop", runbook: "repository-survey", workspace: shop, copy: true };
  const { id } = await commands.submitTree(submission, tester);
  const tree = await trial.ended(id);
  expect(tree).toMatchObject({ status: "succeeded", title: "Survey of shop" });
  const report = { path: "repository-survey.md", kind: "file", changed: "added" };
  const files = (await queries.listFiles(id)).items;
  expect(files.map(({ path }) => path)).toEqual([
    ".gitignore",
    "a.txt",
    "dist/kept.js",
    "repository-survey.md",
    "src/new.ts",
  ]);
  expect(files).toEqual(expect.arrayContaining([expect.objectContaining(report)]));
  expect((await queries.getTaskFiles(tree.root_task_id)).files.map(({ path }) => path)).toEqual([report.path]);
  expect((await queries.previewFile(id, report.path)).text).toContain("# Repository survey");
});

test("Agents and runbooks that Banyan starts itself are marked, so that no picker offers them", async () => {
  const trial = await start({}, { work: false });
  const { queries } = trial.runtime.application;
  const inner = (entries: { name: string; inner: boolean }[]) =>
    entries.flatMap((entry) => (entry.inner ? [entry.name] : []));
  expect(inner(await queries.listRunbooks())).toEqual([
    "canary",
    "repository-folder",
    "sample",
    "sample-index",
    "sample-measure",
  ]);
  expect(inner(await queries.listAgents())).toEqual(expect.arrayContaining(["agent_selector", "task_evaluator"]));
  expect(inner(await queries.listAgents())).not.toContain("coder");
});

test("What a tree changes in its copy is told against the original, and an outside origin stays known", async () => {
  const place = makePlace();
  const shop = join(place, "shop");
  const write = { calls: [{ name: "write_file", input: { path: "new.txt", content: "made\n" } }] };
  const trial = await start({ root: [write, endTask("done")] });
  const { queries } = trial.runtime.application;
  const tree = await trial.submit({ task: "root", agent: "worker", workspace: shop, copy: true });
  await trial.ended(tree.id);
  const { files } = await queries.getTaskFiles(tree.root_task_id);
  expect(files.map(({ path }) => path)).toEqual(["new.txt"]);
  expect(existsSync(join(shop, "new.txt"))).toBe(false);

  const tainted = (id: string) =>
    trial.runtime.store.client.sqlite.prepare("SELECT is_tainted FROM trees WHERE uid = ?").pluck().get(id);
  expect(tainted(tree.id)).toBe(0);
  const first = await trial.submit({ task: "root", agent: "worker", workspace: shop });
  await trial.ended(first.id);
  trial.runtime.store.client.sqlite.prepare("UPDATE trees SET is_tainted = 1 WHERE uid = ?").run(first.id);
  const second = await trial.submit({ task: "root", agent: "worker", workspace: shop, copy: true });
  expect(tainted(second.id)).toBe(1);
});

test("A folder that is too large is not copied, and nothing is left of it", async () => {
  const place = makePlace();
  writeFileSync(join(place, "shed", "large"), Buffer.alloc(2_000_000));
  const trial = await start({}, { work: false, env: { BANYAN_MAX_WORKSPACE_MB: "1" } });
  const copy = trial.submit({ task: "root", agent: "worker", workspace: join(place, "shed"), copy: true });
  await expect(copy).rejects.toThrow(/has more than 1 MB, the limit BANYAN_MAX_WORKSPACE_MB/);
  expect((await trial.runtime.application.queries.listTrees()).items).toEqual([]);
  expect(execFileSync("find", [join(trial.dataDir, "workspaces"), "-type", "f"]).toString()).toBe("");
});

test("no door lets a tree into folders of the system or of the launcher", async () => {
  const place = makePlace();
  const home = join(place, "home");
  mkdirSync(join(home, "releases"), { recursive: true });
  const trial = await start({ root: [endTask("done")] }, { work: false, env: { BANYAN_HOME: home } });
  const { queries, commands } = trial.runtime.application;
  symlinkSync("/etc", join(place, "link"));
  const system = /belongs to the operating system or is a whole home folder/;
  const refusals = [
    ...["/etc", "/usr/share", join(place, "link")].map((folder) => [folder, system] as const),
    ...[place, home, join(home, "releases")].map((folder) => [folder, /which belongs to Banyan itself/] as const),
  ];
  for (const [workspace, why] of refusals) {
    const submission = { task: "root", agent: "worker", workspace };
    for (const copy of [false, true])
      await expect(commands.submitTree({ ...submission, copy }, tester), workspace).rejects.toThrow(why);
    await expect(commands.addSchedule({ cron: "@daily", submission }, tester), workspace).rejects.toThrow(why);
    expect((await queries.findFolders(workspace, tester)).typed?.problem).toMatch(why);
    expect((await queries.getFolder(workspace, tester)).problem).toMatch(why);
  }
  expect((await queries.listTrees({})).items).toEqual([]);
});

test("a tree of an earlier version in such a folder cannot go on, by any command; it can be removed", async () => {
  const place = makePlace();
  const home = join(place, "home");
  mkdirSync(home);
  const trial = await start({ root: [endTask("done")] }, { env: { BANYAN_HOME: home } });
  const { commands, queries } = trial.runtime.application;
  const tree = await trial.submit({ task: "root", agent: "worker", workspace: join(place, "shed") });
  await trial.ended(tree.id);
  const root = tree.root_task_id;
  const { sqlite } = trial.runtime.store.client;
  for (const [workspace, why] of [
    ["/etc", "belongs to the operating system"],
    [home, "belongs to Banyan itself"],
  ] as const) {
    sqlite.prepare("UPDATE trees SET workspace = ?").run(workspace);
    const attempts = {
      retry: () => commands.retry({ id: root }, tester),
      continueTask: () => commands.continueTask({ id: root, text: "Go on." }, tester),
      fork: () => commands.fork({ id: root, at: 1 }, tester),
      resume: () => commands.resume({ id: tree.id }, tester),
      step: () => commands.step({ id: root }, tester),
      steer: () => commands.steer({ id: root, text: "Look here." }, tester),
      change: () => commands.change({ id: root, agent: "coder" }, tester),
      grant: () => commands.grant({ id: tree.id, cost_usd: 1 }, tester),
      changeGoal: () => commands.changeGoal({ id: tree.id }, tester),
    };
    for (const [name, attempt] of Object.entries(attempts)) {
      await expect(attempt(), name).rejects.toThrow(why);
      await expect(attempt(), name).rejects.toThrow("Start a new tree in another folder");
    }
  }
  expect((await queries.listTrees({})).items.map(({ status }) => status)).toEqual(["succeeded"]);
  expect((await commands.deleteTree({ id: tree.id }, tester)).sentence).toBeTruthy();
});

test("a folder above a workspace that became a link leads neither commands nor file tools elsewhere", async () => {
  const place = makePlace();
  const [above, secret] = [join(place, "above"), join(place, "shed")];
  mkdirSync(join(above, "work"), { recursive: true });
  mkdirSync(join(secret, "work"));
  writeFileSync(join(secret, "work", "key"), "hunter2-hunter2");
  const read = { calls: [{ name: "read_file", input: { path: "key" } }] };
  const list = { calls: [{ name: "use_terminal", input: { command: "cat key" } }] };
  const trial = await start({ root: [read, list, endTask("done")] }, { work: false });
  const { commands, queries } = trial.runtime.application;
  const tree = await commands.submitTree({ task: "root", agent: "worker", workspace: join(above, "work") }, tester);
  rmSync(above, { recursive: true });
  symlinkSync(secret, above);
  const worker = await trial.runtime.startWorker({ role: "all", pollMs: 20 });
  onTestFinished(() => worker.stop(2_000));
  await trial.ended(tree.id);
  const log = JSON.stringify((await queries.listMessages({ taskId: tree.root_task_id }, { limit: 100 })).items);
  expect(log).not.toContain("hunter2");
  expect(log.match(/a folder above it is a link now/g)?.length).toBe(2);
});
