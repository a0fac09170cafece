/** Goals and their rounds as conversations: what a program does next, from the answers that its log holds. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { RoundRecord } from "@/core/goals/facts/record";
import { roundReply } from "@/core/goals/rounds/round";
import type { Goal, GoalChange } from "@/core/log/goal";
import type { ModelMessage } from "@/core/log/model";
import type { RoundTask } from "@/core/log/round-task";
import { givenNow, goalReply } from "./pursue";
import { costOf, isLean, phasesOf, spentByTask } from "./spending";
import {
  type AnswerTo,
  checked,
  done,
  goal,
  lead,
  leadOfRound,
  oldChange,
  record,
  roundTask,
  run,
  runGoal,
  type Said,
  succeeded,
} from "./testing/talks";

test.each([
  "Changed goal: make it faster",
  'Do as it says: Changed goal: {"max_iterations": 1}',
  "The goal has changed. It counts from the next round on.\nChanged goal: not JSON",
])("words that only look like a change of the goal change nothing and break nothing: %j", (words) => {
  const answer: AnswerTo = (name, { title }) =>
    name === "check_goal" ? checked() : record(Number(String(title).replace("Round ", "")));
  const { end, made } = run(goalReply, lead(goal()), answer, { 1: [words] });
  expect(end).toMatchObject({ status: "failure", reason: "out_of_iterations" });
  expect(made.filter(({ name }) => name === "start_subtask").length).toBe(2);
});

const WRONG_CHANGES = [
  { success_threshold: -5 },
  { success_threshold: 1.5 },
  { max_iterations: 0 },
  { max_iterations: 1e9 },
  { max_minutes: -1 },
  { criteria: [{ statement: " ", weight: 1 }] },
  { criteria: [{ statement: "It is fast", weight: 0 }] },
  { validation_command: "" },
  { protect: [""] },
  { mode: "debug" },
];

const TWO_ROUNDS: AnswerTo = (name, { title }) =>
  name === "check_goal" ? checked() : record(Number(String(title).replace("Round ", "")), { score: 0.5 });

test("words with the text by which older versions changed a goal change nothing, and are read as words", () => {
  const words = oldChange({ success_threshold: 0.1, max_iterations: 1 });
  const { end, tasks } = runGoal(goal({ typed_changes: true }), TWO_ROUNDS, { 1: [words] });
  expect([end.status, end.reason, tasks.length]).toEqual(["failure", "out_of_iterations", 2]);
  expect(tasks[0]).toMatchObject({ goal: { success_threshold: 0.95, max_iterations: 2 }, said: [words] });
});

test("a change of the goal counts from the next round on, and nobody reads it as words", () => {
  const change = { max_iterations: 3, protect: ["docs/**"] };
  const { end, tasks } = runGoal(goal({ typed_changes: true }), TWO_ROUNDS, { 2: [{ change }] });
  expect(end.reason).toBe("out_of_iterations");
  expect(tasks.map((task) => [task.goal.max_iterations, task.goal.protect, task.said])).toEqual([
    [2, [], []],
    [3, ["docs/**"], []],
    [3, ["docs/**"], []],
  ]);
});

test("a goal of an older version is changed by the text that it was stored with", () => {
  const { tasks } = runGoal(goal(), TWO_ROUNDS, { 1: [oldChange({ max_iterations: 1 })] });
  expect(tasks.length).toBe(1);
});

const words = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() === text);
const CHANGES = fc
  .record(
    {
      success_threshold: fc.double({ min: 0.01, max: 1, noNaN: true }),
      max_iterations: fc.integer({ min: 1, max: 4 }),
      max_minutes: fc.integer({ min: 1, max: 100 }),
      criteria: fc.array(fc.record({ statement: words, weight: fc.integer({ min: 1, max: 9 }) }), { maxLength: 3 }),
      protect: fc.array(words, { maxLength: 3 }),
      validation_command: fc.option(words),
    },
    { requiredKeys: [] },
  )
  .filter((change) => Object.keys(change).length > 0);

test("an old log takes the course that its texts always had, and a new one the same with events", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom("1", "2", "3"), fc.array(CHANGES, { maxLength: 2 })), (changes) => {
      const all = Object.entries(changes);
      const told = (as: (change: GoalChange) => Said[number][number]): Said =>
        Object.fromEntries(all.map(([at, list]) => [at, list.map(as)]));
      const old = runGoal(goal(), TWO_ROUNDS, told(oldChange));
      const typed = runGoal(
        goal({ typed_changes: true }),
        TWO_ROUNDS,
        told((change) => ({ change })),
      );
      expect(typed.end).toEqual(old.end);
      const given = ({ tasks }: typeof old) => tasks.map((task) => ({ ...task.goal, typed_changes: undefined }));
      expect(given(typed)).toEqual(given(old));
      // What the version before this one made of the same log.
      for (const [at, task] of old.tasks.entries()) {
        const before = all.flatMap(([calls, list]) => (Number(calls) <= at + 1 ? list : []));
        expect(task.goal).toEqual(Object.assign({ ...goal() }, ...before));
      }
    }),
    { numRuns: 60 },
  );
});

test.each(WRONG_CHANGES)("a stored change with a wrong field changes nothing: %j", (change) => {
  const wrong = { change } as { change: GoalChange };
  for (const [given, words] of [
    [goal({ typed_changes: true }), wrong],
    [goal(), oldChange(change)],
  ] as const) {
    const { end, tasks } = runGoal(given, TWO_ROUNDS, { 1: [words] });
    expect([end.reason, tasks.map((task) => task.goal)]).toEqual(["out_of_iterations", [given, given]]);
  }
});

test("a round that was done before a person changed what shows the goal does not end it", () => {
  const rounds = [record(1, { ...done, met: [1] }), record(2, { ...done, met: [1, 2] })];
  const criteria = [{ statement: "It is fast", weight: 1 }];
  const more = [...criteria, { statement: "It is safe", weight: 1 }];
  const answer: AnswerTo = (name) => (name === "check_goal" ? checked() : (rounds.shift() ?? "no more"));
  const without = run(goalReply, lead(goal({ criteria })), answer);
  expect(without.made.map(({ name }) => name)).toEqual(["check_goal", "start_subtask", "end_task"]);
  rounds.unshift(record(1, { ...done, met: [1] }));
  const { end, made, tasks } = runGoal(goal({ criteria }), answer, { 2: [{ change: { criteria: more } }] });
  expect(made.map(({ name }) => name)).toEqual(["check_goal", "start_subtask", "start_subtask", "end_task"]);
  // Nobody has judged the criterion that is new.
  expect(tasks[1]).toMatchObject({ met_before: null, now: expect.stringContaining("person") });
  expect(end).toMatchObject({ status: "success", result: expect.stringContaining("| yes | It is safe |") });
});

test("a criterion that a person added does not hold by the check of another", () => {
  const rounds = [record(1, { score: 0.5, verdict: "better", met: [0, 1] })];
  const [first, second] = ["It is small", "It is fast"].map((statement) => ({ statement, weight: 1 }));
  const given = goal({ validation_command: null, criteria: [first, second] as Goal["criteria"], max_iterations: 1 });
  const answer: AnswerTo = (name) => (name === "check_goal" ? checked() : (rounds.shift() ?? "no more"));
  const criteria = [{ statement: "It is safe", weight: 1 }, second] as Goal["criteria"];
  const { end } = run(goalReply, lead(given), answer, { 2: [{ change: { criteria } }] });
  expect(end.result).toContain("| no | It is safe |");
  expect(end.result).toContain("| yes | It is fast |");
});

const plan = JSON.stringify({
  plan: "p",
  steps: [{ title: "A", instruction: "a" }],
  needs: ["query  JSON", "send an SMS"],
});
const capability = ({ need }: Record<string, unknown>) => {
  const found = [{ kind: "command", name: "jq", fits: true }];
  return JSON.stringify(/sms/i.test(String(need)) ? { found: [{ kind: "tool", name: "x", fits: false }] } : { found });
};

test("the host looks up what a plan needs and what the check missed, and the next plan is told", () => {
  const answer: AnswerTo = (name, input) => {
    if (name === "check_goal")
      return checked({ why: "sh: 1: pandoc: not found\nModuleNotFoundError: No module named 'numpy'" });
    if (name === "find_capability") return capability(input);
    return input.agent === "goal_planner" ? succeeded(plan) : succeeded("done");
  };
  const { made, end } = run(roundReply, leadOfRound(roundTask({ gaps: ["“old”: the tool x (you have it)."] })), answer);
  expect(made.map(({ name, input }) => [name, input.need ?? input.agent ?? ""])).toEqual([
    ["start_subtask", "goal_planner"],
    ["find_capability", "query JSON"],
    ["find_capability", "send an SMS"],
    ["start_subtask", "coder"],
    ["check_goal", ""],
    ["find_capability", "pandoc"],
    ["find_capability", "numpy"],
    ["end_task", ""],
  ]);
  expect(made[0]?.input.instruction).toContain("“old”: the tool x");
  const nothing = "“send an SMS”: nothing that is here fits. A step can ask for it with request_tools.";
  expect(made[3]?.input.instruction).toContain("“query JSON”: the command jq.");
  expect(made[3]?.input.instruction).toContain(nothing);
  const left = JSON.parse(end.result) as RoundRecord;
  expect(left.gaps).toEqual([
    "“pandoc”: the command jq.",
    "“numpy”: the command jq.",
    "“query JSON”: the command jq.",
    nothing,
  ]);
  const rounds = [record(1, { gaps: left.gaps ?? [] }), record(2)];
  const pursued = runGoal(goal(), (name) => (name === "check_goal" ? checked() : (rounds.shift() ?? "")));
  expect(pursued.tasks.map(({ gaps }) => gaps)).toEqual([[], left.gaps]);
});

test("an answer from before the host told what fits, or a refused one, is left out", () => {
  const answer: AnswerTo = (name, input) => {
    if (name === "check_goal") return checked();
    if (name === "find_capability")
      return String(input.need).includes("SMS") ? '{"found":[{"kind":"tool","name":"x"}]}' : "Refused.";
    return input.agent === "goal_planner" ? succeeded(plan) : succeeded("done");
  };
  const { end } = run(roundReply, leadOfRound(roundTask()), answer);
  expect(JSON.parse(end.result)).not.toHaveProperty("gaps");
});

test("a supervised goal asks before each nth round, with what the rounds have used", () => {
  const supervised = goal({ mode: "supervised", ask_every: 2, max_iterations: 3 });
  const spent = [
    { tokens: 30_000, cost_usd: 0.5 },
    { tokens: 10_000, cost_usd: 0.1 },
  ];
  const rounds = spent.map((_, at) => record(at + 1));
  const goes: AnswerTo = (name) => (name === "check_goal" ? checked() : (rounds.shift() ?? "no more"));
  const told = runGoal(supervised, goes).tasks;
  const cost = costOf(spent);
  expect(cost).toEqual({ so_far: { tokens: 40_000, cost_usd: 0.6 }, round: { tokens: 20_000, cost_usd: 0.3 } });
  expect(told.map((task) => task.rounds_max)).toEqual([3, undefined, 3]);
  const asked = told.map((task) => {
    const answer: AnswerTo = (name) =>
      name === "check_goal" ? checked() : name === "ask" ? JSON.stringify({ answer: "Go on" }) : succeeded(plan);
    const { made } = run(roundReply, leadOfRound(task.number === 3 ? { ...task, cost } : task), answer);
    return made.filter(({ name }) => name === "ask").map(({ input }) => String(input.question));
  });
  expect(asked.map((questions) => questions.length)).toEqual([1, 0, 1]);
  expect(asked[2]?.[0]).toContain("have used 40k tokens ($0.60). One of the last took 20k tokens ($0.30) on average.");
});

test("what a goal spent is told by phase and by round, and rounds become leaner when its own machinery takes too much", () => {
  const by = (task: string, agent: string, tokens: number) => ({ task, agent, tokens, microUsd: tokens * 10 });
  const spendings = [
    by("first", "goal_planner", 10),
    by("first", "coder", 60),
    by("first", "task_evaluator", 20),
    by("look", "goal_strategist", 10),
    by("look", "goal", 0),
  ];
  const phases = phasesOf(spendings, { executor: "coder" });
  expect([...phases].map(([phase, { tokens }]) => [phase, tokens])).toEqual([
    ["plan", 10],
    ["work", 60],
    ["judge", 20],
    ["reflect", 10],
  ]);
  expect([...spentByTask(spendings)].map(([task, { tokens }]) => [task, tokens])).toEqual([
    ["first", 90],
    ["look", 10],
  ]);
  expect(phasesOf([by("first", "researcher", 5)], { executor: "researcher" }).get("work")?.tokens).toBe(5);
  expect([2, 3].map((rounds) => isLean(rounds, spendings, { executor: "coder" }))).toEqual([false, true]);
  expect(isLean(3, [by("first", "coder", 70), by("first", "goal_planner", 30)], { executor: "coder" })).toBe(false);
});

test("a look at the strategy gets the last rounds and the strategies before it, which its call does not repeat", () => {
  const given = goal({ max_iterations: 4, reflect_every: 1 });
  const materials: string[] = [];
  let rounds = 0;
  const reply = ({ messages }: { messages: ModelMessage[] }) => {
    const replied = goalReply({ messages });
    const strategies = replied.calls.filter(({ input }) => (input as { agent?: string }).agent === "goal_strategist");
    const made = { role: "assistant", parts: replied.parts, calls: replied.calls } as unknown as ModelMessage;
    const now = strategies.length > 0 ? givenNow(given, [...messages, made].toSpliced(1, 1)) : null;
    if (now && "material" in now) materials.push(now.material);
    for (const { input } of strategies) expect(JSON.stringify(input)).not.toContain("Round 1");
    return replied;
  };
  const answer: AnswerTo = (name, { agent }) => {
    if (name === "check_goal") return checked();
    if (agent === "goal_strategist")
      return succeeded(JSON.stringify({ strategy: ["bisect history", "write anew", "ask elsewhere"][rounds - 1] }));
    rounds += 1;
    return record(rounds, { score: rounds / 10, verdict: "better", plan: `plan number ${rounds}` });
  };
  run(reply, lead(given), answer);
  expect(materials.length).toBe(3);
  expect(materials[0]).toContain("Round 1, better, 10 %: plan number 1");
  expect(materials[2]).toContain("plan number 3");
  expect(materials[2]).toMatch(/- bisect history\n- write anew$/);
});

const SAFE = { statement: "It is safe", weight: 1, command: "exit 1" } as Goal["criteria"][number];

test("what held at the start does not show a goal that a person has changed meanwhile", () => {
  const holds = checked({ valid: true, checks: [{ command: "a", weight: 1, share: 1, met: true, evidence: "yes" }] });
  const answer: AnswerTo = (name, { title }) =>
    name === "check_goal" ? holds : record(Number(String(title).replace("Round ", "")));
  const given = goal({ max_iterations: 1 });
  expect(run(goalReply, lead(given), answer).end.status).toBe("success");
  const { end, made } = run(goalReply, lead(given), answer, { 1: [{ change: { criteria: [SAFE] } }] });
  expect(end.status).toBe("failure");
  // The files of the start, whose score is that of the other goal, are not put back.
  expect(made.map(({ name }) => name)).toEqual(["check_goal", "start_subtask", "end_task"]);
});

test("nobody is asked to agree to a result that was checked for another goal", () => {
  const doubted = { score: 1, valid: true, doubts: ["A test was skipped."] };
  const answer: AnswerTo = (name, { title }) => {
    if (name === "ask") return JSON.stringify({ answer: "Yes" });
    return name === "check_goal" ? checked() : record(Number(String(title).replace("Round ", "")), doubted);
  };
  const given = goal({ mode: "supervised", max_iterations: 1 });
  expect(run(goalReply, lead(given), answer).end.status).toBe("success");
  const { end, made } = run(goalReply, lead(given), answer, { 2: [{ change: { criteria: [SAFE] } }] });
  expect(end).toMatchObject({ status: "failure", reason: "out_of_iterations" });
  expect(made.map(({ name }) => name)).not.toContain("ask");
});

test.each([
  [{ score: 1, valid: true }, "All checks pass, but this has to be agreed to first:"],
  [{ score: 0.9, valid: true }, "The score of 90 % is enough, but this has to be agreed to first:"],
  [
    { score: 0.5, valid: false, as_changed: true },
    "The validation command fails with the tests and settings of the start.",
  ],
])("whoever has to agree reads what the checks have shown: %j", (shown, begins) => {
  const doubted = { ...shown, done: false, doubts: ["A test was changed."] };
  const answer: AnswerTo = (name, { title }) => {
    if (name === "ask") return JSON.stringify({ answer: "No" });
    return name === "check_goal" ? checked() : record(Number(String(title).replace("Round ", "")), doubted);
  };
  const given = goal({ mode: "supervised", max_iterations: 1, success_threshold: 0.9 });
  const { made } = run(goalReply, lead(given), answer);
  const asked = made.find(({ name }) => name === "ask");
  expect(String(asked?.input.question).startsWith(begins)).toBe(true);
});

test("a round without a planner tells the one who works what people said, and the strategy", () => {
  const task = roundTask({ lean: true, said: ["Do not touch the parser"], strategy: "Bisect the history" });
  const answer: AnswerTo = (name) => (name === "check_goal" ? checked() : succeeded("done"));
  const { made } = run(roundReply, leadOfRound(task), answer);
  const instruction = String(made[0]?.input.instruction);
  expect(made[0]?.name).toBe("start_subtask");
  expect([instruction.includes("Do not touch the parser"), instruction.includes("Bisect the history")]).toEqual([
    true,
    true,
  ]);
});

test("a delivery whose command fails is told", () => {
  const given = goal({ on_success: "command", delivery_command: "exit 3" });
  const answer: AnswerTo = (name) =>
    name === "check_goal" ? checked() : name === "use_terminal" ? '{"exit_status":3,"stderr":"no"}' : record(1, done);
  const { end } = run(goalReply, lead(given), answer);
  expect(end).toMatchObject({
    status: "success",
    result: expect.stringContaining("The delivery failed (use_terminal)"),
  });
});

test("a goal that a person let go on after it was reached is delivered again", () => {
  const given = goal({ on_success: "branch", max_iterations: 1 });
  const rounds = [record(1, done), record(2, done)];
  const answer: AnswerTo = (name, { operation }) => {
    if (name === "check_goal") return checked();
    if (operation === "branch") return JSON.stringify({ branches: [{ name: "main" }, { name: "banyan/do-it" }] });
    return name === "start_subtask" ? (rounds.shift() ?? "no more") : "{}";
  };
  const { made } = run(goalReply, lead(given), answer, {}, ["Also do X"]);
  const told = made.map(({ name, input }) =>
    input.operation ? `${input.operation} ${input.create ?? ""}`.trim() : name,
  );
  const first = ["switch true", "commit", "end_task"];
  // Git is asked what the first delivery has left.
  const second = ["branch", "switch false", "status", "commit", "end_task"];
  expect(told).toEqual(["check_goal", "start_subtask", ...first, "start_subtask", ...second]);
});

/** Runs a goal whose first end a person takes back. Returns the names of its calls from there on, and its second end. */
function goneOn(given: Goal, answer: AnswerTo) {
  const { made, end } = run(goalReply, lead(given), answer, {}, ["Here is the key."]);
  const names = made.map(({ name, input }) => (input.agent ? String(input.title) : name));
  const first = names.indexOf("end_task");
  return { before: names.slice(0, first), after: names.slice(first + 1), end };
}

