/** Trees in archives: what is looked at is the same afterwards, nothing acts on it, and it counts for nothing. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { expect, onTestFinished, test, vi } from "vitest";
import { keepArchive } from "@/agents/archives/keep";
import { writeWhole } from "@/agents/archives/names";
import { guarded } from "@/agents/guard/guard";
import { droppableSnapshots } from "@/agents/retention/snapshots";
import type { Role } from "@/core/rules/roles";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { sub, tester, trialsOfThisFile } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";

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
  await trial.runtime.application.commands.judgeTree({ id, outcome: "pass", reason: "It holds." }, tester);
  return { trial, id, ...toolsOf(trial) };
}

function toolsOf({ runtime, dataDir }: Trial) {
  const { commands, queries } = runtime.application;
  const archive = async (...ids: string[]) => {
    const opened = await commands.archiveTrees({ trees: ids }, tester);
    const file = join(mkdtempSync(join(tmpdir(), "banyan-archive-")), opened.name);
    onTestFinished(() => rmSync(join(file, ".."), { recursive: true, force: true }));
    await writeWhole(opened.read(), file, { overwrites: false });
    return file;
  };
  const read = (file: string) => commands.readArchiveFile({ file }, tester);
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
    tree,
    messages,
    files,
    contents,
    outputs,
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
  // Reading pins it, and it is marked.
  const isOther = (key: string) => key === "pinned" || key === "from_archive";
  return JSON.parse(JSON.stringify(view), (key, value) =>
    isOther(key) ? undefined : isSeq(key) ? (seqs.get(value) ?? value) : value,
  );
}

test("a tree looks the same after it was deleted and read again, except for what is said to differ", async () => {
  const { trial, id, archive, read, commands, queries } = await withEndedTree();
  const before = await shown(trial, id);
  expect((await queries.getProof(id)).from_archive).toBeUndefined();
  const file = await archive(id);
  expect(file).toMatch(new RegExp(`/root-${id}\\.banyan\\.zip$`));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await queries.getArchive({ file })).toMatchObject({
    version: 1,
    trees: [{ id, title: "root", status: "succeeded", tasks: 2 }],
  });
  await commands.deleteTree({ id }, tester);
  await expect(queries.getTree(id)).rejects.toThrow(/No tree|no tree/);
  expect(await read(file)).toMatchObject({ items: [{ id, outcome: "added" }] });
  expect(await shown(trial, id)).toEqual(before);
  expect(await queries.getTree(id)).toMatchObject({ from_archive: true, pinned: { by: tester.name } });
  expect((await queries.getProof(id)).from_archive).toBe(true);
  // An archive of what was read is the same archive.
  expect((await read(await archive(id))).items).toEqual([{ id, title: "root", outcome: "already_here" }]);
});

test("a tree that worked in a person's folder is compared with the same files when it is read again", async () => {
  const trial = await trialOf({
    root: [call("write_file", { path: "a.txt", content: "2" }), endTask("done")],
    "*": endTask("noted"),
  });
  const { archive, read, commands, queries } = toolsOf(trial);
  const workspace = mkdtempSync(join(tmpdir(), "banyan-own-"));
  onTestFinished(() => rmSync(workspace, { recursive: true, force: true }));
  for (const name of ["a.txt", "b.txt"]) writeFileSync(join(workspace, name), "1");
  const { id } = await trial.ended((await trial.submit({ task: "root", agent: "worker", workspace })).id);
  const before = await queries.listChanges(id);
  expect(before.items).toMatchObject([{ path: "a.txt", change: "modified" }]);
  const file = await archive(id);
  await commands.deleteTree({ id }, tester);
  await read(file);
  expect(await queries.listChanges(id)).toEqual(before);
});

/** A tree that failed and raised a flag, in an archive, and another installation with a worker. */
async function failedElsewhere() {
  const from = await trialOf({
    root: [
      call("flag_for_review", { issue: "Somebody should look at it." }),
      call("end_task", { status: "failure", result: "It cannot be done." }),
    ],
  });
  const workspace = mkdtempSync(join(tmpdir(), "banyan-copied-"));
  onTestFinished(() => rmSync(workspace, { recursive: true, force: true }));
  const submission = { task: "root", agent: "worker", workspace, copy: true };
  const { id, root_task_id: root } = await from.ended((await from.submit(submission)).id);
  const file = await toolsOf(from).archive(id);
  const trial = await trialOf({ "*": endTask("done") });
  return { file, id, root, trial, from, workspace, ...toolsOf(trial) };
}

