/** Insights of a project: found by a program, kept with their state, shown to people and programs. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { ownerCalled } from "@/core/rules/roles";
import { startGitServer } from "@/lib/git/testing/git-server";
import { endTask } from "@/tests/agents/replies";
import { tester, trialsOfThisFile } from "@/tests/agents/scenario";

const start = trialsOfThisFile();
const SCRIPT = { "*": endTask("Done.") };

const SUM = `export function sum(values: any[]) {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
`;

function repository(files: Record<string, string>) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "banyan-insights-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", folder, "-c", "user.name=T", "-c", "user.email=t@example.org", ...args]);
  git("init", "-q", "-b", "main");
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    git("add", "-A");
    git("commit", "-q", "-m", "A change");
  };
  for (const [path, text] of Object.entries(files)) put(path, text);
  return { folder, put };
}

test("a look keeps what is worth doing, and what is no longer found is done", async () => {
  const { runtime } = await start(SCRIPT, { work: false });
  const { commands, queries } = runtime.application;
  const { folder, put } = repository({ "src/sum.ts": SUM, LICENSE: "MIT" });
  await commands.addProject({ address: folder, name: "shop", check: "true" }, tester);
  expect(await queries.listInsights("shop")).toEqual({ items: [], next: null, look: null });
  const said = await commands.lookForInsights({ id: "shop" }, tester);
  expect(said).toMatchObject({ found: 3, new: 3, done: 0 });
  expect(said.sentence).toMatch(/^Looked at 1 file of code at [0-9a-f]{7}: 3 insights, 3 new, 0 done\.$/);
  const { items, look } = await queries.listInsights("shop");
  expect(items.map(({ kind, path, state }) => `${kind} ${path} ${state}`)).toEqual([
    "no-tests  open",
    "untyped src/sum.ts open",
    "undocumented src/sum.ts open",
  ]);
  expect(items[1]).toMatchObject({ line: 1, by: null, evidence: { quote: ["export function sum(values: any[]) {"] } });
  expect(look).toMatchObject({ by: "tester", code: 1, parsed: 1 });
  expect(look?.not_measured[0]).toContain("Outdated and vulnerable packages are not measured");

  put("src/sum.ts", SUM.replace("any[]", "number[]"));
  put("tests/sum.test.ts", 'import { sum } from "../src/sum";\nsum([1]);\n');
  expect(await commands.lookForInsights({ id: "shop" }, tester)).toMatchObject({ found: 1, new: 0, done: 2 });
  const done = await queries.listInsights("shop", { state: "done" });
  expect(done.items.map(({ kind }) => kind).sort()).toEqual(["no-tests", "untyped"]);
  const all = await queries.listAllInsights();
  expect(all.items.map(({ project, kind }) => `${project} ${kind}`).sort()).toEqual([
    "shop no-tests",
    "shop undocumented",
    "shop untyped",
  ]);
  const ofOne = await queries.listAllInsights({ project: "shop", state: "open" });
  expect(ofOne.items).toMatchObject([{ project: "shop", kind: "undocumented" }]);
  await expect(queries.listAllInsights({ project: "shoes" })).rejects.toThrow("There is no project");
  await commands.removeProject({ id: "shop" }, tester);
  await expect(queries.listInsights("shop")).rejects.toThrow("There is no project");
});

test("what a look could not measure is not done: a file that does not parse now, and a report that is gone", async () => {
  const { runtime } = await start(SCRIPT, { work: false });
  const { commands, queries } = runtime.application;
  const { folder, put } = repository({
    "src/sum.ts": SUM,
    "src/other.ts": SUM.replaceAll("sum", "other").replace("any[]", "number[]"),
    "tests/all.test.ts": 'import "../src/other";\nimport "../src/sum";\n',
    LICENSE: "MIT",
    "coverage/lcov.info": "SF:src/other.ts\nDA:2,0\nDA:3,0\nDA:4,0\nend_of_record\n",
  });
  await commands.addProject({ address: folder, name: "shop", check: "true" }, tester);
  await commands.lookForInsights({ id: "shop" }, tester);
  const shown = async () =>
    (await queries.listInsights("shop")).items.map(({ kind, path, state }) => `${kind} ${path} ${state}`).sort();
  const before = await shown();
  expect(before).toEqual(expect.arrayContaining(["untested src/other.ts open", "untyped src/sum.ts open"]));
  rmSync(join(folder, "coverage"), { recursive: true });
  put("src/sum.ts", `${SUM}\nexport function ((( {{{ ;;; class\n`);
  expect(await commands.lookForInsights({ id: "shop" }, tester)).toMatchObject({ done: 0 });
  expect(await shown()).toEqual(before);
  put("src/sum.ts", SUM.replace("any[]", "number[]"));
  expect(await commands.lookForInsights({ id: "shop" }, tester)).toMatchObject({ done: 1 });
  expect(await shown()).toContain("untyped src/sum.ts done");
  rmSync(join(folder, "src/other.ts"));
  put("src/more.ts", "export const more = 1;\n");
  await commands.lookForInsights({ id: "shop" }, tester);
  expect(await shown()).toContain("untested src/other.ts done");
});

test("a dismissed insight stays so with its reason, until somebody opens it or its score has risen by a fifth", async () => {
  const { runtime } = await start(SCRIPT, { work: false });
  const { commands, queries } = runtime.application;
  const { folder, put } = repository({
    "src/sum.ts": SUM,
    LICENSE: "MIT",
    "tests/sum.test.ts": 'import "../src/sum";\n',
  });
  await commands.addProject({ address: folder, name: "shop", check: "true" }, tester);
  await commands.lookForInsights({ id: "shop" }, tester);
  const untyped = async () => (await queries.listInsights("shop", { kind: "untyped" })).items[0];
  const insight = (await untyped())?.id ?? "";
  await expect(commands.dismissInsight({ id: "shop", insight, reason: " " }, tester)).rejects.toThrow("Say why");
  await expect(commands.dismissInsight({ id: "shop", insight: "in-x", reason: "no" }, tester)).rejects.toThrow(
    'has no insight "in-x"',
  );
  await commands.dismissInsight({ id: "shop", insight, reason: "on purpose" }, tester);
  await commands.lookForInsights({ id: "shop" }, tester);
  expect(await untyped()).toMatchObject({ state: "dismissed", reason: "on purpose", by: "tester" });
  await commands.reopenInsight({ id: "shop", insight }, tester);
  expect(await untyped()).toMatchObject({ state: "open", reason: null });
  await expect(commands.reopenInsight({ id: "shop", insight }, tester)).rejects.toThrow("only a dismissed insight");
  await commands.dismissInsight({ id: "shop", insight, reason: "on purpose" }, tester);
  put(
    "src/sum.ts",
    `${SUM}\n${Array.from({ length: 5 }, (_, at) => `export const v${at}: any = ${at};`).join("\n")}\n`,
  );
  await commands.lookForInsights({ id: "shop" }, tester);
  expect(await untyped()).toMatchObject({ id: insight, state: "open", by: null });
});

test("a repository elsewhere is mirrored for a look, at the branch of the project, and forgotten with it", async () => {
  const { folder, put } = repository({ "src/sum.ts": SUM, LICENSE: "MIT" });
  const served = realpathSync(mkdtempSync(join(tmpdir(), "banyan-served-")));
  onTestFinished(() => rmSync(served, { recursive: true, force: true }));
  const server = await startGitServer(served);
  onTestFinished(() => server.close());
  execFileSync("git", ["clone", "-q", "--bare", folder, join(served, "shop.git")]);
  const trial = await start(SCRIPT, { work: false, env: { BANYAN_PRIVATE_HOSTS: server.host } });
  const { commands, queries } = trial.runtime.application;
  const given = { address: `http://${server.host}/shop.git`, name: "shop", branch: "main", check: "true" };
  await trial.runtime.store.projects.add({
    ...given,
    keys: [given.address],
    setup: null,
    found: NOTHING,
    defaults: {},
    createdBy: "t",
  });
  expect(await commands.lookForInsights({ id: "shop" }, tester)).toMatchObject({ found: 3 });
  put("src/sum.ts", SUM.replace("any[]", "number[]"));
  execFileSync("git", ["-C", folder, "push", "-q", join(served, "shop.git"), "main"]);
  expect(await commands.lookForInsights({ id: "shop" }, tester)).toMatchObject({ found: 2, done: 1 });
  expect((await queries.listInsights("shop")).look?.not_measured.join(" ")).toContain(
    "a repository elsewhere has no report",
  );
  await commands.changeProject({ id: "shop", branch: "next" }, tester);
  await expect(commands.lookForInsights({ id: "shop" }, tester)).rejects.toThrow("has no branch next");
  const kept = join(trial.dataDir, "insights", "kept");
  expect(readdirSync(kept)).toHaveLength(1);
  await commands.removeProject({ id: "shop" }, tester);
  expect([...readdirSync(kept), ...readdirSync(join(trial.dataDir, "insights", "remotes"))]).toEqual([]);
});

const NOTHING = { checks: [], setup: null, kinds: [], is_git: true, is_empty: false };

test("a viewer sees insights and cannot look; a folder that is no repository is refused with a sentence", async () => {
  const { runtime } = await start(SCRIPT, { work: false });
  const { commands } = runtime.application;
  const plain = realpathSync(mkdtempSync(join(tmpdir(), "banyan-plain-")));
  onTestFinished(() => rmSync(plain, { recursive: true, force: true }));
  await commands.addProject({ address: plain, name: "plain", check: "true" }, tester);
  await expect(commands.lookForInsights({ id: "plain" }, tester)).rejects.toThrow("is no git repository");
  const viewer = guarded(runtime.application, { ...ownerCalled("vera"), id: "user:2", role: "viewer" });
  expect((await viewer.queries.listInsights("plain")).items).toEqual([]);
  await expect(viewer.commands.lookForInsights({ id: "plain" })).rejects.toThrow("You are signed in as viewer");
});

test("a key in a line that is quoted is redacted before it is kept", async () => {
  const { runtime } = await start(SCRIPT, { work: false });
  const { commands, queries } = runtime.application;
  const key = `ghp_${"a1B2c3D4e5".repeat(4).slice(0, 36)}`;
  const { folder } = repository({ "src/sum.ts": `// TODO: move ${key} to the vault\n${SUM}`, LICENSE: "MIT" });
  await commands.addProject({ address: folder, name: "shop", check: "true" }, tester);
  await commands.lookForInsights({ id: "shop" }, tester);
  const kept = JSON.stringify(await queries.listInsights("shop"));
  expect(kept).toContain("[redacted");
  expect(kept).not.toContain("a1B2c3D4e5");
});
