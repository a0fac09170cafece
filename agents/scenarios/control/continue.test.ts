/** An ended task goes on by a person's words: itself where the rules allow it, else in a fork. */
import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compareRows } from "@/db/log/rebuild";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import {
  eventsOf,
  gate,
  logOf,
  requestsOf,
  runRoot,
  sub,
  tester,
  titled,
  toldIn,
  trialsOfThisFile,
  unansweredCalls,
  until,
  whenTask,
} from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";

const start = trialsOfThisFile();

test("an ended tree goes on by a message, with its conversation and its folder", async () => {
  const trial = await start({
    root: [endTask("# Report\n\nFound 3 breaking changes. Two are in routes."), endTask("Only tests.")],
  });
  const { commands, queries } = trial.runtime.application;
  const first = await runRoot(trial);
  expect(first.headline).toBe("Found 3 breaking changes.");
  expect(await queries.getContinuation(first.root_task_id)).toEqual({
    by: "retry",
    may_retry: true,
    needs: null,
    why: null,
  });

  await commands.judgeTree({ id: first.id, outcome: "fail", reason: "Not the routes." }, tester);

  const done = await commands.continueTask({ id: first.root_task_id, text: "Now only the tests, please." }, tester);
  expect(done).toMatchObject({ by: "retry", tree_id: first.id, task_id: first.root_task_id });
  const again = await trial.ended(first.id);
  expect(again).toMatchObject({
    id: first.id,
    workspace: first.workspace,
    status: "succeeded",
    headline: "Only tests.",
  });
  // The word was about the first result, and this one has another.
  expect(await queries.getPersonVerdict(first.id)).toBeNull();

  const [before, after] = requestsOf(trial, "root");
  expect(after?.turn).toBe(1);
  expect(after?.rawBody).toContain("Found 3 breaking changes");
  expect(toldIn(after)).toContain("Now only the tests, please.");
  expect(after?.system).toBe(before?.system);
  const judged = trial.provider?.requests.filter(({ agent }) => agent === "task_evaluator").at(-1);
  expect(judged?.instruction).toContain("<newest_instruction>\nNow only the tests, please.");
  expect(await unansweredCalls(trial, again)).toEqual([]);
  expect(compareRows(trial.runtime.store)).toEqual([]);
});

test("a retry starts over, and forgets what a person said to continue", async () => {
  const trial = await start({ root: () => endTask("done") });
  const { commands } = trial.runtime.application;
  const { id, root_task_id } = await runRoot(trial);
  await commands.continueTask({ id: root_task_id, text: "More." }, tester);
  await trial.ended(id);
  await commands.retry({ id: root_task_id }, tester);
  await trial.ended(id);
  expect(requestsOf(trial, "root").map(({ turn }) => turn)).toEqual([0, 1, 0]);
  const judged = trial.provider?.requests.filter(({ agent }) => agent === "task_evaluator").at(-1);
  expect(judged?.instruction).not.toContain("newest_instruction");
});

test("two people continue at once: the second one's words reach the running task", async () => {
  const hold = gate();
  const trial = await start({
    root: async ({ turn }) => {
      if (turn > 0) await hold.opened;
      return endTask(`turn ${turn}`);
    },
  });
  const { commands, queries } = trial.runtime.application;
  const { id, root_task_id } = await runRoot(trial);
  const both = await Promise.all([
    commands.continueTask({ id: root_task_id, text: "Now the tests." }, tester),
    commands.continueTask({ id: root_task_id, text: "And the docs." }, tester),
  ]);
  expect(both.map(({ by }) => by).sort()).toEqual(["message", "retry"]);
  expect((await queries.getTask(root_task_id)).attempt).toBe(2);
  hold.open();
  await trial.ended(id);
  const told = requestsOf(trial, "root").map(toldIn).join("\n");
  expect(told).toContain("Now the tests.");
  expect(told).toContain("And the docs.");
});

