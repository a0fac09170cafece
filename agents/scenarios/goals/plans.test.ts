/** Plans of goals on the real runtime: refusals, a failed unit beside independent ones, and an edit by a person. */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fold } from "@/core/evolve";
import type { GoalFields } from "@/core/log/goal";
import type { Task } from "@/core/shapes/shapes";
import { costText } from "@/core/words/plans/plans";
import { agentScript, type ScriptedRequest } from "@/tests/agents/provider-script";
import { call, endTask, startSubtask } from "@/tests/agents/replies";
import { tester } from "@/tests/agents/scenario";
import type { Reply } from "@/tests/agents/services/script";
import { startTrial, type Trial } from "@/tests/agents/trial";

const GOAL: GoalFields = { validation_command: "cat base left right top", max_iterations: 4, scope: ["**"] };

const roundIn = ({ instruction }: ScriptedRequest) => Number(/round (\d+)/i.exec(instruction)?.[1] ?? 0);
const plan = (...steps: object[]) =>
  endTask(
    JSON.stringify({ plan: "Write the files", steps: steps.map((step) => ({ instruction: "Write it", ...step })) }),
  );

const broke = () => endTask("It broke.", { status: "failure" });

/**
 * Pursues a goal whose units write a file of the name of their title. `plans`: what the planner answers, one after the other.
 * `instead`: what a coder answers in place of its usual reply.
 */
async function pursued(
  plans: ReturnType<typeof plan>[],
  goal: GoalFields,
  instead: (request: ScriptedRequest) => Reply | null = () => null,
) {
  const asked: string[] = [];
  const workspace = mkdtempSync(join(tmpdir(), "banyan-plans-"));
  writeFileSync(join(workspace, "README.md"), "# Files\n");
  const trial = await startTrial({
    script: agentScript({
      goal_planner: ({ instruction }) => {
        asked.push(instruction);
        return plans[asked.length - 1] ?? plans.at(-1) ?? endTask("");
      },
      coder: (request) => {
        const other = instead(request);
        if (other) return other;
        const file = /Write (\w+)/.exec(request.instruction)?.[1] ?? "nothing";
        return request.turn === 0 ? call("write_file", { path: file, content: file }) : endTask(`${file} is written`);
      },
    }),
  });
  onTestFinished(() => trial.close());
  // No goal is held out from memory here: which one is, its id says.
  await trial.runtime.store.lessons.setSettings({ holdout: 0 });
  const { id } = await trial.submit({ task: "Write four files", workspace, goal });
  return { trial, id, asked, read: (path: string) => readFileSync(join(workspace, path), "utf8") };
}

/** Returns a function that waits for the next question of a tree. */
function questionsOf({ runtime }: Trial, treeId: string) {
  const { queries } = runtime.application;
  const seen = new Set<string>();
  return async () => {
    const open = async () => {
      const { items } = await queries.listReviews({ open: true, treeId });
      return items.find(({ id }) => !seen.has(id));
    };
    await expect.poll(open, { timeout: 60_000 }).toBeDefined();
    const item = (await open()) ?? expect.fail("Nobody is asked.");
    seen.add(item.id);
    return item;
  };
}

function entriesOf({ runtime: { store } }: Trial, taskId: string) {
  const { id } = store.queries.trees.findTask(taskId);
  return store.loader.entries(id, store.loader.lengthOf(id));
}

const foldedTask = (trial: Trial, taskId: string) => fold(entriesOf(trial, taskId));

/** Returns what the replies of one task cost, from its log. */
function repliesCost(trial: Trial, taskId: string): number {
  return entriesOf(trial, taskId).reduce((sum, entry) => sum + ("microUsd" in entry ? entry.microUsd : 0), 0) / 1e6;
}

const unit = (title: string, more: object = {}) => ({ title, instruction: `Write ${title}`, ...more });
const WHOLE = [
  unit("base", {
    kind: "contract",
    deliverable: "The file base",
    shown_by: "cat base",
    risk: 2,
    risk_why: "all wait for it",
  }),
  unit("left", { after: ["base"], minutes: 30 }),
  unit("right", { after: ["base"], kind: "tests" }),
  unit("top", { after: ["left"] }),
];

