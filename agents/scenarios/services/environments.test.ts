/** Environments of projects, kept by the server: prepared, run, asleep, again after a kill, and ended. */
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
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { guarded } from "@/agents/guard/guard";
import { ownerCalled } from "@/core/rules/roles";
import { checksHold, type EnvironmentState } from "@/core/shapes/environments/environments";
import { endTask } from "@/tests/agents/replies";
import { tester, trialsOfThisFile } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";

const start = trialsOfThisFile();
const SCRIPT = { "*": endTask("Done.") };

/** Counts its starts in its data, and tells what it was given. */
const SERVER = `
import fs from "node:fs";
import http from "node:http";
const file = process.env.DATA_DIR + "/starts";
const starts = 1 + Number(fs.existsSync(file) ? fs.readFileSync(file, "utf8") : 0);
fs.writeFileSync(file, String(starts));
console.log("start " + starts + " with " + process.env.KEY);
http.createServer((request, response) => {
  if (request.url === "/end") process.exit(7);
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ version: VERSION, starts, key: process.env.KEY, built: fs.existsSync("built.txt") }));
}).listen(Number(process.env.PORT), process.env.HOST);
`;

function repository(files: Record<string, string> = {}) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "banyan-environments-")));
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
  const version = (number: number) => put("server.mjs", SERVER.replace("VERSION", String(number)));
  put("package.json", JSON.stringify({ scripts: { start: "node server.mjs" } }));
  version(1);
  for (const [path, text] of Object.entries(files)) put(path, text);
  return { folder, put, version, git };
}

/** Asks the service at its socket, as the door does. */
function ask(socketPath: string, path = "/"): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, host: "localhost" }, (response) => {
      response.toArray().then((parts) => resolve(JSON.parse(Buffer.concat(parts).toString())), reject);
    });
    sent.on("error", reject);
    sent.end();
  });
}

function environmentsOf({ runtime, dataDir }: Trial) {
  const { store, application } = runtime;
  const one = (id: string) => application.queries.getEnvironment(id);
  return {
    one,
    commands: application.commands,
    until: (id: string, state: EnvironmentState) =>
      vi.waitFor(async () => expect(await one(id)).toMatchObject({ state }), { timeout: 60_000, interval: 100 }),
    ask: (id: string, path?: string) => ask(store.environments.get(id)?.socket ?? "", path),
    log: async (id: string) => (await application.queries.getEnvironmentLog(id)).text,
    /** Lets time pass in which nobody visits any. */
    unvisited: (days: number) =>
      store.client.sqlite.prepare("UPDATE environments SET used_at_ms = used_at_ms - ?").run(days * 86_400_000 + 1),
    folders: () => (existsSync(join(dataDir, "environments")) ? readdirSync(join(dataDir, "environments")) : []),
  };
}

test("an environment shows a commit, keeps its data over restarts and newer commits, and leaves nothing when it ends", async () => {
  const trial = await start(SCRIPT);
  const { commands, until, ask: get, one, log, folders } = environmentsOf(trial);
  const { folder, version, git } = repository();
  await commands.addProject(
    { address: folder, name: "shop", check: "true", setup: "echo installed > built.txt" },
    tester,
  );
  const { id, sentence } = await commands.bringUpEnvironment({ id: "shop", variables: { KEY: "plain" } }, tester);
  expect([id, sentence]).toEqual([
    expect.stringMatching(/^preview-shop-[a-z0-9]{12}$/),
    "The environment preview of shop is being prepared.",
  ]);
  await until(id, "running");
  expect(await get(id)).toEqual({ version: 1, starts: 1, key: "plain", built: true });
  const commit = String(git("rev-parse", "HEAD")).trim();
  expect(await one("shop/preview")).toMatchObject({ id, commit, variables: ["KEY"], why: null, pull: null });
  expect(await log("preview")).toMatch(
    /^Wrote the files of commit \w{12}\.\n\$ echo installed > built\.txt\n[\s\S]*start 1 with plain\n$/,
  );
  await commands.restartEnvironment({ id: "preview" }, tester);
  await vi.waitFor(async () => expect(await get(id)).toMatchObject({ starts: 2 }), { timeout: 30_000 });
  version(2);
  await commands.bringUpEnvironment({ id: "shop" }, tester);
  await vi.waitFor(async () => expect(await get(id)).toMatchObject({ version: 2, starts: 3 }), { timeout: 30_000 });
  expect((await get(id)).key).toBe("plain");
  // A service that ends by itself has failed, and a visit does not start it again.
  await expect(get(id, "/end")).rejects.toThrow();
  await until(id, "failed");
  expect((await one(id)).why).toBe("The service ended with exit status 7. Its log says more.");
  expect(folders()).toEqual([id]);
  await commands.endEnvironment({ id }, tester);
  await vi.waitFor(() => expect(folders()).toEqual([]), { timeout: 30_000 });
  await vi.waitFor(() => expect(one(id)).rejects.toThrow("There is no environment"));
  expect(trial.faults).toEqual([]);
}, 120_000);

