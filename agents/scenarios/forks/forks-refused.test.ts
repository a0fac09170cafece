import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { call, endTask } from "@/tests/agents/replies";
import { gate, logOf, runRoot, tester, trialsOfThisFile, until } from "@/tests/agents/scenario";
import { startTrial } from "@/tests/agents/trial";

const start = trialsOfThisFile();
const reads = [call("list_agents", {}), endTask("done")];

test("a tree that is deleted while it is forked leaves no fork, whose long texts would be another tree's by and by", async () => {
  const trial = await start({ root: [{ ...call("list_agents", {}), text: "x".repeat(50_000) }, endTask("done")] });
  const { commands, queries } = trial.runtime.application;
  const tree = await runRoot(trial);
  const [fork, deleted] = await Promise.allSettled([
    commands.fork({ id: tree.id, at: (await logOf(trial, tree.root_task_id))[5]?.seq }, tester),
    commands.deleteTree({ id: tree.id }, tester),
  ]);
  expect(deleted.status).toBe("fulfilled");
  expect(fork).toMatchObject({
    status: "rejected",
    reason: { message: "The tree was deleted while it was being forked." },
  });
  expect((await queries.listTrees()).items).toEqual([]);
  expect(readdirSync(join(trial.dataDir, "workspaces"))).toEqual([]);
});

test("texts that say nothing, say too much, or are given twice are refused", async () => {
  const trial = await start({ root: reads });
  const { id, root_task_id } = await runRoot(trial);
  const at = (await logOf(trial, root_task_id))[1]?.seq;
  const refused = (request: object, why: RegExp) =>
    expect(trial.runtime.application.commands.fork({ id, ...request }, tester)).rejects.toThrow(why);
  await refused({ at, message: " " }, /^The new text of the message is empty/);
  await refused(
    { at, message: "one", instruction: "other" },
    /^That message is the instruction: give its new text only once/,
  );
  await refused({ instruction: "x".repeat(1_000_001) }, /^The new instruction is larger than 1 MB/);
  await refused({ at, message: "x".repeat(1_000_001) }, /^The new text is larger than 1 MB/);
});

test("a database at its limit takes no forks, as it takes no trees", async () => {
  const trial = await start({ root: reads });
  const { id } = await runRoot(trial);
  trial.runtime.store.client.sqlite.exec("CREATE TABLE filler (bytes); INSERT INTO filler VALUES (zeroblob(1000000))");
  const full = await startTrial({
    dataDir: trial.dataDir,
    work: false,
    role: "worker",
    env: { BANYAN_MAX_DB_MB: "1" },
  });
  onTestFinished(() => full.close());
  const { commands } = full.runtime.application;
  await expect(commands.fork({ id }, tester)).rejects.toThrow(/reached its limit BANYAN_MAX_DB_MB/);
});

test("a folder that is gone cannot be forked, and a sentence says so", async () => {
  const hold = gate();
  const folder = mkdtempSync(join(tmpdir(), "banyan-forked-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "src"));
  writeFileSync(join(folder, "src", "a.txt"), "a");
  const trial = await start({
    root: async () => {
      await hold.opened;
      return endTask("done");
    },
  });
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker", workspace: folder });
  await until(async () => (await queries.getTree(id)).status === "running", "it is at work");
  rmSync(folder, { recursive: true });
  await expect(commands.fork({ id }, tester)).rejects.toMatchObject({
    kind: "conflict",
    message: expect.stringMatching(/^The files of the tree cannot be forked: .* could not be opened \(ENOENT\)\.$/),
  });
  expect(existsSync(folder)).toBe(false);
  hold.open();
  await trial.ended(id);
});