test("what was read from an archive counts for nothing and tells nobody", async () => {
  const { file, id, trial, read, queries } = await failedElsewhere();
  const { store } = trial.runtime;
  const counted = async () => ({
    figures: await queries.getFigures(),
    agents: [...store.queries.figures.ofAgents(), ...store.queries.entries.runs(0)],
    faults: await store.faults.gather(Date.now()),
    ended: store.webhooks.endedSince(0),
    waiting: store.webhooks.waitingSince(0),
    open: await queries.listReviews({ open: true }),
    inside: store.queries.failedTasks.inside(0),
    rounds: store.governor.goalRoundsOn(Date.now()),
    spent: store.queries.status.spentOn(Date.now()),
    replays: store.replays.sources({ kind: "agent", name: "worker" } as Parameters<typeof store.replays.sources>[0]),
  });
  const before = await counted();
  await read(file);
  const { sqlite } = store.client;
  // As if it had pursued a goal, and as if its agent had met a fault of Banyan.
  sqlite.prepare("UPDATE tasks SET model = 'iteration', reason = 'internal', started_at_ms = ?").run(Date.now());
  const { figures, ...after } = await counted();
  expect({ ...after, figures: { ...figures, tasks: before.figures.tasks, commits: before.figures.commits } }).toEqual(
    before,
  );
  expect((await queries.listReviews({ treeId: id })).items).toMatchObject([{ kind: "flag", status: "withdrawn" }]);
  // Without its mark it would count, so that this test can fail.
  const mark = sqlite.prepare("SELECT archive_hash FROM trees").pluck().get();
  const setMark = sqlite.prepare("UPDATE trees SET archive_hash = ?");
  setMark.run(null);
  const unmarked = await counted();
  expect([unmarked.ended.length, unmarked.inside.length, unmarked.rounds]).toEqual([1, 1, 1]);
  expect(unmarked.replays).toHaveLength(1);
  expect(unmarked.figures.tokens_in).toBeGreaterThan(0);
  setMark.run(mark);
  // A worker that takes other work leaves it as it is.
  const tree = await queries.getTree(id);
  await trial.ended((await trial.submit({ task: "other", agent: "worker" })).id);
  expect(await queries.getTree(id)).toEqual(tree);
});

test("what was read from an archive keeps its files when snapshots take more than their limit, and younger trees lose theirs", async () => {
  const { trial, id, archive, commands, queries, read } = await withEndedTree();
  const file = await archive(id);
  await commands.deleteTree({ id }, tester);
  await read(file);
  const younger = await trial.ended((await trial.submit({ task: "root", agent: "worker" })).id);
  const snapshots = trial.runtime.world.snapshots as SnapshotStore;
  const retentionSettings = { days: null, megabytes: null, keepsGoals: null, archiveFolder: null };
  const sources = { store: trial.runtime.store, retentionSettings };
  const droppable = (trees: readonly string[]) => droppableSnapshots(sources, trees);
  await snapshots.compact({ maxBytes: 1, droppable });
  expect(await snapshots.trees()).toEqual([id]);
  const { items } = await queries.listFiles(id);
  expect(items.map(({ path }) => path)).toContain("part.txt");
  expect(younger.id).not.toBe(id);
});

test("the archive that retention writes has the files also when the tree's snapshots were dropped", async () => {
  const { trial, id, commands, queries, read, dataDir } = await withEndedTree();
  const { store, world } = trial.runtime;
  const before = (await queries.listFiles(id)).items.map(({ path }) => path);
  await (world.snapshots as SnapshotStore).compact({ maxBytes: 1, droppable: (trees) => trees });
  store.client.sqlite.prepare("UPDATE trees SET ended_at_ms = ?").run(Date.now() - 40 * 86_400_000);
  await commands.setRetention({ archive: true }, tester);
  expect(await commands.cleanNow({ days: 30 }, tester)).toMatchObject({ removed: 1 });
  const [name = ""] = readdirSync(join(dataDir, "archives"));
  await read(join(dataDir, "archives", name));
  expect(before).toContain("part.txt");
  expect((await queries.listFiles(id)).items.map(({ path }) => path)).toEqual(before);
});