test("units that do not depend on a failed one go on, and the next round plans only what does", async () => {
  const run = await pursued([plan(...WHOLE), plan(unit("left"), unit("top", { after: ["left"] }))], GOAL, (request) =>
    roundIn(request) === 1 && /Write left/.test(request.instruction) ? broke() : null,
  );
  const tree = await run.trial.ended(run.id);
  const goal = (await run.trial.runtime.application.queries.getGoal(run.id)) ?? expect.fail("There is no goal.");
  expect([tree.status, run.trial.faults]).toEqual(["succeeded", []]);
  const [first, second] = goal.rounds.map(({ planned }) => planned);
  expect(first?.units.map(({ title, state, took_minutes }) => [title, state, took_minutes !== null])).toEqual([
    ["base", "done", true],
    ["left", "failed", true],
    ["right", "done", true],
    ["top", "not_begun", false],
  ]);
  expect(first).toMatchObject({ waits: false, groups: [[1], [2, 3], [4]], critical_path: [1, 2, 4], minutes: 55 });
  expect(first?.units[0]).toMatchObject({
    deliverable: "The file base",
    shown_by: "cat base",
    risk: 2,
    risk_why: "all wait for it",
    kind: "contract",
    estimate_from: "table",
    slack_minutes: 0,
  });
  expect(first?.units[2]).toMatchObject({ after: [1], group: 2, critical: false, slack_minutes: 33 });
  expect(second?.units.map(({ title, state }) => [title, state])).toEqual([
    ["left", "done"],
    ["top", "done"],
  ]);
  expect(run.asked[1]).toContain("plan none of them again\n\n- base: base is written\n- right: right is written");
  expect(run.asked[1]).toContain("- left: It broke.");
  expect(run.asked[1]).toContain("- top: waits for “left”");
  expect(["base", "left", "right", "top"].map(run.read)).toEqual(["base", "left", "right", "top"]);
});

test("a circle, a unit of five hours and an unknown agent are refused before anything begins, and the round says why", async () => {
  const bad = plan(
    unit("base", { after: ["top"] }),
    unit("top", { after: ["base"] }),
    unit("left", { minutes: 300 }),
    unit("right", { executor: "wizard" }),
  );
  const good = plan(unit("base"), unit("left"), unit("right"), unit("top"));
  const run = await pursued([bad, bad, bad, good], GOAL);
  const tree = await run.trial.ended(run.id);
  const goal = await run.trial.runtime.application.queries.getGoal(run.id);
  const reasons = [
    "“left” takes 5 h, and 4 h is the most: split it.",
    "“right” names the agent wizard, and no such agent takes units.",
    "These units wait for each other in a circle: “base” → “top” → “base”.",
  ];
  for (const reason of reasons) expect(run.asked[1]).toContain(reason);
  // The second round's planner reads why the first round had no plan.
  for (const reason of reasons) expect(run.asked[2]).toContain(reason);
  expect(tree.status).toBe("succeeded");
  expect(goal?.rounds.map(({ verdict, planned }) => [verdict, planned?.units.length ?? null])).toEqual([
    ["failed", null],
    ["better", 4],
  ]);
  expect(tree.tasks.filter(({ agent }) => agent === "coder").length).toBe(4);
});