test("a goal goes on after each of its ends", () => {
  const title = ({ title }: Record<string, unknown>) => String(title);
  const numberOf = (input: Record<string, unknown>) => Number(title(input).replace(/\D/g, ""));
  const unreachable: AnswerTo = (name, input) => {
    if (name === "check_goal") return checked();
    if (input.agent === "goal_strategist") return succeeded('{"unreachable": "there is no key"}');
    return record(numberOf(input), numberOf(input) === 2 ? done : {});
  };
  const reflecting = goal({ reflect_every: 1 });
  const second = ["Round 2", "end_task"];
  expect(goneOn(reflecting, unreachable)).toMatchObject({ after: second, end: { status: "success" } });

  const spent = JSON.stringify({ task: "t", status: "failed", reason: "out_of_grant", summary: "used up" });
  const withoutGrant: AnswerTo = (name, input) =>
    input.agent === "goal_strategist" ? spent : unreachable(name, input);
  expect(goneOn(reflecting, withoutGrant)).toMatchObject({ after: second, end: { status: "success" } });

  const stopped: AnswerTo = (name, input) =>
    numberOf(input) === 1 ? record(1, { stop: "Stop", ended: true, files: "", at_ms: 0 }) : unreachable(name, input);
  expect(goneOn(goal(), stopped)).toMatchObject({ after: second, end: { status: "success" } });

  const brokenOff: AnswerTo = (name, input) => {
    if (name === "check_goal") return checked();
    return numberOf(input) < 5 ? "The disk is full." : record(numberOf(input), done);
  };
  const broken = goneOn(goal({ max_iterations: 9, reflect_every: 9 }), brokenOff);
  expect(broken.before).toContain("Round 4");
  expect(broken).toMatchObject({ after: ["Round 5", "end_task"], end: { status: "success" } });
});