test("an idle environment sleeps, a visit starts it, and one that nobody visits ends", async () => {
  const shift = { ms: 0 };
  const trial = await start(SCRIPT, { runtime: { now: () => Date.now() + shift.ms } });
  const { commands, until, ask: get, folders, unvisited } = environmentsOf(trial);
  const { store } = trial.runtime;
  await commands.addProject({ address: repository().folder, name: "shop", check: "true" }, tester);
  const { id } = await commands.bringUpEnvironment({ id: "shop", keep_days: 2 }, tester);
  await until(id, "running");
  shift.ms += 16 * 60_000;
  await until(id, "asleep");
  expect(store.environments.get(id)?.socket).toBeNull();
  await store.environments.use(id);
  await until(id, "running");
  expect(await get(id)).toMatchObject({ version: 1, starts: 2 });
  // No server worked, the clock was wrong, or everything was paused: nobody could visit it.
  const later = async (ms: number) => {
    shift.ms += ms;
    await trial.worker?.environments.check();
    expect(Date.now() + shift.ms - (store.environments.get(id)?.usedAtMs ?? 0)).toBeLessThan(3_600_000);
  };
  await later(30 * 86_400_000);
  await later(-30 * 86_400_000);
  await commands.pauseEverything({ reason: "" }, tester);
  shift.ms += 2 * 86_400_000;
  await trial.worker?.environments.check();
  await commands.resumeEverything({}, tester);
  await later(0);
  expect(folders()).toEqual([id]);
  unvisited(2);
  await vi.waitFor(() => expect(store.environments.get(id)).toBeNull(), { timeout: 30_000 });
  expect(folders()).toEqual([]);
}, 120_000);

test("what ran when the server was killed runs again with its data, and its leftovers are removed", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "banyan-environments-data-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const first = await start(SCRIPT, { dataDir });
  const { folder } = repository();
  const { commands, until } = environmentsOf(first);
  await commands.addProject({ address: folder, name: "shop", check: "true" }, tester);
  const { id } = await commands.bringUpEnvironment({ id: "shop" }, tester);
  await until(id, "running");
  // As a kill leaves it: rows as they were, and the folder of an environment whose row is gone.
  await first.worker?.environments.stop();
  mkdirSync(join(dataDir, "environments", "gone-shop-abc", "files"), { recursive: true });
  await first.runtime.store.environments.set(id, ["running"], { state: "preparing" });
  await first.close();
  const second = await start(SCRIPT, { dataDir });
  const again = environmentsOf(second);
  await again.until(id, "running");
  expect(await again.ask(id)).toMatchObject({ starts: 2 });
  expect(again.folders()).toEqual([id]);
  // Nothing is done with one that failed, so only a sweep finds what it leaves.
  const failing = await again.commands.bringUpEnvironment({ id: "shop", name: "broken", command: "exit 3" }, tester);
  await again.until(failing.id, "failed");
  await again.commands.removeProject({ id: "shop" }, tester);
  await vi.waitFor(() => expect(again.folders()).toEqual([]), { timeout: 30_000 });
}, 120_000);

