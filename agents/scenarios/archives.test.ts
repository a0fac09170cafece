/** Trees in archives: what is looked at is the same afterwards, nothing acts on it, and it counts for nothing. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { writeWhole } from "@/agents/archives/names";
import { call, endTask, startSubtask } from "@/agents/testing/replies";
import { sub, tester, trialsOfThisFile } from "@/agents/testing/scenario";
import type { Trial } from "@/agents/testing/trial";

const trialOf = trialsOfThisFile();
const LONG = "a long line of output\n".repeat(4_000);

/** A tree of two tasks with files, a snapshot for each change, a long output, a message of a person and a verdict. */
const SCRIPT = {
  root: [
    call("write_file", { path: "notes/a.md", content: "# A\n" }),
    call("write_file", { path: "run.sh", content: LONG }),
    call("read_file", { path: "run.sh" }),
    startSubtask(sub("part")),
    call("write_file", { path: "notes/a.md", content: "# A, again\n" }),
    endTask("all done", { claims: [] }),
  ],
  part: [call("write_file", { path: "part.txt", content: "part\n" }), endTask("part done")],
};

async function withEndedTree() {
  const trial = await trialOf(SCRIPT);
  const { id } = await trial.ended((await trial.submit({ task: "root", agent: "worker" })).id);
  await trial.runtime.application.commands.judgeTree(id, "pass", "It holds.", tester);
  return { trial, id, ...toolsOf(trial) };
}

function toolsOf({ runtime, dataDir }: Trial) {
  const { commands, queries } = runtime.application;
  const archive = async (...ids: string[]) => {
    const opened = await commands.archiveTrees(ids, tester);
    const file = join(mkdtempSync(join(tmpdir(), "banyan-archive-")), opened.name);
    onTestFinished(() => rmSync(join(file, ".."), { recursive: true, force: true }));
    await writeWhole(opened.read(), file, { overwrites: false });
    return file;
  };
  const read = (file: string) => commands.readArchive({ file }, tester);
  return { commands, queries, dataDir, archive, read };
}

/** Everything that the pages of a tree show, with the numbers of messages counted from its first one. */
async function shown({ runtime: { application } }: Trial, id: string): Promise<unknown> {
  const { queries } = application;
  const tree = await queries.getTree(id, { tasks: "rows" });
  const { items: messages } = await queries.listMessages({ treeId: id }, { limit: 1_000 });
  const seqs = new Map(messages.map(({ seq }, index) => [seq, `message ${index + 1}`]));
  const { items: files } = await queries.listFiles(id);
  const contents = [];
  for (const { path } of files) {
    const chunks = [];
    for await (const chunk of (await queries.openFile(id, path)).read()) chunks.push(Buffer.from(chunk));
    contents.push([path, Buffer.concat(chunks).toString()]);
  }
  const outputs = [];
  for (const { seq, kind } of messages) if (kind === "tool_response") outputs.push(await queries.getOutput(seq, 0));
  const view = {
    ...{ tree, messages, files, contents, outputs },
    tasks: await Promise.all(tree.tasks.map((task) => queries.getTask(task.id))),
    facts: await Promise.all(tree.tasks.map((task) => queries.getLogFacts(task.id))),
    use: await queries.getModelUse(id),
    timeline: { ...(await queries.getTimeline(id)), at: null, cursor: null },
    changes: await queries.listChanges(id),
    snapshots: await queries.listSnapshots(id),
    atStart: await queries.listFiles(id, { at: "start" }),
    interventions: await queries.listInterventions({ treeId: id }),
    verdict: await queries.getPersonVerdict(id),
  };
  const isSeq = (key: string) => key === "seq" || key.endsWith("_seq");
  return JSON.parse(JSON.stringify(view), (key, value) => (isSeq(key) ? (seqs.get(value) ?? value) : value));
}

test("a tree looks the same after it was deleted and read again, except for what is said to differ", async () => {
  const { trial, id, archive, read, commands, queries } = await withEndedTree();
  const before = await shown(trial, id);
  const file = await archive(id);
  expect(file).toMatch(new RegExp(`/root-${id}\\.banyan\\.zip$`));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await queries.getArchive({ file })).toMatchObject({
    version: 1,
    trees: [{ id, title: "root", status: "succeeded", tasks: 2 }],
  });
  await commands.deleteTree(id, tester);
  await expect(queries.getTree(id)).rejects.toThrow(/No tree|no tree/);
  expect(await read(file)).toMatchObject({ items: [{ id, outcome: "added" }] });
  expect(await shown(trial, id)).toEqual(before);
  // An archive of what was read is the same archive.
  expect((await read(await archive(id))).items).toEqual([{ id, title: "root", outcome: "already_here" }]);
});