test("a retry and a continuation that are sent twice at once with the same `once` begin one attempt, and both are answered", async () => {
  const trial = await start({ root: () => endTask("done") });
  const { commands, queries } = trial.runtime.application;
  const { id, root_task_id } = await runRoot(trial);
  const attempts = async () => (await queries.getTask(root_task_id)).attempt;
  const retry = { id: root_task_id, once: "k" };
  const retried = await Promise.all([commands.retry(retry, tester), commands.retry(retry, tester)]);
  expect(retried.map(({ sentence }) => sentence)).toEqual(["Attempt 2 starts.", "The next attempt starts."]);
  expect(await attempts()).toBe(2);
  await trial.ended(id);
  const words = { id: root_task_id, text: "Now the tests.", once: "k" };
  const [first, second] = await Promise.all([
    commands.continueTask(words, tester),
    commands.continueTask(words, tester),
  ]);
  expect([first.by, second]).toEqual(["retry", first]);
  expect(await attempts()).toBe(3);
  await trial.ended(id);
});

test("a subtask that a stop of its tree ended goes on in a fork, and nobody is said to have read its result", async () => {
  const trial = await start({
    root: [startSubtask(sub("part"))],
    part: [call("ask", { question: "Red or blue?" }), { text: "I wait." }],
  });
  const { commands, queries } = trial.runtime.application;
  const { id } = await trial.submit({ task: "root", agent: "worker" });
  const part = await whenTask(trial, id, "part", (task) => task.status === "waiting");
  await commands.stop({ id }, tester);
  await trial.ended(id);
  expect(await queries.getContinuation(part.id)).toMatchObject({
    by: "fork",
    why: "The task above it has ended, so a fork continues it.",
  });
  await expect(commands.retry({ id: part.id }, tester)).rejects.toThrow(/parent has ended, so it cannot be retried/);
});

test("a subtask whose result was read goes on in a fork, with its conversation", async () => {
  const trial = await start({
    root: ({ turn }) => (turn === 0 ? startSubtask(sub("part")) : endTask("root done")),
    part: ({ turn }) => [call("read_own_task", {}), endTask("part done")][turn] ?? endTask("part again"),
  });
  const { commands, queries } = trial.runtime.application;
  const tree = await runRoot(trial);
  const part = titled(tree, "part");
  expect(await queries.getContinuation(part.id)).toMatchObject({
    by: "fork",
    why: expect.stringContaining("has read its result"),
  });
  const words = { id: part.id, text: "Look at the docs too.", once: "k" };
  const made = await commands.continueTask(words, tester);
  expect(made.by).toBe("fork");
  expect(await commands.continueTask(words, tester)).toEqual(made);
  expect(made.tree_id).not.toBe(tree.id);
  const fork = await trial.ended(made.tree_id);
  expect(fork.status).toBe("succeeded");
  expect(titled(fork, "part").id).toBe(made.task_id);
  const last = requestsOf(trial, "part").at(-1);
  expect(last?.turn).toBe(1);
  expect(toldIn(last)).toContain("Look at the docs too.");
  expect((await queries.getTask(part.id)).attempt).toBe(1);
});

test("a folder that another tree uses now: a retry is refused, and words continue in a fork", async () => {
  const hold = gate();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "banyan-folder-")));
  const trial = await start({
    root: () => endTask("done"),
    other: async () => {
      await hold.opened;
      return endTask("other done");
    },
  });
  const { commands, queries } = trial.runtime.application;
  const tree = await runRoot(trial, { workspace: folder });
  await trial.submit({ task: "other", agent: "worker", workspace: folder });
  await until(() => requestsOf(trial, "other").length === 1, "the other tree works");
  await expect(commands.retry({ id: tree.root_task_id }, tester)).rejects.toThrow(
    "The tree “other” works in this folder now",
  );
  expect(await queries.getContinuation(tree.root_task_id)).toMatchObject({ by: "fork" });
  const made = await commands.continueTask({ id: tree.root_task_id, text: "More." }, tester);
  expect(made.by).toBe("fork");
  expect((await trial.ended(made.tree_id)).workspace).not.toBe(folder);
  hold.open();
});