test("each fault is one sentence, and nothing of a failed environment runs on", async () => {
  const trial = await start(SCRIPT);
  const { commands, until, one } = environmentsOf(trial);
  const { folder, put, git } = repository();
  await commands.addProject({ address: folder, name: "shop", check: "true" }, tester);
  let count = 0;
  const up = async (given: object, why: RegExp) => {
    count += 1;
    const { id } = await commands.bringUpEnvironment({ id: "shop", name: `one-${count}`, ...given }, tester);
    await until(id, "failed");
    expect((await one(id)).why).toMatch(why);
  };
  await up({ branch: "never" }, /has no branch never\.$/);
  await up({ command: "exit 3" }, /^The service ended with exit status 3 before it listened\.$/);
  await up(
    { command: "sleep 1; echo 'no database'; exit 4" },
    /exit status 4 before it listened\. It said last: no database$/,
  );
  await up(
    { secrets: { KEY: "NEVER_SET" } },
    /^There is no secret NEVER_SET in the vault, which KEY needs: set it first\.$/,
  );
  await commands.changeProject({ id: "shop", setup: "echo no network >&2; exit 5" }, tester);
  await up({}, /^The setup command ended with exit status 5: echo no network >&2; exit 5\.$/);
  await commands.changeProject({ id: "shop", setup: null }, tester);
  git("rm", "-q", "package.json");
  put("README.md", "Nothing starts it.");
  await up({}, /^Nothing says how the service starts: give its package\.json a script/);
  await commands.changeProject({ id: "shop", start: "exec node server.mjs" }, tester);
  await commands.bringUpEnvironment({ id: "shop" }, tester);
  await until("shop/preview", "running");
  await expect(commands.bringUpEnvironment({ id: "never" }, tester)).rejects.toThrow("There is no project");
  await expect(commands.endEnvironment({ id: "never" }, tester)).rejects.toThrow(
    /^There is no environment "never": there are shop\/one-1, /,
  );
}, 180_000);

test("nobody takes the name of a pull request's environment, and there are at most fifty", async () => {
  const { runtime } = await start(SCRIPT, { work: false });
  const { commands } = runtime.application;
  await commands.addProject({ address: repository().folder, name: "shop", check: "true" }, tester);
  await expect(commands.bringUpEnvironment({ id: "shop", name: "pr-7" }, tester)).rejects.toThrow("a pull request");
  const none = { branch: null, pull: null, pullHead: null, command: null, variables: {}, secrets: {} };
  const { environments } = runtime.store;
  const add = (uid: string) =>
    environments.add({ ...none, uid, project: "shop", name: uid, keepMs: 1, createdBy: "mara" });
  for (let at = 0; at < 50; at += 1) expect(await add(`one-${at}`)).toBe(true);
  expect(await add("other")).toBe(false);
}, 60_000);

test("an environment that comes up again keeps what is left out, and an operator points its secrets at nothing else", async () => {
  const { runtime } = await start(SCRIPT, { work: false, env: { BANYAN_WORKSPACE_ROOTS: realpathSync(tmpdir()) } });
  const { commands } = runtime.application;
  await commands.addProject({ address: repository().folder, name: "shop", check: "true" }, tester);
  const settings = { branch: "main", command: "node server.mjs", variables: { A: "1", B: "2" } };
  const given = { id: "shop", name: "trial", ...settings, secrets: { KEY: "shop.key" }, keep_days: 9 };
  const { id } = await commands.bringUpEnvironment(given, ownerCalled("you"));
  const now = () => runtime.store.environments.get(id);
  const kept = { ...settings, secrets: { KEY: "shop.key" }, keepMs: 9 * 86_400_000 };
  const operator = guarded(runtime.application, { id: "user:o", name: "o@example.org", role: "operator" }).commands;
  const again = (more: object) => operator.bringUpEnvironment({ id: "shop", name: "trial", ...more });
  await again({});
  await again({ variables: { B: "2", A: "1" }, branch: "main" });
  expect(now()).toMatchObject(kept);
  for (const other of [{ branch: "theirs" }, { command: "env" }, { variables: { NODE_OPTIONS: "--import=x" } }])
    await expect(again(other)).rejects.toThrow("only an admin changes its branch, command and variables");
  expect(now()).toMatchObject(kept);
  await again({ keep_days: 2, secrets: {}, branch: "theirs", variables: {} });
  expect(now()).toMatchObject({ ...kept, branch: "theirs", variables: {}, secrets: {}, keepMs: 2 * 86_400_000 });
}, 60_000);