test("a supervised plan waits with its estimates, and begins as a person has edited it", async () => {
  const run = await pursued([plan(...WHOLE)], { ...GOAL, mode: "supervised", max_iterations: 1 });
  const { queries, commands } = run.trial.runtime.application;
  const next = questionsOf(run.trial, run.id);
  const first = await next();
  expect(first.detail).toContain(
    "1. base (coder): The file base – 10 min (4 to 25 min), risk 2 of 5 because all wait for it",
  );
  const waiting = await queries.getGoal(run.id);
  expect(waiting?.running?.planned).toMatchObject({
    waits: true,
    minutes: 55,
    instructions: WHOLE.map(({ instruction }) => instruction),
  });
  expect(waiting?.running?.planned?.units.map(({ state }) => state)).toEqual([
    "planned",
    "planned",
    "planned",
    "planned",
  ]);
  expect(waiting?.running?.planned?.review_id).toBe(first.id);
  expect(waiting?.running?.planned?.agents).toContain("test_generator");
  expect(waiting?.running?.planned?.agents).not.toContain("goal");
  await commands.answer({ id: first.id, text: '{"steps": [{"title": "base", "minutes": 300}]}' }, tester);
  const second = await next();
  expect(second.detail).toContain("“base” takes 5 h, and 4 h is the most: split it.");
  const edited = {
    steps: [
      { title: "base", minutes: 60 },
      { title: "all", instruction: "Write left", after: ["base"] },
    ],
  };
  await commands.answer({ id: second.id, text: JSON.stringify(edited) }, tester);
  await run.trial.ended(run.id);
  const goal = await queries.getGoal(run.id);
  expect(goal?.rounds[0]?.planned?.units).toMatchObject([
    { title: "base", minutes: 60, estimate_from: "given", deliverable: "The file base", state: "done" },
    { title: "all", after: [1], state: "done" },
  ]);
});

test("from three finished units on, a plan says what its units are expected to cost, and then what they cost", async () => {
  const run = await pursued(
    [plan(unit("base"), unit("left"), unit("right")), plan(unit("top"), unit("words", { kind: "documentation" }))],
    { ...GOAL, mode: "supervised", max_iterations: 2 },
    ({ instruction, turn }) =>
      /^Write left/.test(instruction) && turn === 0
        ? startSubtask({ agent: "coder", title: "helper", instruction: "Write helper" })
        : null,
  );
  const { queries, commands } = run.trial.runtime.application;
  const next = questionsOf(run.trial, run.id);
  const first = await next();
  expect(first.detail).toContain("; no cost known yet;");
  await commands.answer({ id: first.id, text: "Go on" }, tester);
  const second = await next();
  const waiting = (await queries.getGoal(run.id)) ?? expect.fail("There is no goal.");
  const tree = await queries.getTree(run.id);
  const done = waiting.rounds[0]?.planned ?? expect.fail("The first round has no plan.");
  const spent = done.units.map(({ spent_usd }) => spent_usd ?? 0);
  const spentBy = (isMeant: (task: Task) => boolean) => tree.tasks.find(isMeant)?.spent.cost_usd ?? Number.NaN;
  for (const [at, { task_id }] of done.units.entries())
    expect(spent[at]).toBeCloseTo(
      spentBy(({ id }) => id === task_id),
      9,
    );
  // A unit's cost includes its subtasks.
  const own = repliesCost(run.trial, done.units[1]?.task_id ?? "");
  expect(spent[1]).toBeCloseTo(own + spentBy(({ title }) => title === "helper"), 9);
  expect(Math.min(...spent)).toBeGreaterThan(0);
  expect(done).toMatchObject({ cost_usd_low: null, cost_usd_high: null, cost_units: 0 });
  expect(done.spent_usd).toBeCloseTo(
    spent.reduce((sum, one) => sum + one, 0),
    9,
  );
  const range = { cost_usd_low: Math.min(...spent), cost_usd_high: Math.max(...spent) };
  const planned = waiting.running?.planned ?? expect.fail("Nothing is planned.");
  expect(planned).toMatchObject({ ...range, cost_units: 1, spent_usd: null });
  expect(planned.units).toMatchObject([
    { title: "top", ...range, spent_usd: null },
    { title: "words", cost_usd_low: null, cost_usd_high: null },
  ]);
  expect(second.detail).toContain(` ${costText(range)}`);
  expect(second.detail).toContain(`; ${costText(range)} for 1 of 2 units;`);
  await commands.answer({ id: second.id, text: "Go on" }, tester);
  await run.trial.ended(run.id);
  const ended = (await queries.getGoal(run.id))?.rounds[1]?.planned;
  expect(ended?.units[0]).toMatchObject({ ...range, state: "done" });
  expect(ended?.units[0]?.spent_usd).toBeGreaterThan(0);
  // The estimate is kept in the unit's own first entry.
  expect(foldedTask(run.trial, ended?.units[0]?.task_id ?? "").assignment.unit?.cost).toEqual({
    lowMicroUsd: Math.round(range.cost_usd_low * 1e6),
    highMicroUsd: Math.round(range.cost_usd_high * 1e6),
    count: 3,
  });
});

