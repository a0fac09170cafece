/**
 * Checks the advice on real tasks that ended or wait: what the page advises has a button, and the runtime accepts what
 * each button does.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, onTestFinished, test, vi } from "vitest";
import { writeWhole } from "@/agents/archives/names";
import type { ForkPoint } from "@/app/(signed-in)/trees/[id]/control/fork-point";
import { TaskSays } from "@/app/(signed-in)/trees/[id]/pane/task-says";
import { RightsProvider } from "@/components/ui/rights";
import { isEnded } from "@/core/log/terms";
import type { Task, Tree } from "@/core/shapes/shapes";
import { lackingOf, possibleOf, possibleRemedies, type Remedy, remedyText } from "@/core/words/remedies";
import { taskSentence } from "@/core/words/tasks";
import type { Reply } from "@/tests/agents/provider-script";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { gate, logOf, runRoot, sub, tester, titled, trialsOfThisFile, whenTask } from "@/tests/agents/scenario";
import type { Trial } from "@/tests/agents/trial";

vi.mock("@/app/operate", () => ({}));

const start = trialsOfThisFile();
const nothing = () => {};

/** What the page shows of a task, from the same facts that the page uses. */
async function shownOf({ runtime }: Trial, id: string) {
  const { queries } = runtime.application;
  const task = await queries.getTask(id);
  const tree = await queries.getTree(task.tree_id);
  const tasks = new Map([...tree.tasks, task].map((task) => [task.id, task]));
  const reviews = (await queries.listReviews({ open: true, limit: 50 })).items.filter(
    (item) => item.tree_id === tree.id,
  );
  const continuation = isEnded(task.status) ? await queries.getContinuation(id) : null;
  const turns = (await logOf(queries, id)).filter(({ kind }) => kind === "agent_response");
  const last = turns.at(-1);
  const lastTurn: ForkPoint | null = last ? { at: last.seq, what: "its last turn", isBefore: true } : null;
  const possible = possibleOf(continuation, lastTurn !== null);
  const says = taskSentence(task, tasks, reviews, {
    can: possible,
    overWhy: possible.isOver ? (continuation?.why ?? null) : null,
  });
  const markup = renderToStaticMarkup(
    <RightsProvider rights={{ run: null, answer: null, decide: null, configure: null }}>
      <TaskSays
        task={task}
        tasks={tasks}
        says={says}
        action={{ pending: false, outcome: null, run: nothing, say: nothing }}
        change={nothing}
        possible={possible}
        retry={nothing}
        fork={nothing}
        lastTurn={lastTurn}
        select={nothing}
      />
    </RightsProvider>,
  );
  const buttons = [...markup.matchAll(/<(?:button|a)\b[^>]*>(.*?)<\/(?:button|a)>/gs)].map(([, inside = ""]) =>
    inside
      .replace(/<(svg|kbd)\b.*?<\/\1>/gs, "")
      .replace(/<[^>]*>/g, "")
      .replaceAll("&amp;", "&")
      .trim(),
  );
  const text = `${says.text}${says.rest ?? ""}`;
  return { task, continuation, lastTurn, text, buttons, remedies: possibleRemedies(task, tasks, possible) };
}

/** Actions that the words of an advice name, each with its button. */
const NAMED: readonly [RegExp, RegExp][] = [
  [/retry with a message/i, /^Retry with a message/],
  [/\bretry\b/i, /^(Retry|Open “)/],
  [/grant more/i, /^Retry/],
  [/fork it at its last turn/i, /^Fork at its last turn/],
  [/\bfork\b/i, /^Fork/],
  [/\bsubmit\b/i, /^(Fork|Start a new task)/],
  [/continue the task that it checked/i, /^Open “/],
  [/\bresume\b/i, /^(Resume now|Change model)/],
];