test("a reviewer points secrets of an environment or a target at nothing else by what their project says", async () => {
  const { runtime } = await start(SCRIPT, { work: false, env: { BANYAN_WORKSPACE_ROOTS: realpathSync(tmpdir()) } });
  const { store, application } = runtime;
  const admin = guarded(application, ownerCalled("you")).commands;
  const reviewer = guarded(application, { id: "user:r", name: "r@example.org", role: "reviewer" }).commands;
  await admin.addProject({ address: repository().folder, name: "shop", branch: "main", check: "true", setup: "true" });
  const change = (more: object) => reviewer.changeProject({ id: "shop", ...more });
  const up = (more: object) => admin.bringUpEnvironment({ id: "shop", ...more });
  const refused = (more: object, what: string) =>
    expect(change(more)).rejects.toThrow(`preview has secrets, so only an admin changes the ${what} of shop`);
  const serving = { start: "node server.mjs" };
  await change(serving);
  const { id } = await up({ secrets: { KEY: "shop.key" } });
  await change({ ...serving, branch: " main ", setup: "true", check: "npm test", previews: true, cost_usd: 2 });
  await refused({ start: null }, "command that starts the service");
  await refused({ branch: "theirs" }, "branch");
  await refused({ branch: null }, "branch");
  await refused({ setup: "sed -i s/a/b/ server.mjs" }, "setup command");
  // What it has of its own does not come from the project.
  await up({ command: "node server.mjs" });
  await change({ start: "node other.mjs" });
  await refused({ branch: "theirs" }, "branch");
  await up({ branch: "main" });
  await change({ branch: "next" });
  await refused({ setup: null }, "setup command");
  expect(store.projects.get("shop")).toMatchObject({ branch: "next", setup: "true" });
  await admin.changeProject({ id: "shop", setup: "npm ci" });
  await store.environments.remove(id);
  await change({ setup: null });

  const target = { id: "shop", name: "production", deploy: "make deploy" };
  for (const secrets of [{ secrets: { TOKEN: "shop.token" } }, { plan_secrets: { TOKEN: "shop.reader" } }]) {
    await admin.setTarget({ ...target, ...secrets });
    await expect(change({ setup: "npm ci" })).rejects.toThrow(
      "production has secrets, so only an admin changes the setup",
    );
  }
  await admin.setTarget(target);
  await change({ setup: "npm ci", branch: "main", start: null });
}, 60_000);

test("variables that somebody else typed stay with what they were given to, unless an admin or their sender moves them", async () => {
  const { runtime } = await start(SCRIPT, { work: false, env: { BANYAN_WORKSPACE_ROOTS: realpathSync(tmpdir()) } });
  const { store, application } = runtime;
  await application.commands.addProject({ address: repository().folder, name: "shop", check: "true" }, tester);
  const as = (name: string, role: "admin" | "operator") =>
    guarded(application, { id: `user:${name}`, name, role }).commands;
  const up = (by: ReturnType<typeof as>, more: object) => by.bringUpEnvironment({ id: "shop", ...more });
  const [admin, mara, olaf] = [as("ann", "admin"), as("mara", "operator"), as("olaf", "operator")];
  const variables = { API_KEYS: "k-real" };
  const { id } = await up(mara, { variables });
  const now = () => store.environments.get(id);
  for (const other of [{ command: "env" }, { branch: "theirs" }, { command: "env", secrets: {} }])
    await expect(up(olaf, other)).rejects.toThrow("preview has variables, which another branch or command could show");
  await up(olaf, { keep_days: 5 });
  expect(now()).toMatchObject({ command: null, branch: null, variables, keepMs: 5 * 86_400_000 });
  await up(mara, { command: "node server.mjs", variables });
  await up(admin, { branch: "next" });
  expect(now()).toMatchObject({ command: "node server.mjs", branch: "next", variables });
  await up(olaf, { command: "env", variables: { OTHER: "1" } });
  expect(now()).toMatchObject({ command: "env", variables: { OTHER: "1" } });
}, 60_000);

