/** A task as a conversation: a person's words, the work on them and its result, and again. */
import { expect, test } from "vitest";
import type { Exchange } from "@/core/shapes/conversation";
import { call, endTask } from "@/tests/agents/replies";
import { logOf, runRoot, tester, trialsOfThisFile } from "@/tests/agents/scenario";

const start = trialsOfThisFile();

const write = (path: string) => call("write_file", { path, content: `${path}\n` });
const claim = (command: string) => ({ claims: [{ statement: "It is built.", command }] });
const failed = call("end_task", { status: "failure", result: "I have no idea." });

const resultsOf = (exchanges: readonly Exchange[]) => exchanges.map(({ end }) => end?.result ?? null);

test("words and results stand in turn, and each has its own files, turns and corrections", async () => {
  const trial = await start({
    root: [
      write("a.txt"),
      endTask("Built.", claim("test -f b.txt")),
      endTask("Built now.", claim("test -f a.txt")),
      write("c.txt"),
      endTask("Documented."),
    ],
  });
  const { commands, queries } = trial.runtime.application;
  const tree = await runRoot(trial);
  const task = tree.root_task_id;
  await commands.continueTask({ id: task, text: "Now the docs." }, tester);
  await trial.ended(tree.id);

  const { exchanges, earlier } = await queries.getConversation(task);
  expect(earlier).toBe(0);
  expect(exchanges.map(({ said }) => [said.by, said.text])).toEqual([
    [null, expect.stringMatching(/^root/)],
    [tester.name, "Now the docs."],
  ]);
  expect(resultsOf(exchanges)).toEqual(["Built now.", "Documented."]);
  expect(exchanges.map(({ turns, corrected, failed }) => [turns, corrected, failed.length])).toEqual([
    [3, 1, 0],
    [2, 0, 0],
  ]);
  const [first, second] = exchanges as [Exchange, Exchange];
  expect(first.next_seq).toBe(second.said.seq);
  expect(second.next_seq).toBeNull();
  expect(first.end?.verdict?.claims).toMatchObject([{ statement: "It is built.", mark: "shown" }]);
  expect(first.notes.map(({ content }) => content.type)).toEqual(["sent_back"]);

  const filesOf = async ({ said, next_seq }: Exchange) => {
    const found = await queries.getTaskFiles(task, { afterSeq: said.seq, beforeSeq: next_seq ?? undefined });
    return found.files.map(({ path }) => path);
  };
  expect(await filesOf(first)).toEqual(["a.txt"]);
  expect(await filesOf(second)).toEqual(["c.txt"]);
  expect((await queries.getTaskFiles(task)).files.map(({ path }) => path)).toEqual(["a.txt", "c.txt"]);
});

test("a retry without words is an attempt at the same words; words of a person begin anew", async () => {
  let tries = 0;
  const trial = await start({ root: () => (tries++ === 0 ? failed : endTask("Done.")) });
  const { commands, queries } = trial.runtime.application;
  const tree = await runRoot(trial);
  const task = tree.root_task_id;
  expect(await queries.getTask(task)).toMatchObject({ status: "failed", attempt: 1, tries: 1 });
  expect(await commands.retry({ id: task }, tester)).toEqual({ sentence: "Attempt 2 starts." });
  await trial.ended(tree.id);
  expect(await queries.getTask(task)).toMatchObject({ attempt: 2, tries: 2 });
  const { exchanges } = await queries.getConversation(task);
  expect(exchanges).toHaveLength(1);
  expect(exchanges[0]).toMatchObject({
    failed: [{ status: "failed", reason: "by_agent", result: "I have no idea." }],
    end: { status: "succeeded", result: "Done." },
    turns: 2,
    working_since: null,
  });

  const { sentence } = await commands.continueTask({ id: task, text: "And now?" }, tester);
  expect(sentence).toBe("The conversation continues.");
  const { tasks } = await trial.ended(tree.id);
  expect(tasks.find(({ id }) => id === task)).toMatchObject({ attempt: 3, tries: 1 });
  expect(resultsOf((await queries.getConversation(task)).exchanges)).toEqual(["Done.", "Done."]);
  expect(await commands.retry({ id: task }, tester)).toEqual({ sentence: "Attempt 2 starts." });
});

test("a fork of an ended task begins a new exchange with its words; the end before it is not copied", async () => {
  const trial = await start({ root: [write("a.txt"), endTask("First."), endTask("Second.")] });
  const { commands, queries } = trial.runtime.application;
  const tree = await runRoot(trial);
  const end = (await logOf(trial, tree.root_task_id)).at(-1);
  const fork = await commands.fork({ id: tree.root_task_id, at: end?.seq, steer: "Once more." }, tester);
  await trial.ended(fork.id);
  const { exchanges } = await queries.getConversation(fork.root_task_id);
  expect(exchanges.map(({ said }) => said.text)).toEqual([expect.stringMatching(/^root/), "Once more."]);
  expect(exchanges.map(({ turns }) => turns)).toEqual([1, 1]);
  expect(resultsOf(exchanges)).toEqual([null, "First."]);
});

test("a fork in the middle of a task has worked since it began, and not since the first words in its origin", async () => {
  const trial = await start({ root: [write("a.txt"), write("b.txt"), endTask("Done.")] });
  const { commands, queries } = trial.runtime.application;
  const tree = await runRoot(trial);
  const { sqlite } = trial.runtime.store.client;
  // Four days pass.
  const before = 4 * 86_400_000;
  for (const table of ["messages", "tasks", "trees"])
    sqlite.prepare(`UPDATE ${table} SET created_at_ms = created_at_ms - ?`).run(before);
  for (const column of ["started_at_ms", "ended_at_ms"])
    sqlite.prepare(`UPDATE tasks SET ${column} = ${column} - ?`).run(before);
  sqlite.prepare("UPDATE trees SET ended_at_ms = ended_at_ms - ?").run(before);
  const replies = (await logOf(trial, tree.root_task_id)).filter(({ kind }) => kind === "agent_response");
  const fork = await commands.fork({ id: tree.root_task_id, at: replies[1]?.seq }, tester);
  await trial.ended(fork.id);
  const hours = async (id: string) =>
    (await queries.getConversation(id)).exchanges.map(({ worked_ms }) => Math.round(worked_ms / 3_600_000));
  expect([await hours(tree.root_task_id), await hours(fork.root_task_id)]).toEqual([[0], [0]]);

  // A person paused the origin for three of the four hours that it took.
  const ended = "UPDATE tasks SET ended_at_ms = ended_at_ms + 14400000 WHERE uid = @root";
  const end = `
    UPDATE messages SET created_at_ms = created_at_ms + 14400000
    WHERE id = (SELECT max(messages.id) FROM messages JOIN tasks ON tasks.id = task_id WHERE uid = @root)`;
  const pause = `
    INSERT INTO pauses (tree_id, task_id, scope, by, created_at_ms, closed_at_ms)
    SELECT tree_id, id, 'branch', 'p', ended_at_ms - 10800000, ended_at_ms FROM tasks WHERE uid = @root`;
  sqlite.prepare("UPDATE trees SET ended_at_ms = ended_at_ms + 14400000 WHERE uid = ?").run(tree.id);
  for (const sql of [ended, end, pause]) sqlite.prepare(sql).run({ root: tree.root_task_id });
  expect(await hours(tree.root_task_id)).toEqual([1]);
});