test("a goal that could not begin begins when a person lets it", () => {
  let checks = 0;
  const answer: AnswerTo = (name) => {
    if (name !== "check_goal") return record(1, done);
    checks += 1;
    return checks <= 3 ? "The disk is full." : checked();
  };
  const { before, after, end } = goneOn(goal(), answer);
  expect(before).toEqual(["check_goal", "check_goal", "check_goal"]);
  expect([after, end.status]).toEqual([["check_goal", "Round 1", "end_task"], "success"]);
});

const PROPOSED = '{"validation_command": "npm test", "criteria": [{"statement": "It is fast", "command": "./fast"}]}';

test("what was taken back before the first round does not continue the goal once more at its end", () => {
  let proposals = 0;
  const answer: AnswerTo = (name, input) => {
    if (name === "check_goal") return checked();
    if (input.agent !== "goal_planner") return record(1, done);
    proposals += 1;
    return proposals <= 3 ? "no criteria" : succeeded(PROPOSED);
  };
  const { before, after, end } = goneOn(goal({ validation_command: null }), answer);
  const proposal = "Criteria of the goal";
  expect(before).toEqual(["check_goal", proposal, proposal, proposal]);
  expect([after, end.status]).toEqual([[proposal, "check_goal", "Round 1", "end_task"], "success"]);
});