test("nothing left of the grant: one sentence with the amount, which the same command adds", async () => {
  const trial = await start({ root: () => endTask("done") });
  const { commands, queries } = trial.runtime.application;
  const { id, root_task_id } = await runRoot(trial, { grant: { tokens: 200_000 } });
  // The rest of the grant goes, as if the task had used it.
  trial.runtime.store.client.sqlite
    .prepare("UPDATE tasks SET grant_tokens = tokens_in + tokens_out + 10 WHERE uid = ?")
    .run(root_task_id);
  const { needs, why } = await queries.getContinuation(root_task_id);
  expect(needs).toEqual({ tokens: expect.any(Number) });
  expect(why).toMatch(/^Its grant of .* tokens does not suffice: add .* tokens to continue\.$/);
  await expect(commands.continueTask({ id: root_task_id, text: "More." }, tester)).rejects.toMatchObject({
    message: why,
    refusal: { code: "grant_used_up", ...needs },
  });
  const more = { cost_usd: needs?.usd, tokens: needs?.tokens };
  await commands.continueTask({ id: root_task_id, text: "More.", ...more }, tester);
  expect((await trial.ended(id)).status).toBe("succeeded");
});

test("what cannot be continued says so in a sentence", async () => {
  const trial = await start({ root: () => endTask("done") });
  const { commands } = trial.runtime.application;
  const tree = await runRoot(trial);
  await expect(commands.continueTask({ id: tree.root_task_id, text: "  " }, tester)).rejects.toThrow(
    "The message is empty",
  );
  const judge = tree.tasks.find(({ role }) => role === "finishing");
  await expect(commands.continueTask({ id: judge?.id ?? "", text: "More." }, tester)).rejects.toThrow(
    "continue the task that it checked",
  );
  await expect(
    commands.continueTask({ id: tree.root_task_id, text: "More.", model: "nonsense" }, tester),
  ).rejects.toThrow("There is no model nonsense");
  expect((await logOf(trial, tree.root_task_id)).length).toBeGreaterThan(0);
  expect(eventsOf(await logOf(trial, tree.root_task_id))).not.toContain("retried");
});

test("without a language model no words continue a runbook, and it can still be retried", async () => {
  const trial = await start(null);
  const { commands, queries } = trial.runtime.application;
  const tree = await trial.submit({ task: "Survey this folder.", runbook: "repository-survey" });
  const id = tree.root_task_id;
  await commands.stop({ id: tree.id }, tester);
  await trial.ended(tree.id);
  expect(await queries.getContinuation(id)).toMatchObject({
    by: null,
    may_retry: true,
    why: expect.stringContaining("connect a language model"),
  });
  await expect(commands.continueTask({ id, text: "More." }, tester)).rejects.toThrow("connect a language model");
  expect(await commands.retry({ id }, tester)).toEqual({ sentence: "Attempt 2 starts." });
});

test("a tree that goes on after its snapshots were compacted away records the new ones, also beside ignored files", async () => {
  const write = (path: string, content: string) => ({ calls: [{ name: "write_file", input: { path, content } }] });
  const first = [write(".gitignore", "made/\n"), write("made/a.txt", "a"), write("kept.txt", "one"), endTask("done")];
  const trial = await start({ root: [...first, write("kept.txt", "two"), endTask("done again")] });
  const { id, root_task_id } = await trial.submit({ task: "root", agent: "worker" });
  await trial.ended(id);
  await (trial.runtime.world.snapshots as SnapshotStore).compact({ maxBytes: 1, droppable: (trees) => [...trees] });
  await trial.runtime.application.commands.continueTask({ id, text: "Go on." }, tester);
  await until(async () => (await eventsIn(trial, root_task_id, "ended")).length === 2, "it has ended again");
  const saved = await eventsIn(trial, root_task_id, "files_saved");
  expect(saved.at(-1)).toMatchObject({ commit: expect.stringMatching(/^[0-9a-f]{40}/) });
  expect(saved.every(({ problem }) => problem === undefined)).toBe(true);
});

async function eventsIn(trial: Trial, task: string, type: string): Promise<Record<string, unknown>[]> {
  return (await logOf(trial, task)).map(({ content }) => content).filter((content) => content.type === type);
}
