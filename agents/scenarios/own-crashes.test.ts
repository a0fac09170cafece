/** Kills a worker's process around each snapshot, checkout and merge of own folders, and starts it again: the files end the same. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readSettings } from "@/lib/env";
import { openLooking } from "../looking";
import { type Crashing, prepareCrashes } from "../testing/crashing";
import { call, endTask, startSubtask } from "../testing/replies";
import { logOf, sub, taskScript, titled, unansweredCalls } from "../testing/scenario";
import { type ScriptedProvider, startScriptedProvider } from "../testing/scripted-provider";
import { startTrial } from "../testing/trial";
import { changeAgent } from "../testing/world-tool";

let provider: ScriptedProvider;
let crashing: Crashing;
let treeId = "";

const write = (path: string, content: string) => call("write_file", { path, content });
const own = (title: string, more = {}) => sub(title, { workspace: "own", ...more });
const script = taskScript({
  root: [
    write("base.txt", "base"),
    startSubtask(own("adds"), own("clashes", { depends_on: ["adds"] })),
    endTask("done"),
  ],
  adds: [write("added.txt", "added"), endTask("added")],
  // Its parent's folder says otherwise by the time that it ends: its subtask, which shares nothing with it, is merged first.
  clashes: [write("added.txt", "changed"), startSubtask(own("below")), endTask("changed")],
  below: [write("below.txt", "below"), endTask("below")],
});

beforeAll(async () => {
  crashing = await prepareCrashes(() => provider.url, { BANYAN_TEST_BOUNDARIES: "files" });
  provider = await startScriptedProvider(script, { record: false });
  const trial = await startTrial({ provider, dataDir: crashing.template, work: false });
  const finishing = { evaluate: "never", summarize: "never", document: "never" };
  await changeAgent(trial, "worker", { tools: ["write_file"], finishing });
  treeId = (await trial.submit({ task: "root", agent: "worker" })).id;
  await trial.close();
}, 60_000);

afterAll(async () => {
  await provider.close();
  crashing.remove();
});

/** Each copy works in its own folder: the row has the template's. */
function freshFolder(name: string): string {
  const dataDir = crashing.freshFolder(name);
  const sqlite = new Database(join(dataDir, "banyan.db"));
  sqlite.prepare("UPDATE trees SET workspace = ?").run(join(dataDir, "workspaces", treeId));
  sqlite.close();
  return dataDir;
}

async function check(dataDir: string): Promise<void> {
  const looking = openLooking({
    settings: readSettings({ BANYAN_DATA_DIR: dataDir }, process.cwd()),
    checkout: process.cwd(),
    version: "test",
  });
  const { queries } = looking;
  const tree = await queries.getTree(treeId);
  expect(tree.tasks.map((task) => [task.title, task.status]).sort()).toEqual(
    ["adds", "below", "clashes", "root"].map((title) => [title, "succeeded"]),
  );
  expect(await unansweredCalls(queries, tree)).toEqual([]);
  const folder = join(dataDir, "workspaces", treeId);
  const files = Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  expect(files).toEqual({ "base.txt": "base", "added.txt": "changed", "below.txt": "below" });
  for (const [title, changed] of [
    ["adds", 1],
    ["below", 1],
    ["clashes", 2],
  ] as const) {
    const log = await logOf(queries, titled(tree, title).id);
    const merges = log.filter((message) => message.content.type === "files_merged");
    expect([title, merges.length]).toEqual([title, 1]);
    expect(merges[0]?.content).toMatchObject({ changed, conflicts: [], copies: null });
  }
  await looking.close();
}

test("killed around each step of own folders and started again, the files end the same, merged once", async () => {
  const whole = freshFolder("whole");
  const { passed, errors } = await crashing.run(whole, 0, treeId);
  expect(errors).toBe("");
  await check(whole);
  expect(passed).toBeGreaterThan(20);
  const points = Array.from({ length: passed }, (_, index) => index + 1);
  const sweep = async () => {
    for (let at = points.shift(); at !== undefined; at = points.shift()) {
      const dataDir = freshFolder(`at-${at}`);
      const first = await crashing.run(dataDir, at, treeId);
      if (first.signal === "SIGKILL") expect([at, (await crashing.run(dataDir, 0, treeId)).signal]).toEqual([at, null]);
      await check(dataDir).catch((error: Error) => {
        throw new Error(`Killed at boundary ${at} of ${passed}: ${error.message}`, { cause: error });
      });
      rmSync(dataDir, { recursive: true, force: true });
    }
  };
  await Promise.all([sweep(), sweep()]);
}, 300_000);