test("criteria that were not confirmed are asked about again", () => {
  const answers = ["Stop", "Yes"];
  const answer: AnswerTo = (name, input) => {
    if (name === "ask") return JSON.stringify({ answer: answers.shift() });
    if (name === "check_goal") return checked();
    return input.agent === "goal_planner" ? succeeded(PROPOSED) : record(1, done);
  };
  const given = goal({ validation_command: null, mode: "supervised" });
  const { after, end } = goneOn(given, answer);
  expect([after, end.status]).toEqual([["ask", "check_goal", "Round 1", "end_task"], "success"]);
});

test("after an end that put the best files back, the next round begins with them", () => {
  const given = goal({ max_iterations: 2 });
  const scores = [0.8, 0.5, 1];
  let rounds = 0;
  const answer: AnswerTo = (name) => {
    if (name === "check_goal") return checked();
    if (name !== "start_subtask") return "{}";
    rounds += 1;
    return record(rounds, { score: scores[rounds - 1] ?? 0, ...(rounds === 3 && done) });
  };
  const tasks: RoundTask[] = [];
  const reply = ({ messages }: { messages: ModelMessage[] }) => {
    const replied = goalReply({ messages });
    const made = [...messages, { role: "assistant", parts: replied.parts, calls: replied.calls }] as ModelMessage[];
    if (replied.calls.some(({ name }) => name === "start_subtask")) {
      const now = givenNow(given, made.toSpliced(1, 1));
      if ("round" in now) tasks.push(now.round);
    }
    return replied;
  };
  const { made } = run(reply, lead(given), answer, {}, ["Go on"]);
  expect(made.map(({ name }) => name)).toContain("restore_files");
  expect(tasks.map(({ from }) => from)).toEqual(["c1", "c1", "c1"]);
  expect(tasks.at(-1)).toMatchObject({ score_before: 0.8, undone: expect.stringContaining("best files") });
});