/** Does what a button does, as the page does it. Rejects with the refusal. */
async function follow({ runtime }: Trial, shown: Awaited<ReturnType<typeof shownOf>>, remedy: Remedy): Promise<void> {
  const { commands, queries } = runtime.application;
  const { task, lastTurn } = shown;
  const { id } = task;
  switch (remedy.kind) {
    case "fork":
      await commands.fork({ id }, tester);
      return;
    case "fork_last":
      await commands.fork({ id, ...(lastTurn?.at !== undefined && { at: lastTurn.at }) }, tester);
      return;
    case "open":
      expect((await queries.getTask(remedy.task)).tree_id).toBe(task.tree_id);
      return;
    case "retry":
    case "message":
    case "grant":
      await commands.retry(
        { id, ...lackingOf(task), ...(remedy.kind === "message" && { message: "Do it differently." }) },
        tester,
      );
      return;
    // A link to a page.
    case "key":
    case "new":
      return;
  }
}

/** Checks an ended task: each remedy has its button, its words name only buttons that are there, and each button works. */
async function walk(trial: Trial, id: string): Promise<string> {
  const shown = await shownOf(trial, id);
  const { text, buttons, remedies, task } = shown;
  expect(
    buttons.map((button) => button.replace(/…$/, "")),
    text,
  ).toEqual(remedies.map((remedy) => remedyText(remedy).replace(/…$/, "")));
  for (const [word, button] of NAMED)
    if (word.test(text))
      expect([text, buttons.filter((label) => button.test(label))], `${word}`).not.toEqual([text, []]);
  // Buttons that change the task itself are pressed last.
  const changes = ({ kind }: Remedy) => (kind === "retry" || kind === "message" || kind === "grant" ? 1 : 0);
  for (const remedy of remedies.toSorted((a, b) => changes(a) - changes(b)))
    await follow(trial, shown, remedy).catch((error: Error) => {
      throw new Error(`${task.title}, ${task.reason}: “${remedyText(remedy)}” was refused: ${error.message}`);
    });
  return text;
}

const failure = (result: string): Reply => endTask(result, { status: "failure" });

test("ends: of an agent, a person, a grant, a provider, a parent and an evaluator", async () => {
  const hold = gate();
  const trial = await start({
    failed: () => failure("There is no such file."),
    stopped: async () => {
      await hold.opened;
      return endTask("late");
    },
    dear: ({ turn }) => ({
      ...call("read_file", { path: `no-${turn}` }),
      usage: { inputTokens: 1_000, outputTokens: 9_000 },
    }),
    refused: () => ({ fault: { type: "unauthorized" } }),
    parent: ({ turn }) => (turn === 0 ? startSubtask(sub("child")) : endTask("read")),
    child: () => failure("The child cannot."),
  });
  const { commands } = trial.runtime.application;
  const ended = async (title: string, more: object = {}): Promise<Tree> =>
    trial.ended((await trial.submit({ task: title, agent: "worker", ...more })).id);

  const failed = await ended("failed");
  expect(failed.reason).toBe("by_agent");
  expect(await walk(trial, failed.root_task_id)).toMatch(/then retry\.$/);

  const dear = await ended("dear", { grant: { tokens: 100_000 } });
  expect(dear.reason).toBe("out_of_grant");
  await walk(trial, dear.root_task_id);

  const refused = await ended("refused");
  expect(refused.status).toBe("failed");
  await walk(trial, refused.root_task_id);

  const parent = await ended("parent");
  // Its result was read, so only a fork can continue.
  expect(await walk(trial, titled(parent, "child").id)).toMatch(/It cannot be retried now: fork it/);

  const { id } = await trial.submit({ task: "stopped", agent: "worker" });
  const root = await whenTask(trial, id, "stopped", (task) => task.status === "running");
  // No reply has come, so there is no turn to fork from.
  await commands.stop({ id, reason: "" }, tester);
  hold.open();
  await trial.ended(id);
  await walk(trial, root.id);
});

test("a failed runbook is retried without words; a task that only checked another one leads to that task", async () => {
  const trial = await start({ "*": endTask("done") }, { env: { BANYAN_MODEL: "runbook" } });
  const { queries } = trial.runtime.application;
  const submission = { task: "Check the dependencies", runbook: "dependency-check" };
  const tree = await trial.ended((await trial.submit(submission)).id);
  expect(tree.status).toBe("failed");
  expect(await queries.getContinuation(tree.root_task_id)).toMatchObject({ by: null, may_retry: true });
  const { remedies } = await shownOf(trial, tree.root_task_id);
  expect(remedies.map(({ kind }) => kind)).toContain("retry");
  expect(await walk(trial, tree.root_task_id)).not.toMatch(/message/);
});

