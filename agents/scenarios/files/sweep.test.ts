/** The next start removes what a kill left of a deleted or never created tree. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test, vi } from "vitest";
import { backupDatabase, restoreDatabase } from "@/db/file/backup";
import { call, endTask } from "@/tests/agents/replies";
import { runRoot, tester, trialsOfThisFile } from "@/tests/agents/scenario";

const start = trialsOfThisFile();
const YESTERDAY = new Date(Date.now() - 24 * 3_600_000);

test("folders, caches and snapshots whose tree is gone are removed at the start; those of trees stay, and those that are just being made", async () => {
  const write = call("write_file", { path: "a.txt", content: "x" });
  const trial = await start({ root: [write, endTask("done")] });
  const [kept, gone] = [await runRoot(trial), await runRoot(trial)];
  const { store, world } = trial.runtime;
  expect(world.snapshots).toBeDefined();
  // The state after a kill between deleting the rows and the folders.
  await store.trees.delete(store.queries.trees.treeKey(gone.id));
  const at = (...parts: string[]) => join(trial.dataDir, ...parts);
  for (const name of [`${gone.id}.own`, "zzzzzzzzzzzz"]) mkdirSync(at("workspaces", name, "deep"), { recursive: true });
  mkdirSync(at("cache", gone.id), { recursive: true });
  // The copies of a linked repository and of one that is not linked any more, and scratch folders of commits.
  const address = "https://forge.test/acme/widgets";
  const found = { checks: [], setup: null, kinds: [], is_git: true, is_empty: false };
  const project = {
    name: "widgets",
    address,
    branch: null,
    check: null,
    setup: null,
    found,
  };
  await store.projects.add({ ...project, defaults: {}, createdBy: "tester", keys: ["forge.test/acme/widgets"] });
  const link = {
    kind: "github",
    host: "forge.test",
    apiUrl: address,
    path: "acme/widgets",
    cloneUrl: address,
  } as const;
  const set = { label: "banyan", rules: "", mostOpen: 3, maker: tester, login: null, jira: null, createdBy: "tester" };
  await store.forges.setLink("widgets", () => ({ ...link, ...set }));
  const mirror = `forge-${store.forges.link("widgets")?.projectId}`;
  for (const name of [mirror, "forge-99", "forge-gates-abc", "apply/apply-0a"])
    mkdirSync(at("cache", name), { recursive: true });
  writeFileSync(at("workspaces", "zzzzzzzzzzzz", "deep", "x"), "x");
  for (const kind of ["workspaces", "cache"])
    for (const name of readdirSync(at(kind))) utimesSync(at(kind, name), YESTERDAY, YESTERDAY);
  utimesSync(at("cache", "apply", "apply-0a"), YESTERDAY, YESTERDAY);
  mkdirSync(at("workspaces", "yyyyyyyyyyyy"));

  const removed = await trial.runtime.sweep();
  expect(removed).toEqual(
    expect.arrayContaining([
      `workspaces/${gone.id}`,
      `workspaces/${gone.id}.own`,
      "workspaces/zzzzzzzzzzzz",
      `cache/${gone.id}`,
      "cache/forge-99",
      "cache/forge-gates-abc",
      "cache/apply/apply-0a",
      `snapshots of ${gone.id}`,
    ]),
  );
  expect(removed.join()).not.toContain(kept.id);
  expect(readdirSync(at("cache"))).toEqual(expect.arrayContaining(["apply", mirror]));
  expect([kept.id, "yyyyyyyyyyyy"].map((name) => existsSync(at("workspaces", name)))).toEqual([true, true]);
  expect(await trial.runtime.sweep()).toEqual([]);
});

test("a tree whose folder was made unreadable is deleted all the same", async () => {
  const trial = await start({ root: [endTask("done")] });
  const tree = await runRoot(trial);
  const folder = join(trial.dataDir, "workspaces", tree.id);
  mkdirSync(join(folder, "closed", "inner"), { recursive: true });
  writeFileSync(join(folder, "closed", "inner", "file"), "x");
  for (const name of ["closed/inner", "closed"]) chmodSync(join(folder, name), 0o000);
  await trial.runtime.application.commands.deleteTree({ id: tree.id }, tester);
  expect(existsSync(folder)).toBe(false);
});

function ownDataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), "banyan-sweep-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("after a restore, files of newer trees stay as long as the replaced database does, so that the way back loses none", async () => {
  const dataDir = ownDataDir();
  const database = join(dataDir, "banyan.db");
  const script = { root: [call("write_file", { path: "a.txt", content: "x" }), endTask("done")] };
  const first = await start(script, { dataDir });
  const backup = join(dataDir, "before.db");
  backupDatabase(first.runtime.store.client.sqlite, backup);
  const { id } = await runRoot(first);
  await first.close();
  const workspace = join(dataDir, "workspaces", id);
  const age = () => {
    mkdirSync(join(dataDir, "workspaces", "zzzzzzzzzzzz"), { recursive: true });
    for (const name of readdirSync(join(dataDir, "workspaces")))
      utimesSync(join(dataDir, "workspaces", name), YESTERDAY, YESTERDAY);
  };

  const { kept } = restoreDatabase(backup, database, "drizzle");
  age();
  const second = await start(script, { dataDir, work: false });
  expect(await second.runtime.sweep()).toEqual(["workspaces/zzzzzzzzzzzz"]);
  await second.close();
  restoreDatabase(kept ?? "", database, "drizzle");
  const third = await start(script, { dataDir, work: false });
  await third.runtime.sweep();
  expect(readFileSync(join(workspace, "a.txt"), "utf8")).toBe("x");
  await third.close();

  restoreDatabase(backup, database, "drizzle");
  for (const name of readdirSync(join(dataDir, "backups"))) rmSync(join(dataDir, "backups", name));
  age();
  // It finds the snapshots too, so the sweeps before have left them.
  const last = await start(script, { dataDir, work: false });
  expect(await last.runtime.sweep()).toEqual(expect.arrayContaining([`workspaces/${id}`, `snapshots of ${id}`]));
});

test("a server whose settings pair the data folder with another database removes nothing that the folder's own one knows", async () => {
  const dataDir = ownDataDir();
  const script = { root: [call("write_file", { path: "a.txt", content: "x" }), endTask("done")] };
  const first = await start(script, { dataDir });
  const { id } = await runRoot(first);
  await first.close();
  mkdirSync(join(dataDir, "workspaces", "zzzzzzzzzzzz"));
  for (const name of readdirSync(join(dataDir, "workspaces")))
    utimesSync(join(dataDir, "workspaces", name), YESTERDAY, YESTERDAY);

  const env = { DATABASE_URL: join(ownDataDir(), "other.db") };
  const second = await start(script, { dataDir, env, work: false });
  expect(await second.runtime.sweep()).toEqual(["workspaces/zzzzzzzzzzzz"]);
  expect(readFileSync(join(dataDir, "workspaces", id, "a.txt"), "utf8")).toBe("x");
});

test("a replaced database also keeps the folders of its environments and promotions, and a damaged one keeps all", async () => {
  for (const isDamaged of [false, true]) {
    const dataDir = ownDataDir();
    const replaced = join(dataDir, "backups", "replaced-trial-1.db");
    mkdirSync(join(dataDir, "backups"));
    const kinds = ["environments", "promotions"];
    const sqlite = new Database(replaced);
    for (const kind of kinds) sqlite.exec(`CREATE TABLE ${kind} (uid TEXT); INSERT INTO ${kind} VALUES ('kept')`);
    sqlite.close();
    if (isDamaged) writeFileSync(replaced, "damaged");
    for (const kind of kinds)
      for (const name of ["kept", "gone"]) mkdirSync(join(dataDir, kind, name, "data"), { recursive: true });
    const trial = await start({ root: [endTask("done")] }, { dataDir });
    const left = () => kinds.map((kind) => readdirSync(join(dataDir, kind)).sort());
    const checks = [trial.worker?.environments, trial.worker?.promotions];
    for (const one of checks) await one?.check();
    const wanted = isDamaged ? ["gone", "kept"] : ["kept"];
    await vi.waitFor(() => expect(left()).toEqual([wanted, wanted]), { timeout: 30_000 });
    await trial.close();
  }
});