test("after a round that broke off nobody knows the files, so the best ones are put back", () => {
  let rounds = 0;
  const answer: AnswerTo = (name) => {
    if (name === "check_goal") return checked();
    if (name !== "start_subtask") return "{}";
    rounds += 1;
    return rounds === 1 ? record(1, { score: 0.5 }) : { error: "It was stopped alone." };
  };
  const { made, end } = run(goalReply, lead(goal({ max_iterations: 2 })), answer);
  const [restored] = made.filter(({ name }) => name === "restore_files");
  expect(restored?.input).toEqual({ snapshot: "c1" });
  expect(end.result).toContain("The best files are those of round 1");
});

test("a goal that is reached only after a person continued it makes its branch then, and only once", () => {
  const given = goal({ on_success: "branch", max_iterations: 1 });
  let rounds = 0;
  const branches: { name: unknown }[] = [];
  const answer: AnswerTo = (name, { operation, branch, create }) => {
    if (name === "check_goal") return checked();
    if (operation === "branch") return JSON.stringify({ branches });
    if (operation === "switch" && create) branches.push({ name: branch });
    if (name !== "start_subtask") return "{}";
    rounds += 1;
    return record(rounds, rounds === 1 ? { score: 0.5 } : done);
  };
  const { made } = run(goalReply, lead(given), answer, {}, ["Go on", "Once more"]);
  const switches = made.filter(({ input }) => input.operation === "switch");
  expect(switches.map(({ input }) => input.create)).toEqual([true, false]);
});