test("an environment that the server brings up in the same moment restarts and ends as the answer says", async () => {
  const { runtime } = await start(SCRIPT, { work: false });
  const { store, application } = runtime;
  await application.commands.addProject({ address: repository().folder, name: "shop", check: "true" }, tester);
  const { id } = await application.commands.bringUpEnvironment({ id: "shop" }, tester);
  /** The server's step is stored after the command has read the state, and before what it writes. */
  const beside = async (command: () => Promise<object>) => {
    const step = store.environments.set(id, ["waiting"], { state: "starting" });
    const [isStepped] = await Promise.all([step, command()]);
    expect(isStepped).toBe(true);
    return store.environments.get(id)?.state;
  };
  expect(await beside(() => application.commands.restartEnvironment({ id }, tester))).toBe("waiting");
  expect(await beside(() => application.commands.endEnvironment({ id }, tester))).toBe("ending");
  await application.commands.endEnvironment({ id }, tester);
  await expect(application.commands.restartEnvironment({ id }, tester)).rejects.toThrow("preview ends just now");
}, 60_000);

test("whoever may not name a project's folder makes, restarts, checks and ends none of its environments", async () => {
  const { runtime } = await start(SCRIPT, { work: false });
  const { commands } = runtime.application;
  await commands.addProject({ address: repository().folder, name: "shop", check: "true" }, tester);
  const { id } = await commands.bringUpEnvironment({ id: "shop" }, ownerCalled("you"));
  const operator = guarded(runtime.application, { id: "user:o", name: "o@example.org", role: "operator" }).commands;
  for (const refused of [
    () => operator.bringUpEnvironment({ id: "shop" }),
    () => operator.restartEnvironment({ id }),
    () => operator.checkEnvironment({ id }),
    () => operator.endEnvironment({ id }),
  ])
    await expect(refused()).rejects.toThrow("only in folders that an admin opened");
  expect(runtime.store.environments.get(id)?.state).toBe("waiting");
}, 60_000);

test("secrets reach an environment by an admin alone, and are shown nowhere", async () => {
  const trial = await start(SCRIPT, { env: { BANYAN_WORKSPACE_ROOTS: realpathSync(tmpdir()) } });
  const { commands, until, ask: get, log, one } = environmentsOf(trial);
  await commands.addProject({ address: repository().folder, name: "shop", check: "true" }, tester);
  await commands.setSecret({ id: "shop.key", value: "a-value-of-the-vault-1" }, ownerCalled("you"));
  const operator = guarded(trial.runtime.application, { id: "user:o", name: "o@example.org", role: "operator" });
  await expect(operator.commands.bringUpEnvironment({ id: "shop", secrets: { KEY: "shop.key" } })).rejects.toThrow(
    "needs admin",
  );
  await expect(operator.commands.bringUpEnvironment({ id: "shop", variables: { "no name": "1" } })).rejects.toThrow(
    "The name of a variable has letters",
  );
  const { id } = await commands.bringUpEnvironment({ id: "shop", secrets: { KEY: "shop.key" } }, ownerCalled("you"));
  await until(id, "running");
  expect(await get(id)).toMatchObject({ key: "a-value-of-the-vault-1" });
  expect(await log(id)).toContain("start 1 with ");
  expect(await log(id)).not.toContain("a-value-of-the-vault-1");
  expect(JSON.stringify(await one(id))).not.toContain("a-value-of-the-vault-1");
});

const DOCUMENT = `
openapi: 3.1.0
info: { title: Shop, version: "1" }
paths:
  /:
    get:
      responses:
        "200":
          description: How often it started.
          content: { application/json: { schema: { type: object, required: [starts], properties: { starts: { type: integer } } } } }
`;

