/** Projects: what is found is confirmed by a person, tasks work in their repository, and trees belong to them by it. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import type { Actor } from "@/core/rules/roles";
import { SAMPLE_URL } from "@/core/shapes/sample";
import { endTask } from "@/tests/agents/replies";
import { tester, trialsOfThisFile } from "@/tests/agents/scenario";

const start = trialsOfThisFile();
const SCRIPT = { "*": endTask("Done.") };
const PACKAGE = JSON.stringify({ scripts: { test: "node --test" } });

function folder(files: Record<string, string>, origin?: string): string {
  const made = realpathSync(mkdtempSync(join(tmpdir(), "banyan-project-")));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(made, path)), { recursive: true });
    writeFileSync(join(made, path), text);
  }
  if (origin === undefined) return made;
  execFileSync("git", ["init", "-q", "-b", "main", made]);
  execFileSync("git", ["-C", made, "remote", "add", "origin", origin]);
  return made;
}

test("a check that is found has to be confirmed, and one that a person gives counts", async () => {
  const { runtime } = await start(SCRIPT, { work: false });
  const { commands, queries } = runtime.application;
  const shop = folder({ "package.json": PACKAGE, "package-lock.json": "{}", "node_modules/x/package.json": PACKAGE });
  const { name, sentence, checks } = await commands.addProject({ address: shop, name: "shop" }, tester);
  expect(checks).toEqual([{ command: "npm test", from: "package.json" }]);
  expect(sentence).toMatch(
    /^Added the project shop\. Its check is not confirmed: package\.json says npm test\. Confirm it/,
  );
  expect(await queries.getProject(name)).toMatchObject({
    address: shop,
    branch: null,
    check: null,
    setup: "npm ci",
    found: { kinds: ["npm"], is_git: false, is_empty: false },
  });
  await commands.changeProject({ id: "shop", check: "npm test" }, tester);
  const { check } = await queries.getProject("shop");
  expect(check).toMatchObject({ command: "npm test", by: "tester" });
  const bare = folder({});
  const said = await commands.addProject({ address: bare }, tester);
  expect(said.sentence).toMatch(/No check was found: say how it is shown to work/);
  expect(await queries.getProject(said.name)).toMatchObject({ found: { is_empty: true, checks: [] } });
  expect(
    await commands.addProject({ address: folder({ "go.mod": "" }), name: "api", check: "make ci" }, tester),
  ).toMatchObject({
    sentence:
      "Added the project api. Its check is make ci. The folder is no git repository, which branches, insights and an evolution need: run `git init` there and commit.",
  });
  execFileSync("git", ["init", "-q", "-b", "main", shop]);
  expect(await queries.getProject("shop")).toMatchObject({
    found: { is_git: true },
    repositories: [{ found: { is_git: true } }],
  });
});

test("a task of a project works in its repository, with its agent and cap; a goal has its check", async () => {
  const trial = await start(SCRIPT);
  const { commands, queries } = trial.runtime.application;
  const shop = folder({ "package.json": PACKAGE });
  await commands.addProject({ address: shop, name: "shop", check: "true", agent: "worker", cost_usd: 2 }, tester);
  const other = await trial.submit({ task: "Elsewhere", agent: "worker" });
  const tree = await trial.submit({ task: "Look", project: "shop" });
  await Promise.all([trial.ended(tree.id), trial.ended(other.id)]);
  expect(tree.grant.cost_usd).toBe(2);
  const { tasks } = await queries.getTree(tree.id);
  expect(tasks[0]?.agent).toBe("worker");
  expect((await queries.getPlace(tree.id))?.address).toBe(shop);
  const listed = async () => (await queries.listTrees({ project: "shop" })).items.map(({ id }) => id);
  expect(await listed()).toEqual([tree.id]);
  const { id: fork } = await commands.fork({ id: tree.id }, tester);
  expect((await listed()).sort()).toEqual([tree.id, fork].sort());
  expect((await queries.getProject("shop")).figures).toMatchObject({ trees: 2, failed: 0 });
  const goal = await trial.submit({ task: "Make it work", project: "shop", goal: {} });
  expect(await queries.getGoal(goal.id)).toMatchObject({ validation_command: "true", executor: "worker" });
  await trial.ended(goal.id);
  const copy = await trial.submit({ task: "Look", project: "shop", copy: true });
  await trial.ended(copy.id);
  expect(copy.grant.cost_usd).toBe(2);
  expect(await queries.getPlace(copy.id)).toMatchObject({ address: shop, is_copy: true });
  const daily = { cron: "0 9 * * *", zone: "UTC", overlap: "skip" as const };
  await commands.addSchedule({ ...daily, submission: { task: "Look", project: "shop" } }, tester);
  await commands.addSchedule({ ...daily, submission: { task: "Look", workspace: shop } }, tester);
  expect((await queries.getProject("shop")).schedules).toBe(2);
});

test("trees of a folder and of the address that it was cloned from belong to one project, also those from before it", async () => {
  const trial = await start(SCRIPT);
  const { commands, queries } = trial.runtime.application;
  const shop = folder({ "README.md": "A shop." }, "git@github.com:owner/shop.git");
  const tree = await trial.submit({ task: "Look", agent: "worker", workspace: shop });
  const copy = await trial.submit({ task: "Look", agent: "worker", workspace: shop, copy: true });
  await Promise.all([trial.ended(tree.id), trial.ended(copy.id)]);
  trial.runtime.store.client.sqlite.exec("UPDATE trees SET repository = NULL");
  const { sentence } = await commands.addProject({ address: `${shop}/`, check: "true" }, tester);
  expect(sentence).toMatch(/^Added the project banyan-project-/);
  const [project] = (await queries.listProjects()).items;
  const later = await trial.submit({ task: "Look", agent: "worker", workspace: shop, copy: true });
  const listed = (await queries.listTrees({ project: project?.name, sort: "oldest" })).items.map(({ id }) => id);
  expect(listed).toEqual([tree.id, copy.id, later.id]);
  await trial.ended(later.id);
  const again = (address: string) => commands.addProject({ address, check: "true" }, tester);
  for (const address of [shop, "https://github.com/owner/shop", "ssh://git@github.com/owner/shop.git"])
    await expect(again(address)).rejects.toThrow(`This repository is already the project ${project?.name}`);
  await commands.removeProject({ id: project?.name ?? "" }, tester);
  expect((await queries.listProjects()).items).toEqual([]);
  expect((await queries.listTrees()).items).toHaveLength(3);
});

test("a repository elsewhere is copied to be looked at, nothing of the copy stays, and a task works in a copy of its own", async () => {
  const trial = await start(SCRIPT);
  const { commands, queries } = trial.runtime.application;
  const { name, checks } = await commands.addProject({ address: SAMPLE_URL, name: "sample" }, tester);
  // Its tests are a script for the shell, which no file names.
  expect(checks).toEqual([]);
  const left = ["workspaces", "cache"].flatMap((kind) => {
    const at = join(trial.dataDir, kind);
    return existsSync(at) ? readdirSync(at) : [];
  });
  expect(left).toEqual([]);
  expect(await queries.getProject(name)).toMatchObject({
    address: SAMPLE_URL,
    found: { is_git: true, is_empty: false },
  });
  const tree = await trial.submit({ task: "Look", agent: "worker", project: name });
  await trial.ended(tree.id);
  expect(await queries.getPlace(tree.id)).toMatchObject({ address: SAMPLE_URL, is_copy: true });
  expect((await queries.listTrees({ project: name })).items.map(({ id }) => id)).toEqual([tree.id]);
});

test("bad input gets one sentence and adds nothing; only those who may configure add, and foreign folders stay closed", async () => {
  const { runtime } = await start(SCRIPT, { work: false });
  const { commands, queries } = runtime.application;
  const shop = folder({ "package.json": PACKAGE });
  await commands.addProject({ address: shop, name: "shop", check: "true" }, tester);
  const refused = (input: Parameters<typeof commands.addProject>[0]) =>
    expect(commands.addProject(input, tester)).rejects;
  await refused({ address: " " }).toThrow("Name a folder of this machine or the address of a git repository.");
  await refused({ address: "shop" }).toThrow(/"shop" is neither a folder nor an address of a git repository/);
  await refused({ address: "/no/such/folder" }).toThrow(/\/no\/such\/folder/);
  await refused({ address: folder({}), name: "Shop!" }).toThrow(/A project's name has 1 to 60 small letters/);
  await refused({ address: folder({}), name: "shop" }).toThrow("There is already a project shop: choose another name.");
  const twice = ["one", "two"].map(() =>
    commands.addProject({ address: folder({}), name: "twice", check: "true" }, tester),
  );
  const ends = (await Promise.allSettled(twice)).map(({ status }) => status);
  expect(ends.sort()).toEqual(["fulfilled", "rejected"]);
  await expect(Promise.all(twice)).rejects.toThrow("There is already a project twice: choose another name.");
  await commands.removeProject({ id: "twice" }, tester);
  await refused({ address: folder({}), check: "a\nb" }).toThrow("Give the check as one line");
  await expect(commands.changeProject({ id: "shop" }, tester)).rejects.toThrow(/Nothing to change/);
  await expect(queries.getProject("shoe")).rejects.toThrow('There is no project "shoe": there are shop.');
  await expect(queries.listTrees({ project: "shoe" })).rejects.toThrow("There is no project");
  await expect(commands.submitTree({ task: "x", project: "shoe" }, tester)).rejects.toThrow("There is no project");
  await expect(commands.submitTree({ task: "x", project: "shop", workspace: shop }, tester)).rejects.toThrow(
    "name the project or a folder, not both",
  );
  expect((await queries.listProjects()).items.map(({ name }) => name)).toEqual(["shop"]);
  const viewer: Actor = { id: "user:v", name: "vera", role: "viewer" };
  await expect(guarded(runtime.application, viewer).commands.removeProject({ id: "shop" })).rejects.toThrow(/viewer/);
  const reviewer: Actor = { id: "user:r", name: "rita", role: "reviewer" };
  const asReviewer = guarded(runtime.application, reviewer).commands;
  await expect(asReviewer.addProject({ address: folder({}) })).rejects.toThrow(/BANYAN_WORKSPACE_ROOTS/);
});

test("long lists of a project hold what is not settled, however old, and say how many there are", async () => {
  const { runtime } = await start(SCRIPT, { work: false });
  const { commands, queries } = runtime.application;
  await commands.addProject({ address: folder({}), name: "shop" }, tester);
  const numbers = "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 260)";
  runtime.store.client.sqlite.exec(`
    INSERT INTO forge_links (project_id, kind, host, api_url, path, clone_url, label, most_open, maker,
      comments_since_ms, next_at_ms, created_by, created_at_ms)
    SELECT id, 'github', 'github.com', 'https://api', 'a/b', 'https://a/b', 'banyan', 1, '{}', 0, 0, 'ann', 0 FROM projects;
    ${numbers} INSERT INTO forge_issues (project_id, number, title, url, body, author, asked_by, tree, state, branch,
      created_at_ms, changed_at_ms)
    SELECT id, n, '', '', '', 'ann', 'ann', 'i' || n, iif(n = 1, 'open', 'merged'), 'b', n, n FROM numbers, projects;
    ${numbers} INSERT INTO evolution_runs (uid, project_id, cause, maker, cycles_max, state, created_at_ms)
    SELECT 'r' || n, id, 'person', '{"name":"ann"}', 1, 'ended', n FROM numbers, projects;
    INSERT INTO promotion_targets (id, project_id, name, deploy_command, secrets, plan_secrets, hosts)
    SELECT value, id, 'target' || value, 'true', '{}', '{}', '[]' FROM projects, (SELECT 1 AS value UNION SELECT 2);
    ${numbers} INSERT INTO promotions (uid, target_id, kind, state, asked_by, created_at_ms, changed_at_ms)
    SELECT 'm' || n, iif(n = 1, 1, 2), 'promote', iif(n = 1, 'asked', 'done'), 'ann', n, n FROM numbers`);

  const forge = await queries.getForge("shop");
  expect([forge?.issues.length, forge?.issues_total, forge?.issues[0]?.number]).toEqual([201, 260, 260]);
  expect(forge?.issues.at(-1)).toMatchObject({ number: 1, state: "open" });
  const { runs, runs_total } = await queries.getEvolution("shop");
  expect([runs.length, runs_total, runs[0]?.id]).toEqual([50, 260, "r260"]);
  const { promotions, promotions_total } = await queries.listPromotions("shop");
  expect([promotions.length, promotions_total, promotions[0]?.id]).toEqual([51, 260, "m260"]);
  expect(promotions.at(-1)).toMatchObject({ id: "m1", state: "asked" });
});