test("a failed evaluator cannot be continued by itself", async () => {
  const trial = await start({ root: endTask("done"), "@task_evaluator": failure("I cannot judge it.") });
  const tree = await runRoot(trial);
  const evaluator = tree.tasks.find(({ agent }) => agent === "task_evaluator") as Task;
  expect(evaluator.status).toBe("failed");
  expect(await walk(trial, evaluator.id)).toMatch(/continue the task that it checked/);
});

test("a tree that was read from an archive offers only a new task", async () => {
  const trial = await start({ root: () => failure("There is no such file.") });
  const { commands } = trial.runtime.application;
  const { id, root_task_id: root } = await runRoot(trial);
  const folder = mkdtempSync(join(tmpdir(), "banyan-advice-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const opened = await commands.archiveTrees({ trees: [id] }, tester);
  const file = join(folder, opened.name);
  await writeWhole(opened.read(), file, { overwrites: false });
  await commands.deleteTree({ id }, tester);
  await commands.readArchiveFile({ file }, tester);
  expect(await walk(trial, root)).toMatch(/submit the task as a new tree/);
  expect((await shownOf(trial, root)).buttons).toEqual(["Start a new task"]);
});

test("waits: parked, paused, stepped, and for a person", async () => {
  let isBack = false;
  const trial = await start({
    parked: () => (isBack ? endTask("done") : { fault: { type: "quota" } }),
    paused: ({ turn }) => (turn === 0 ? call("read_own_task", {}) : endTask("done")),
    sends: ({ turn }) =>
      turn === 0 ? call("use_terminal", { command: "true", network: ["example.org"] }) : endTask("done"),
    asks: ({ turn }) => (turn === 0 ? call("ask", { question: "Which colour?" }) : endTask("done")),
  });
  const { commands, queries } = trial.runtime.application;
  const submit = async (title: string, more: object = {}) =>
    (await trial.submit({ task: title, agent: "worker", ...more })).id;

  const stepping = await submit("paused", { stepping: "manual" });
  const stepped = await whenTask(trial, stepping, "paused", (task) => task.status === "paused");
  expect((await shownOf(trial, stepped.id)).text).toContain("press Step for its next turn");
  await commands.step({ id: stepped.id }, tester);
  await commands.pause({ id: stepping }, tester);
  const paused = await whenTask(trial, stepping, "paused", ({ status, turns }) => status === "paused" && turns === 1);
  expect((await shownOf(trial, paused.id)).text).toMatch(/resume it at any time|press Step/);
  await commands.resume({ id: stepping }, tester);
  await commands.step({ id: stepped.id }, tester);
  expect((await trial.ended(stepping)).status).toBe("succeeded");

  const asking = await submit("asks");
  const asks = await whenTask(trial, asking, "asks", (task) => task.status === "waiting");
  expect((await shownOf(trial, asks.id)).text).toContain("Waiting for your answer");
  const [question] = (await queries.listReviews({ open: true, limit: 50 })).items;
  await commands.answer({ id: question?.id ?? "", text: "Blue." }, tester);
  expect((await trial.ended(asking)).status).toBe("succeeded");

  const sending = await submit("sends");
  const sends = await whenTask(trial, sending, "sends", (task) => task.status === "waiting");
  expect((await shownOf(trial, sends.id)).text).toContain("Waiting for your approval");
  const [approval] = (await queries.listReviews({ open: true, limit: 50 })).items;
  await commands.decide({ id: approval?.id ?? "", decision: "rejected", reason: "Not now." }, tester);
  expect((await trial.ended(sending)).status).toBe("succeeded");

  const parking = await submit("parked");
  const parked = await whenTask(trial, parking, "parked", (task) => task.status === "parked");
  const { text, buttons } = await shownOf(trial, parked.id);
  expect(text).toContain("resumes by itself");
  expect(buttons).toEqual(["Change model…", "Resume now"]);
  await commands.change({ id: parked.id, model: "openai/gpt-5" }, tester);
  isBack = true;
  await commands.resume({ id: parking }, tester);
  expect((await trial.ended(parking)).status).toBe("succeeded");
});