test("checks ask a service of the same commit with empty data: its contract, and load with the number it must keep", async () => {
  const trial = await start(SCRIPT);
  const { commands, until, ask: get, one } = environmentsOf(trial);
  const { folder, put } = repository({ "openapi.yaml": DOCUMENT });
  await commands.addProject({ address: folder, name: "shop", check: "true" }, tester);
  const { id } = await commands.bringUpEnvironment({ id: "shop" }, tester);
  const early = await commands.checkEnvironment({ id }, tester).catch((error: Error) => error.message);
  expect(early).toBe("preview does not run yet: its service can be checked once it did.");
  await until(id, "running");
  const checks = async (given: object) => {
    await commands.checkEnvironment({ id, ...given }, tester);
    await vi.waitFor(async () => expect(await one(id)).toMatchObject({ is_checking: false }), { timeout: 60_000 });
    return (await one(id)).checks;
  };
  const load = { path: "/", connections: 2, seconds: 1, p95_ms: 60_000 };
  const clean = await checks({ requests: 20, load });
  expect(clean).toMatchObject({ contract: { operations: 1, found: 0 }, not_measured: [], by: "tester" });
  expect(clean?.load).toMatchObject({ ...load, errors: 0, ms: { p50: expect.any(Number), p95: expect.any(Number) } });
  expect(clean?.load?.requests).toBeGreaterThan(10);
  expect(clean && checksHold(clean)).toBe(true);
  const late = clean?.load && { ...clean.load, p95_ms: 0.01 };
  expect(clean && late && checksHold({ ...clean, load: late })).toBe(false);
  // The environment itself was not asked, and keeps its data.
  expect(await get(id)).toMatchObject({ starts: 1 });
  put("openapi.yaml", DOCUMENT.replace("type: integer", "type: string"));
  await commands.bringUpEnvironment({ id: "shop" }, tester);
  await vi.waitFor(
    async () =>
      expect(await one(id)).toMatchObject({ state: "running", commit: expect.not.stringMatching(clean?.commit ?? "") }),
    { timeout: 30_000 },
  );
  const broken = await checks({ requests: 20, load: { path: "/end", connections: 1, seconds: 1 } });
  expect(broken?.contract).toMatchObject({ found: 1, findings: [{ show: expect.stringContaining("curl") }] });
  expect(broken?.not_measured).toEqual(["The load was not measured: the service answered no request."]);
  expect(await get(id)).toMatchObject({ starts: 2 });
  expect(trial.faults).toEqual([]);
}, 180_000);

test("a commit is measured against what it says, whatever its setup command writes", async () => {
  const trial = await start(SCRIPT);
  const { commands, until, one } = environmentsOf(trial);
  const asked = DOCUMENT.replace("type: integer", "type: string");
  const { folder } = repository({ "openapi.yaml": asked, "easy.yaml": DOCUMENT });
  const setup = "mv easy.yaml openapi.yaml; mkdir spec; mkfifo openapi.json spec/specification.yaml";
  await commands.addProject({ address: folder, name: "shop", check: "true", setup }, tester);
  const { id } = await commands.bringUpEnvironment({ id: "shop" }, tester);
  await until(id, "running");
  const checks = async () => {
    await commands.checkEnvironment({ id, requests: 20 }, tester);
    await vi.waitFor(async () => expect(await one(id)).toMatchObject({ is_checking: false }), { timeout: 150_000 });
    return (await one(id)).checks;
  };
  expect((await checks())?.contract).toMatchObject({ operations: 1, found: 1 });
  // As an environment of an older version is.
  rmSync(join(trial.dataDir, "environments", id, "documents"), { recursive: true });
  expect((await checks())?.not_measured).toEqual([
    "Nothing was checked: An older version of Banyan prepared this environment. Bring it up again, then check it.",
  ]);
}, 360_000);