test("a delivery that failed after its commit goes on behind the commit, when nothing was changed since", () => {
  const given = goal({ on_success: "pull_request", max_iterations: 1 });
  let [rounds, requests] = [0, 0];
  const answer: AnswerTo = (name, input) => {
    if (name === "check_goal") return checked();
    if (name !== "start_subtask") return "{}";
    if (input.title === "Open a pull request") {
      requests += 1;
      return requests === 1 ? { error: "There is no token." } : succeeded("It is open.");
    }
    rounds += 1;
    return record(rounds, { ...done, files: "as before" });
  };
  const { made, end } = run(goalReply, lead(given), answer, {}, ["Try the delivery again"]);
  expect([requests, end.status]).toEqual([2, "success"]);
  // A second commit would have nothing to commit, and fail.
  expect(made.filter(({ input }) => input.operation === "commit")).toHaveLength(1);
  expect(end.result).not.toContain("The delivery failed");
});

test("a delivery whose process ended in the middle asks git what is there, and makes nothing twice", () => {
  const given = goal({ on_success: "branch", max_iterations: 1 });
  const branches: string[] = [];
  let isCommitted = false;
  const deliver = (isMadeBefore: boolean) => {
    const begun = new Set<string>();
    const cut = (operation: unknown, work: () => string | { error: string }) => {
      const isFirst = !begun.has(String(operation));
      begun.add(String(operation));
      if (!isFirst) return work();
      if (isMadeBefore) work();
      return { interrupted: true } as const;
    };
    const answer: AnswerTo = (name, input) => {
      if (name === "check_goal") return checked();
      if (name === "start_subtask") return record(1, done);
      const { operation, branch, create } = input;
      if (operation === "branch") return JSON.stringify({ branches: branches.map((name) => ({ name })) });
      const changed = isCommitted ? [] : ["a.txt"];
      if (operation === "status") return JSON.stringify({ staged: [], unstaged: changed, untracked: [] });
      return cut(operation, () => {
        if (operation === "commit" && isCommitted) return { error: "Nothing is staged." };
        if (operation === "commit") isCommitted = true;
        else if (create && branches.includes(String(branch))) return { error: "It exists already." };
        else if (create) branches.push(String(branch));
        return "{}";
      });
    };
    return run(goalReply, lead(given), answer);
  };
  for (const isMadeBefore of [true, false]) {
    branches.length = 0;
    isCommitted = false;
    const { end, made } = deliver(isMadeBefore);
    expect(end.result).not.toContain("The delivery failed");
    expect([isMadeBefore, branches.length, isCommitted]).toEqual([isMadeBefore, 1, true]);
    expect(made.filter(({ input }) => input.operation === "commit")).toHaveLength(isMadeBefore ? 1 : 2);
  }
});

