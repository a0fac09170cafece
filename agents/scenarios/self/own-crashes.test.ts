/** Kills a worker's process around each snapshot, checkout and merge of own folders, and restarts it: same files. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openReadRuntime } from "@/agents/boot/read-runtime";
import type { FilesMerged } from "@/core/log/entries";
import { readSettings } from "@/lib/env";
import { type Crashing, prepareCrashes } from "@/tests/agents/crashing";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { filesIn, logOf, sub, taskScript, titled, unansweredCalls } from "@/tests/agents/scenario";
import { type ScriptedProvider, startScriptedProvider } from "@/tests/agents/scripted-provider";
import { startTrial } from "@/tests/agents/trial";
import { changeAgent } from "@/tests/agents/world-tool";

let provider: ScriptedProvider;
let crashing: Crashing;
let treeId = "";

const write = (path: string, content: string) => call("write_file", { path, content });
const own = (title: string, more = {}) => sub(title, { workspace: "own", ...more });
const script = taskScript({
  root: [write("base.txt", "base"), startSubtask(own("one"), own("two")), endTask("done")],
  // The subtask that ends first is merged.
  one: [write("twin.txt", "one"), startSubtask(own("below")), endTask("one")],
  two: [write("twin.txt", "two"), endTask("two")],
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
}, 600_000);

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
  const readRuntime = openReadRuntime({
    settings: readSettings({ BANYAN_DATA_DIR: dataDir }, process.cwd()),
    program: process.cwd(),
    checkout: process.cwd(),
    version: "test",
  });
  const { queries } = readRuntime;
  const tree = await queries.getTree(treeId);
  expect(tree.tasks.map((task) => [task.title, task.status]).sort()).toEqual(
    ["below", "one", "root", "two"].map((title) => [title, "succeeded"]),
  );
  expect(await unansweredCalls(queries, tree)).toEqual([]);
  const mergeOf = async (title: string) => {
    const log = await logOf(queries, titled(tree, title).id);
    const merges = log.filter((message) => message.content.type === "files_merged");
    expect([title, merges.length]).toEqual([title, 1]);
    return merges[0]?.content as unknown as FilesMerged;
  };
  const [filesMerged, two] = [await mergeOf("one"), await mergeOf("two")];
  expect(await mergeOf("below")).toMatchObject({ into: titled(tree, "one").id, changed: 1, conflicts: [] });
  expect([filesMerged.changed, two.changed]).toEqual([2, 1]);
  const isOneFirst = filesMerged.conflicts.length === 0;
  const [merged, other] = isOneFirst ? [filesMerged, two] : [two, filesMerged];
  expect(merged).toMatchObject({ conflicts: [], copies: null });
  expect(other.conflicts).toEqual(["twin.txt"]);
  const lost = isOneFirst ? { "twin.txt": "two" } : { "twin.txt": "one", "below.txt": "below" };
  expect(filesIn(join(dataDir, "workspaces", treeId))).toEqual({
    "base.txt": "base",
    ...(isOneFirst ? { "twin.txt": "one", "below.txt": "below" } : { "twin.txt": "two" }),
    ...Object.fromEntries(Object.entries(lost).map(([name, content]) => [`${other.copies}/${name}`, content])),
  });
  await readRuntime.close();
}

test("killed around each step of own folders and restarted, the files end the same, merged once", async () => {
  const whole = freshFolder("whole");
  const { passed, errors } = await crashing.run(whole, 0, treeId);
  expect(errors).toBe("");
  await check(whole);
  expect(passed).toBeGreaterThan(10);
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
}, 600_000);