test("checks hold back no environment, begin nothing while everything is paused, and leave with a project", async () => {
  const shift = { ms: 0 };
  const trial = await start(SCRIPT, { runtime: { now: () => Date.now() + shift.ms } });
  const { commands, until, one, folders, ask: get } = environmentsOf(trial);
  const { folder, version } = repository();
  await commands.addProject({ address: folder, name: "shop", check: "true" }, tester);
  const up = async (name: string) => (await commands.bringUpEnvironment({ id: "shop", name }, tester)).id;
  const checked = await Promise.all(["first", "second", "third"].map(up));
  for (const id of checked) await until(id, "running");
  shift.ms += 16 * 60_000;
  for (const id of checked) await until(id, "asleep");
  const load = { path: "/", connections: 1, seconds: 120 };
  await commands.pauseEverything({ reason: "" }, tester);
  for (const id of checked) await commands.checkEnvironment({ id, requests: 1, load }, tester);
  // Where a check runs, it has its data; the third waits for its turn.
  const going = () => checked.filter((id) => existsSync(join(trial.dataDir, "environments", id, "checked-data")));
  await trial.worker?.environments.check();
  expect(going()).toEqual([]);
  await commands.resumeEverything({}, tester);
  await vi.waitFor(() => expect(going()).toHaveLength(2), { timeout: 30_000 });
  await until(await up("other"), "running");
  expect(going()).toHaveLength(2);
  for (const id of checked) expect(await one(id)).toMatchObject({ state: "asleep", is_checking: true });
  // Who opens one does not wait for its check; a newer commit ends the check of the old one.
  const [first = ""] = going();
  await trial.runtime.store.environments.use(first);
  await until(first, "running");
  expect(going()).toContain(first);
  version(2);
  await commands.bringUpEnvironment({ id: "shop", name: (await one(first)).name }, tester);
  await vi.waitFor(async () => expect(await get(first)).toMatchObject({ version: 2 }), { timeout: 60_000 });
  expect(await one(first)).toMatchObject({ is_checking: true, checks: null });
  await commands.removeProject({ id: "shop" }, tester);
  await vi.waitFor(() => expect(folders()).toEqual([]), { timeout: 30_000 });
  expect(trial.faults).toEqual([]);
}, 180_000);

/** How many processes this one has started, with those that they have started. */
function descendants(): number {
  const parents = new Map<string, string>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
    try {
      // The name in brackets may hold anything; the state and the parent follow it.
      const [, parent = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
      parents.set(pid, parent);
    } catch {
      // It has just ended.
    }
  const isOurs = (pid: string | undefined): boolean =>
    pid !== undefined && (pid === String(process.pid) || isOurs(parents.get(pid)));
  return [...parents.values()].filter(isOurs).length;
}

test("twenty idle environments sleep and end by themselves, and no process of them is left", async () => {
  const shift = { ms: 0 };
  const trial = await start(SCRIPT, { runtime: { now: () => Date.now() + shift.ms } });
  const { commands, folders, unvisited } = environmentsOf(trial);
  const { store } = trial.runtime;
  await commands.addProject({ address: repository().folder, name: "shop", check: "true" }, tester);
  const before = descendants();
  const names = Array.from({ length: 20 }, (_, at) => `idle-${at}`);
  for (const name of names) await commands.bringUpEnvironment({ id: "shop", name, keep_days: 2 }, tester);
  const states = () => new Set(store.environments.all().map(({ state }) => state));
  await vi.waitFor(() => expect(states()).toEqual(new Set(["running"])), { timeout: 120_000, interval: 200 });
  expect(descendants()).toBeGreaterThanOrEqual(before + 20);
  shift.ms += 16 * 60_000;
  await vi.waitFor(() => expect(states()).toEqual(new Set(["asleep"])), { timeout: 60_000, interval: 200 });
  await vi.waitFor(() => expect(descendants()).toBeLessThanOrEqual(before), { timeout: 30_000 });
  unvisited(2);
  await vi.waitFor(() => expect(store.environments.all()).toEqual([]), { timeout: 60_000, interval: 200 });
  expect(folders()).toEqual([]);
  expect(trial.faults).toEqual([]);
}, 240_000);