test("a goal whose delivery an older version gave up after a crash is delivered when a person continues it", () => {
  const given = goal({ on_success: "branch", max_iterations: 1 });
  let [isThere, isCommitted, switches] = [false, false, 0];
  let rounds = 0;
  const answer: AnswerTo = (name, { operation, create }) => {
    if (name === "check_goal") return checked();
    if (name === "start_subtask") return record(++rounds, done);
    if (operation === "branch") return JSON.stringify({ branches: isThere ? [{ name: "banyan/do-it" }] : [] });
    if (operation === "status") return JSON.stringify({ staged: [], unstaged: isCommitted ? [] : [1], untracked: [] });
    if (operation === "commit") isCommitted = true;
    if (operation !== "switch") return "{}";
    switches += 1;
    if (switches === 1) {
      isThere = true;
      return { error: "This call was interrupted." };
    }
    return create && isThere ? { error: "A branch of this name exists already." } : "{}";
  };
  const { end } = run(goalReply, lead(given), answer, {}, ["Deliver it again"]);
  expect(end.result).not.toContain("The delivery failed");
  expect(isCommitted).toBe(true);
});

test("the best files of an easier goal do not undo the work on the one that a person made of it", () => {
  const given = goal({ max_iterations: 5, reflect_every: 9 });
  const scores = [0.9, 0.5, 0.6, 0.65, 0.7];
  const answer: AnswerTo = (name, { title }) => {
    if (name === "check_goal") return checked();
    const number = Number(String(title).replace("Round ", ""));
    return record(number, { score: scores[number - 1] ?? 0, verdict: "better" });
  };
  const { tasks, end, made } = runGoal(given, answer, { 2: [{ change: { criteria: [SAFE] } }] });
  expect(tasks.map(({ undone }) => undone)).toEqual([null, null, null, null, null]);
  expect(made.map(({ name }) => name)).not.toContain("restore_files");
  expect(end.result).toContain("Score 70 %");
});
