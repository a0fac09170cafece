/** What is told of services: made ones, written ones, those that are elsewhere, and files that mean harm. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ownerCalled } from "@/core/rules/roles";
import { specificationTexts } from "@/core/specification/testing/texts";
import { startGitServer } from "@/lib/git/testing/git-server";
import { endTask } from "@/tests/agents/replies";
import { trialsOfThisFile } from "@/tests/agents/scenario";
import { specifying } from "@/tests/agents/specifying/specifying";

const start = trialsOfThisFile();
const owner = ownerCalled("mara");
const SCRIPT = { "*": endTask("Done.") };
const OK = '{ "200": { description: Done, content: { application/json: { schema: { type: object } } } } }';
const documentWith = (...paths: string[]) =>
  `openapi: 3.1.0\ninfo: { title: Shop, version: "1" }\npaths:\n${paths.map((path) => `  ${path}: { get: { summary: Lists, responses: ${OK} } }\n`).join("")}`;

function repository() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "banyan-services-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", folder, "-c", "user.name=T", "-c", "user.email=t@example.org", ...args], {
      encoding: "utf8",
    }).trim();
  git("init", "-q", "-b", "main");
  const commit = (files: Record<string, string>) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    git("add", "-A");
    git("commit", "-q", "--allow-empty", "-m", "A version");
  };
  return { folder, git, commit };
}

test("a made service says its blueprint, its operations and which still answer with an example", async () => {
  const { runtime, dataDir } = await start(SCRIPT, { work: false });
  const { commands, queries } = runtime.application;
  const workspace = join(realpathSync(dirname(dataDir)), "made-shop");
  onTestFinished(() => rmSync(workspace, { recursive: true, force: true }));
  const openapi = documentWith("/orders", "/orders/report");
  await commands.newService({ workspace, openapi, with: ["docker"], name: "shop" }, owner);
  const service = await queries.getService("shop");
  expect(service).toMatchObject({
    project: "shop",
    commit: expect.stringMatching(/^[0-9a-f]{40}$/),
    not_read: [],
    made: { blueprint: "rest-api", parts: ["docker"] },
    specification: null,
    contract: { title: "Shop", version: "1" },
    evidence: [],
    against: null,
  });
  expect(service.contract?.operations).toEqual([
    { key: "GET /orders", summary: "Lists", requirements: [], statuses: ["200"], is_example: true },
    { key: "GET /orders/report", summary: "Lists", requirements: [], statuses: ["200"], is_example: true },
  ]);
  expect(service.check?.has_passed).toBe(false);
  expect(await queries.listServices()).toEqual({
    items: [
      {
        project: "shop",
        blueprint: "rest-api",
        parts: ["docker"],
        requirements: null,
        running: 0,
        targets: [],
        waits: false,
        not_read: null,
      },
    ],
    next: null,
  });
  expect(await queries.getProject("shop")).toMatchObject({ is_service: true });
  const blueprints = await queries.listBlueprints();
  const api = blueprints.items.find(({ name }) => name === "rest-api");
  expect(api).toMatchObject({
    from: "document",
    parts: expect.arrayContaining([expect.objectContaining({ name: "sqlite" })]),
  });
}, 120_000);

test("a service is neither made nor made again in a folder in which a tree works", async () => {
  const { runtime, dataDir } = await start(SCRIPT, { work: false });
  const { commands } = runtime.application;
  const workspace = join(realpathSync(dirname(dataDir)), "worked-in");
  const link = `${workspace}-link`;
  onTestFinished(() => {
    for (const folder of [workspace, link]) rmSync(folder, { recursive: true, force: true });
  });
  const openapi = documentWith("/orders");
  await commands.newService({ workspace, openapi, name: "worked-in" }, owner);
  symlinkSync(workspace, link);
  const tree = await commands.submitTree({ task: "Look", agent: "worker", workspace }, owner);
  const worksThere = `still works in ${workspace}`;
  for (const folder of [workspace, link])
    await expect(commands.upgradeService({ folder }, owner)).rejects.toThrow(worksThere);
  const inside = { workspace: join(workspace, "inside"), openapi, name: "inside" };
  await expect(commands.newService(inside, owner)).rejects.toThrow(worksThere);
  await commands.stop({ id: tree.id }, owner);
  await runtime.store.trees.delete(runtime.store.queries.trees.treeKey(tree.id));
  expect((await commands.upgradeService({ folder: link }, owner)).conflicts).toEqual([]);
});

test("a criterion is shown by the commit that a goal's check has passed on, and by no later one", async () => {
  const { trial, folder } = await specifying("A booking API for a small studio.", {
    written: [specificationTexts()],
    answers: ["Never"],
  });
  const { queries } = trial.runtime.application;
  const states = async () => (await queries.getService("studio")).evidence.map(({ state }) => state);
  // The work is on a branch of its own, which is checked out.
  const service = await queries.getService("studio");
  expect(service.check).toEqual({ command: "ls openapi.yaml", has_passed: true });
  expect(service.specification).toEqual({ requirements: 3, open_questions: 0, faults: 0 });
  expect(service.evidence[0]).toMatchObject({
    requirement: "R1",
    state: "shown",
    criteria: [{ criterion: "C1", state: "shown", files: ["test/criteria.test.ts"] }],
  });
  expect(await states()).toEqual(["shown", "neither", "neither"]);
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", folder, "-c", "user.name=T", "-c", "user.email=t@example.org", ...args]);
  writeFileSync(join(folder, "later.ts"), "export {};\n");
  git("add", "-A");
  git("commit", "-q", "-m", "Later");
  expect(await states()).toEqual(["neither", "neither", "neither"]);
  expect((await queries.getService("studio")).evidence[0]?.criteria[0]?.text).toBe(
    "Named by a test; the check has not run on this commit.",
  );
}, 120_000);

test("what changed is told against production, breaking changes first, and a promotion that waits counts", async () => {
  const { folder, commit } = repository();
  const { runtime } = await start(SCRIPT);
  const { commands, queries } = runtime.application;
  const texts = specificationTexts();
  commit({ "openapi.yaml": documentWith("/orders", "/stock"), "spec/specification.yaml": texts.specification });
  await commands.addProject({ address: folder, name: "shop", check: "true" }, owner);
  await commands.setTarget({ id: "shop", name: "production", deploy: "true" }, owner);
  const { promotion } = await commands.promote({ id: "shop", target: "production" }, owner);
  const state = async () => (await queries.listPromotions("shop")).promotions.find(({ id }) => id === promotion)?.state;
  await expect.poll(state, { timeout: 60_000 }).toBe("asked");
  expect((await queries.listServices()).items[0]).toMatchObject({ project: "shop", requirements: 3, waits: true });
  expect((await queries.getService("shop")).against).toBeNull();
  await commands.approvePromotion({ id: promotion }, owner);
  await expect.poll(state, { timeout: 60_000 }).toBe("done");
  commit({ "openapi.yaml": documentWith("/orders", "/prices") });
  const { against, commit: shown } = await queries.getService("shop");
  expect(against).toMatchObject({ target: "production", count: 2, not_compared: null });
  expect(against?.commit).not.toBe(shown);
  expect(against?.changes.map(({ breaking }) => breaking)).toEqual([true, false]);
  expect(against?.changes[0]?.text).toBe("Removed GET /stock.");
}, 120_000);

test("a service that is elsewhere is fetched, and one that cannot be is said in a sentence", async () => {
  const { folder, commit } = repository();
  const texts = specificationTexts();
  commit({
    "openapi.yaml": texts.openapi,
    "spec/specification.yaml": texts.specification,
    "spec/model.yaml": texts.model,
  });
  const served = realpathSync(mkdtempSync(join(tmpdir(), "banyan-served-")));
  onTestFinished(() => rmSync(served, { recursive: true, force: true }));
  const server = await startGitServer(served);
  onTestFinished(() => server.close());
  execFileSync("git", ["clone", "-q", "--bare", folder, join(served, "shop.git")]);
  const { runtime } = await start(SCRIPT, { work: false, env: { BANYAN_PRIVATE_HOSTS: server.host } });
  const { commands, queries } = runtime.application;
  await commands.addProject(
    { address: `http://${server.host}/shop.git`, name: "shop", branch: "main", check: "true" },
    owner,
  );
  // Nothing was fetched yet, and lists fetch nothing.
  expect((await queries.listServices()).items).toEqual([]);
  expect(await queries.getProject("shop")).toMatchObject({ is_service: false });
  expect(await queries.getSpecification("shop")).toMatchObject({ title: "Studio bookings" });
  expect(await queries.getService("shop")).toMatchObject({ not_read: [], specification: { requirements: 3 } });
  rmSync(join(served, "shop.git"), { recursive: true });
  const gone = await queries.getService("shop");
  expect(gone).toMatchObject({ commit: null, specification: null, contract: null });
  expect(gone.not_read).toEqual([expect.stringMatching(/\.$/)]);
  // Lists show what was fetched last, also while nobody can fetch it.
  expect((await queries.listServices()).items).toMatchObject([{ project: "shop", requirements: 3, not_read: null }]);
  expect((await queries.listProjects()).items).toMatchObject([{ name: "shop", is_service: true }]);
}, 120_000);

test.each<[string, (folder: string) => Record<string, string>, RegExp]>([
  ["no YAML", () => ({ "openapi.yaml": "paths: [" }), /not valid YAML/],
  [
    "a record of somebody else",
    () => ({ ".banyan/service.json": '{"name":1}' }),
    /^\.banyan\/service\.json is not what Banyan wrote/,
  ],
  [
    "a file of any size",
    () => ({ "spec/specification.yaml": "a".repeat(5_000_000) }),
    /^spec\/specification\.yaml is larger than/,
  ],
  [
    "a document that refers to a stranger",
    () => ({ "openapi.yaml": documentWith("/a").replace("{ get:", "{ $ref: 'https://example.org/a', get:") }),
    /^The document|refers/,
  ],
])("%s is one sentence, and the page has the rest", async (_what, files, sentence) => {
  const { folder, commit } = repository();
  const { runtime } = await start(SCRIPT, { work: false });
  const { commands, queries } = runtime.application;
  commit(files(folder));
  await commands.addProject({ address: folder, name: "shop", check: "true" }, owner);
  const { not_read, commit: read } = await queries.getService("shop");
  expect(not_read).toEqual([expect.stringMatching(sentence)]);
  expect(read).toMatch(/^[0-9a-f]{40}$/);
});

test("links are not followed, and a folder without a commit is no error", async () => {
  const { folder, git } = repository();
  const secret = join(dirname(folder), `secret-${Date.now()}.yaml`);
  writeFileSync(secret, documentWith("/secret"));
  onTestFinished(() => rmSync(secret));
  symlinkSync(secret, join(folder, "openapi.yaml"));
  const { runtime } = await start(SCRIPT, { work: false });
  const { commands, queries } = runtime.application;
  await commands.addProject({ address: folder, name: "shop", check: "true" }, owner);
  expect((await queries.getService("shop")).not_read).toEqual([expect.stringContaining("has no commit yet")]);
  git("add", "-A");
  git("commit", "-q", "-m", "A link");
  expect(await queries.getService("shop")).toMatchObject({ not_read: [], contract: null });
  expect(await queries.getProject("shop")).toMatchObject({ is_service: false });
  await expect(queries.getService("none")).rejects.toThrow("There is no project");
});