test("a cleaning removes nothing once other settings hold than its preview showed, also in the middle of a run", async () => {
  const { trial, id, commands, queries } = await withEndedTree();
  const { client, retention } = trial.runtime.store;
  const { sqlite } = client;
  sqlite.prepare("UPDATE trees SET ended_at_ms = ?").run(Date.now() - 40 * 86_400_000);
  sqlite.prepare("UPDATE tasks SET agent = 'goal'").run();
  const preview = async () => (await queries.previewRetention({ days: 30 })).settings;
  const removes = (previewed: Awaited<ReturnType<typeof preview>>) =>
    commands.cleanNow({ days: 30, previewed }, tester);
  const refused = { kind: "conflict", message: expect.stringContaining("preview again") };
  await commands.setRetention({ archive: true }, tester);
  const goalStays = await preview();
  await commands.setRetention({ keep_goals: false }, tester);
  await expect(removes(goalStays)).rejects.toMatchObject(refused);
  const isArchived = await preview();
  await commands.setRetention({ archive: false }, tester);
  await expect(removes(isArchived)).rejects.toMatchObject(refused);
  await commands.setRetention({ archive: true }, tester);
  const claim = retention.claim.bind(retention);
  vi.spyOn(retention, "claim").mockImplementationOnce(async (...run) => {
    const isClaimed = await claim(...run);
    await commands.setRetention({ archive: false }, tester);
    return isClaimed;
  });
  await expect(removes(isArchived)).rejects.toMatchObject(refused);
  expect(await queries.getTree(id)).toMatchObject({ id });
  expect((await queries.getRetention()).last).toMatchObject({
    removed: 0,
    problem: expect.stringContaining("changed"),
  });
  expect(await removes(await preview())).toMatchObject({ removed: 1 });
});

test("nothing acts on what was read from an archive, except pins and deleting it", async () => {
  const { file, id, root, from, workspace, commands, read, queries } = await failedElsewhere();
  await read(file);
  const acts = {
    retry: commands.retry({ id }, tester),
    task: commands.retry({ id: root }, tester),
    continue: commands.continueTask({ id: root, text: "go on" }, tester),
    fork: commands.fork({ id }, tester),
    steer: commands.steer({ id: root, text: "hello" }, tester),
    stop: commands.stop({ id, reason: "" }, tester),
    pause: commands.pause({ id }, tester),
    resume: commands.resume({ id }, tester),
    step: commands.step({ id: root }, tester),
    change: commands.change({ id: root, priority: 3 }, tester),
    grant: commands.grant({ id: root, tokens: 5 }, tester),
    judge: commands.judgeTree({ id, outcome: "pass", reason: "" }, tester),
    apply: commands.applyAsBranch({ id, repository: "/tmp" }, tester),
    keep: commands.keepFiles({ id, instead_of: id }, tester),
    goal: commands.changeGoal({ id }, tester),
  };
  // All are caught at once: a command refuses before an operation, which first writes its row.
  const refusals = Object.entries(acts).map(async ([what, act]) => [what, await act.catch(({ message }) => message)]);
  for (const [what, refused] of await Promise.all(refusals))
    expect([what, refused]).toEqual([what, expect.stringContaining("This tree was read from an archive")]);
  // Its log may name any folder of this machine.
  expect(await toolsOf(from).queries.planApply(id)).toMatchObject({ folder: workspace });
  expect(await queries.planApply(id)).toMatchObject({ repository: null, folder: null });
  expect(await queries.getContinuation(root)).toMatchObject({
    by: null,
    why: expect.stringContaining("read from an archive"),
  });
  await commands.unpinTree({ id }, tester);
  await commands.pinTree({ id }, tester);
  await commands.deleteTree({ id }, tester);
  await expect(queries.getTree(id)).rejects.toThrow();
  expect((await read(file)).items).toMatchObject([{ outcome: "added" }]);
});