test("a waiting plan is made again with a hint, also when Banyan ends in between, and nothing runs before it starts", async () => {
  const supervised: GoalFields = { ...GOAL, mode: "supervised", max_iterations: 1 };
  const run = await pursued(
    [plan(...WHOLE), plan(...["base", "left", "right", "top"].map((title) => unit(title)))],
    supervised,
  );
  const { queries, commands } = run.trial.runtime.application;
  const first = await questionsOf(run.trial, run.id)();
  // The answer is stored, and no worker reads it: the next start finds it.
  await run.trial.worker?.stop(2_000);
  await commands.answer({ id: first.id, text: "Plan again: all at once" }, tester);
  const between = (await queries.getGoal(run.id))?.running?.planned;
  expect(between?.units.map(({ title }) => title)).toEqual(["base", "left", "right", "top"]);
  expect(run.asked.length).toBe(1);
  const worker = await run.trial.runtime.startWorker({ role: "all", pollMs: 20 });
  onTestFinished(() => worker.stop(2_000));
  const next = async () => {
    const open = async () =>
      (await queries.listReviews({ open: true, treeId: run.id })).items.find(({ id }) => id !== first.id);
    await expect.poll(open, { timeout: 60_000 }).toBeDefined();
    return (await open()) ?? expect.fail("Nobody is asked again.");
  };
  const second = await next();
  expect(run.asked.length).toBe(2);
  expect(run.asked[1]).toContain("What it should do differently\n\n- all at once");
  const waiting = await queries.getGoal(run.id);
  expect(waiting?.running?.planned).toMatchObject({
    waits: true,
    is_made_again: false,
    hints: ["all at once"],
    hints_max: 5,
    groups: [[1, 2, 3, 4]],
    review_id: second.id,
  });
  const before = await queries.getTree(run.id);
  expect(before.tasks.filter(({ agent }) => agent === "coder")).toEqual([]);
  // The former plan stays in the log: its planner's task and the question about it.
  expect(before.tasks.filter(({ agent }) => agent === "goal_planner").length).toBe(2);
  await commands.answer({ id: second.id, text: "Go on" }, tester);
  await run.trial.ended(run.id);
  expect(["base", "left", "right", "top"].map(run.read)).toEqual(["base", "left", "right", "top"]);
  expect(run.asked.length).toBe(2);
});

test("a waiting plan names the lessons that its units are shown when they begin", async () => {
  const run = await pursued(
    [plan(unit("base", { instruction: "Write base of quartz marble" }), unit("left"), unit("right"), unit("top"))],
    { ...GOAL, mode: "supervised", max_iterations: 1 },
  );
  const { queries, commands } = run.trial.runtime.application;
  const { lessons } = run.trial.runtime.store;
  const question = await questionsOf(run.trial, run.id)();
  const planned = async () => (await queries.getGoal(run.id))?.running?.planned;
  const shown = async () => (await planned())?.lessons;
  expect((await planned())?.is_without_lessons).toBe(false);
  expect(await shown()).toEqual([[], [], [], []]);
  const text = { kind: "fact", advice: "Polish it last.", trigger: "quartz marble" } as const;
  const lesson = await commands.addLesson({ ...text, scope: "everywhere", place: null }, tester);
  await commands.addLesson({ ...text, advice: "Cut it first.", scope: "agent", place: "tester" }, tester);
  expect(await shown()).toMatchObject([[{ id: lesson.id, kind: "fact", advice: "Polish it last." }], [], [], []]);
  await lessons.setSettings({ on: false });
  expect(await planned()).toMatchObject({ is_without_lessons: true, lessons: [[], [], [], []] });
  await lessons.setSettings({ on: true });
  await commands.answer({ id: question.id, text: "Go on" }, tester);
  await run.trial.ended(run.id);
  const units = (await queries.getGoal(run.id))?.rounds[0]?.planned?.units ?? [];
  expect(units.map(({ task_id }) => [...foldedTask(run.trial, task_id ?? "").lessons])).toEqual([
    [lesson.id],
    [],
    [],
    [],
  ]);
});