test("a tree that is here with other content is kept, and nothing of the archive is read", async () => {
  const { id, archive, read, commands, queries } = await withEndedTree();
  const file = await archive(id);
  expect(await read(file)).toMatchObject({ sentence: "Already here: 1 tree. Nothing was changed." });
  await commands.judgeTree({ id, outcome: "fail", reason: "On second thought." }, tester);
  await expect(read(file)).rejects.toThrow(`The tree ${id} is here with other content, so nothing was read`);
  expect(await queries.getPersonVerdict(id)).toMatchObject({ outcome: "fail" });
});

test("an archive that could not be read again is not kept, so that nothing is removed after it", async () => {
  const { trial, id, commands } = await withEndedTree();
  const folder = mkdtempSync(join(tmpdir(), "banyan-archive-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const keep = async () => {
    const opened = await commands.archiveTrees({ trees: [id] }, tester);
    return keepArchive(opened, join(folder, opened.name), { overwrites: false });
  };
  const { sqlite } = trial.runtime.store.client;
  const last = '(SELECT max(id) FROM messages WHERE body LIKE \'{"type":"ended"%\')';
  sqlite.prepare(`UPDATE messages SET body = '{"type":"note"}' WHERE id = ${last}`).run();
  await expect(keep()).rejects.toThrow(/could not be read back, so it was not kept: .*has not ended/);
  sqlite.prepare("UPDATE messages SET body = 'nothing' WHERE id = (SELECT max(id) FROM messages)").run();
  await expect(keep()).rejects.toThrow(/A log of the tree is damaged/);
  expect(readdirSync(folder)).toEqual([]);
});

test("a secret that the vault learned later is in no text of an archive", async () => {
  const secret = "hunter2-and-more-of-it";
  const trial = await trialOf({ root: [call("write_file", { path: "a", content: LONG + secret }), endTask(secret)] });
  const { id } = await trial.ended((await trial.submit({ task: `root\nUse ${secret}.`, agent: "worker" })).id);
  const { commands, archive } = toolsOf(trial);
  await commands.setSecret({ id: "later", value: secret }, tester);
  const { [`trees/${id}/snapshots.pack`]: _, ...parts } = unzipSync(readFileSync(await archive(id)));
  const texts = Object.values(parts).map((bytes) => Buffer.from(bytes).toString());
  expect(texts.some((text) => text.includes("[redacted: later]"))).toBe(true);
  expect(texts.filter((text) => text.includes(secret))).toEqual([]);
});

test("who may not direct a tree may not archive it, only admins read archives, and an open tree is not archived", async () => {
  const { id, file, trial, read } = await failedElsewhere();
  await read(file);
  const as = (role: Role) => guarded(trial.runtime.application, { ...tester, role });
  const archive = ({ commands }: ReturnType<typeof as>) => commands.archiveTrees({ trees: [id] });
  await expect(archive(as("viewer"))).rejects.toThrow(/operator/i);
  expect((await archive(as("operator"))).trees).toMatchObject([{ id }]);
  // A row of one tree is found by its tree.
  const rows = (await trial.runtime.application.queries.listAudit({ tree: id })).items;
  expect(rows.slice(0, 2).map(({ action, subject, detail }) => [action, subject, JSON.parse(detail).outcome])).toEqual([
    ["archiveTrees", id, "done"],
    ["archiveTrees", id, "refused"],
  ]);
  const operator = as("operator");
  await expect(operator.commands.readArchiveFile({ file })).rejects.toThrow(/admin/i);
  await expect(operator.queries.getArchive({ file })).rejects.toThrow(/admin/i);
  await expect(trial.runtime.application.commands.archiveTrees({ trees: [] }, tester)).rejects.toThrow(/1 to 100/);
  const idle = await trialOf(null, { work: false });
  const open = await idle.submit({ task: "waits", agent: "worker" });
  await expect(toolsOf(idle).archive(open.id)).rejects.toThrow(/has not ended/);
});
