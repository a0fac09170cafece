/** The plan of a round: refused, asked again, edited by a person, and planned again after a unit failed. */
import { expect, test } from "vitest";
import { readRecord } from "@/core/goals/facts/record";
import { roundReply } from "@/core/goals/rounds/round";
import { planOfRound } from "@/core/goals/rounds/round-plan";
import {
  type AnswerTo,
  checked,
  goal,
  leadOfRound,
  record,
  roundTask,
  run,
  runGoal,
  succeeded,
} from "@/core/goals/testing/talks";

const AGENTS = { agents: ["coder", "test_generator"] };
const plan = (...steps: object[]) =>
  JSON.stringify({ plan: "Mend it", steps: steps.map((step) => ({ instruction: "do it", ...step })) });
const failed = (reason: string, summary = "It broke.") =>
  JSON.stringify({ task: "t", status: "failed", reason, summary });

/** Runs a round whose planner gives these plans, one after the other. */
function planned(
  plans: string[],
  more: Parameters<typeof roundTask>[0] = {},
  answer: Partial<Record<string, string | { error: string }>> = {},
) {
  const asked: string[] = [];
  const answers: AnswerTo = (name, { agent, title, instruction, question }) => {
    if (name === "check_goal") return checked();
    if (agent === "goal_planner") {
      asked.push(String(instruction));
      return succeeded(plans.shift() ?? "");
    }
    if (name === "ask") {
      asked.push(String(question));
      return answer[`ask ${asked.filter((text) => text.includes("Go on with round")).length}`] ?? "Go on";
    }
    return answer[String(title)] ?? succeeded(`${title} is done`);
  };
  const { made, end } = run(roundReply, leadOfRound(roundTask({ ...AGENTS, ...more })), answers);
  const works = made.filter(({ input }) => input.agent === "coder" || input.agent === "test_generator");
  return { made, end, asked, works };
}

test("a refused plan is asked for once more, with the reasons", () => {
  const circle = plan({ title: "A", after: ["B"] }, { title: "B", after: ["A"] });
  const { end, asked, works } = planned([circle, plan({ title: "A" })]);
  expect(asked.length).toBe(2);
  expect(asked[0]).not.toContain("was refused");
  expect(asked[1]).toContain("## Your last plan was refused");
  expect(asked[1]).toContain("- These units wait for each other in a circle: “A” → “B” → “A”.");
  expect(works.map(({ input }) => input.title)).toEqual(["A"]);
  expect(end.status).toBe("success");
});

test.each([
  ["a circle", [{ title: "A", after: ["A"] }], "waits for itself"],
  ["a unit of five hours", [{ title: "A", minutes: 300 }], "“A” takes 5 h, and 4 h is the most"],
  ["an unknown agent", [{ title: "A", executor: "wizard" }], "names the agent wizard"],
])("%s that is planned twice ends the round with the reason, and no unit begins", (_, steps, why) => {
  const { end, works } = planned([plan(...steps), plan(...steps)]);
  expect(works).toEqual([]);
  expect(end).toMatchObject({ status: "failure", result: expect.stringContaining(why) });
});

test("the next planner reads why the plans of a round were refused", () => {
  const answer: AnswerTo = (name, { title }) => {
    if (name === "check_goal") return checked();
    if (title === "Round 1")
      return failed("by_agent", "Two plans were refused. “A” takes 5 h, and 4 h is the most: split it.");
    return record(2);
  };
  const { tasks } = runGoal(goal(), answer);
  expect(tasks[1]?.now).toContain("“A” takes 5 h");
});

test("units start in an order in which each comes after those that it waits for, in copies when some run at once", () => {
  const { works } = planned([plan({ title: "C", after: ["A", "B"] }, { title: "A" }, { title: "B", after: ["A"] })]);
  expect(works.map(({ input }) => [input.title, input.depends_on, input.workspace])).toEqual([
    ["A", undefined, undefined],
    ["B", ["A"], undefined],
    ["C", ["A", "B"], undefined],
  ]);
  const wide = planned([plan({ title: "A" }, { title: "B", after: ["A"] }, { title: "C", after: ["A"] })]);
  expect(wide.works.map(({ input }) => input.workspace)).toEqual(["own", "own", "own"]);
});

test("after a failed unit the record names what is done, and the next plan contains only the rest", () => {
  const steps = [
    { title: "Base" },
    { title: "Left", after: ["Base"] },
    { title: "Right" },
    { title: "Top", after: ["Left"] },
  ];
  const first = planned(
    [plan(...steps)],
    {},
    { Left: failed("by_agent"), Top: failed("dependency_failed", "Its predecessor “Left” failed.") },
  );
  const { units } = readRecord(first.end.result) ?? {};
  expect(units).toEqual([
    { title: "Base", state: "done", result: "Base is done" },
    { title: "Left", state: "failed", result: "It broke." },
    { title: "Right", state: "done", result: "Right is done" },
    { title: "Top", state: "not_begun", result: "waits for “Left”" },
  ]);
  // Planning a unit that is done is refused; its repair has another title.
  const again = planned(
    [plan({ title: "Base" }, { title: "Left" }), plan({ title: "Left" }, { title: "Top", after: ["Left"] })],
    { before: units },
  );
  expect(again.asked[0]).toContain(
    "## Units that are done. They stay as they are, so plan none of them again\n\n- Base: Base is done",
  );
  expect(again.asked[0]).toContain("- Top: waits for “Left”");
  expect(again.asked[1]).toContain("“Base” is done since an earlier round");
  expect(again.works.map(({ input }) => input.title)).toEqual(["Left", "Top"]);
  // What is done stays known over several rounds, unless its files were undone.
  const third = planned([plan({ title: "Left" })], { before: units }, { Left: failed("by_agent") });
  expect(readRecord(third.end.result)?.units).toMatchObject([
    { title: "Base", state: "done" },
    { title: "Right", state: "done" },
    { title: "Left", state: "failed" },
  ]);
  const undone = planned([plan({ title: "Base" })], { before: units, undone: "They were worse." });
  expect(undone.asked.length).toBe(1);
  expect(undone.asked[0]).not.toContain("Units that are done");
});

const SUPERVISED = { goal: goal({ mode: "supervised" }) };

test("a person sees the units with estimates and risks, and edits them as JSON", () => {
  const units = [
    { title: "A", kind: "integration", risk: 5, risk_why: "money leaves", deliverable: "a call" },
    { title: "B", minutes: 20 },
  ];
  const edit = JSON.stringify({
    steps: [
      { title: "A", minutes: 30, risk: 4 },
      { title: "C", instruction: "do c", after: ["A"] },
    ],
  });
  const { asked, works } = planned([plan(...units)], SUPERVISED, { "ask 1": edit });
  expect(asked[1]).toContain("1. A (coder): a call – 25 min (8 min to 1 h 15 min), risk 5 of 5 because money leaves");
  expect(asked[1]).toContain("2. B (coder) – 20 min (6.7 min to 1 h)");
  expect(asked[1]).toContain(
    "2 units, about 25 min (8 min to 1 h 15 min); no cost known yet; 1, 2 run at once; 45 min of work.",
  );
  expect(works.map(({ input }) => [input.title, String(input.instruction).split("\n")[0]])).toEqual([
    ["A", "do it"],
    ["C", "do c"],
  ]);
});

test.each([
  [
    '{"steps": [{"title": "A", "minutes": 300}]}',
    "Your plan was not taken. “A” takes 5 h, and 4 h is the most: split it. The plan below still stands.",
  ],
  ['{"steps": [{"title": "A", "minuts": 30}]}', 'Unit 1 cannot be read: Unrecognized key: "minuts".'],
  [
    '{"steps": [{"title": "A"}, {"title": "B", "risk": 9}]}',
    "Unit 2 cannot be read: risk: Too big: expected number to be <=5.",
  ],
  ['{"steps": [{"title": "A"', "The answer is not whole JSON."],
  ['{"steps": [{"title": "A", "after": ["B"]}]}', "“A” waits for “B”, and no unit has that title."],
])("an edited plan that cannot begin is asked about again with the reason: %s", (edit, says) => {
  const { asked, works } = planned([plan({ title: "A" })], SUPERVISED, { "ask 1": edit });
  expect(asked.length).toBe(3);
  expect(asked[2]).toContain(says);
  expect(works.map(({ input }) => input.title)).toEqual(["A"]);
});

test.each([[{ error: "Refused by the rule questions." }], ["   "]])(
  "a plan about which nobody could be asked does not begin: %j",
  (answer) => {
    const { end, works } = planned([plan({ title: "A" })], SUPERVISED, { "ask 1": answer });
    expect(works).toEqual([]);
    expect(end).toMatchObject({ status: "failure", result: expect.stringContaining("Nobody could be asked") });
  },
);

test("a unit cannot make the question about its plan too long to be asked", () => {
  const units = Array.from({ length: 8 }, (_, at) => ({ title: `U${at}`, expects: "x".repeat(21_000) }));
  const { asked } = planned([plan(...units)], SUPERVISED);
  expect(asked[1]?.length).toBeLessThan(20_000);
});

const LIMITED = { ...SUPERVISED, replans_max: 2 };

test("a person has the plan made again: the planner reads the former plan and all hints, and nothing of it runs", () => {
  const { asked, works, made } = planned(
    [plan({ title: "A", risk: 4 }), plan({ title: "B" }), plan({ title: "C" })],
    LIMITED,
    { "ask 1": "Plan again: smaller units", "ask 2": "plan again with no new package" },
  );
  const planner = made
    .filter(({ input }) => input.agent === "goal_planner")
    .map(({ input }) => String(input.instruction));
  expect(planner.map((text) => text.includes("A person asks for another plan"))).toEqual([false, true, true]);
  expect(planner[1]).toContain("should do differently\n\n- smaller units");
  expect(planner[1]).toMatch(/Nothing of it has run\n\n\{"plan":"Mend it","steps":\[\{"title":"A".*"risk":4/);
  expect(planner[2]).toContain("- smaller units\n- with no new package");
  expect(planner[2]).toMatch(/Nothing of it has run\n\n\{"plan":"Mend it","steps":\[\{"title":"B"/);
  const questions = asked.filter((text) => text.includes("Go on with round"));
  expect(questions.map((text) => /^1\. (\w)/m.exec(text)?.[1])).toEqual(["A", "B", "C"]);
  expect(questions[0]).toContain("For another plan, answer “Plan again:” with what it should do differently.");
  expect(works.map(({ input }) => input.title)).toEqual(["C"]);
});

test.each([
  ["Plan again", "Say after “Plan again:” what the next plan should do differently. The plan below still stands."],
  [
    "Plan again: a third time",
    "This round was planned again 2 times, which is the most: start the plan below, edit it, or stop.",
  ],
])("“%s” is refused with a sentence, and the plan below can still begin", (answer, says) => {
  const before = answer === "Plan again" ? [] : ["Plan again: once", "Plan again: twice"];
  const given = [...before, answer].map((text, at): [string, string] => [`ask ${at + 1}`, text]);
  const { asked, works } = planned(
    [plan({ title: "A" }), plan({ title: "B" }), plan({ title: "C" })],
    LIMITED,
    Object.fromEntries(given),
  );
  expect(asked.at(-1)?.startsWith(says)).toBe(true);
  expect(works.map(({ input }) => input.title)).toEqual([before.length === 0 ? "A" : "C"]);
});

test("when the new plan is refused twice, the former one still stands", () => {
  const circle = plan({ title: "B", after: ["B"] });
  const { asked, works } = planned([plan({ title: "A" }), circle, circle], LIMITED, { "ask 1": "Plan again: wider" });
  expect(asked.at(-1)).toContain("There is no new plan. Two plans were refused. “B” waits for itself.");
  expect(works.map(({ input }) => input.title)).toEqual(["A"]);
});

test("a plan that was made again can be edited, and its planner can say that the goal cannot be reached", () => {
  const edit = JSON.stringify({ steps: [{ title: "B", minutes: 9 }] });
  const edited = planned([plan({ title: "A" }), plan({ title: "B", deliverable: "b" })], LIMITED, {
    "ask 1": "Plan again: other",
    "ask 2": edit,
  });
  expect(edited.works.map(({ input }) => input.title)).toEqual(["B"]);
  expect(edited.works[0]?.input.instruction).toContain("## What it brings\n\nb");
  const stop = planned([plan({ title: "A" }), JSON.stringify({ stop: "No such service." })], LIMITED, {
    "ask 1": "Plan again: use the service",
  });
  expect(stop.works).toEqual([]);
  expect(readRecord(stop.end.result)).toMatchObject({ stop: "No such service." });
});

test("in a round of an older version, “Plan again” is words above the plan", () => {
  const { works } = planned([plan({ title: "A" })], SUPERVISED, { "ask 1": "Plan again: smaller" });
  expect(works[0]?.input.instruction).toContain("their words count:\nPlan again: smaller");
});

test("a round of an older version takes every plan as it did, and words that look like an edit are words", () => {
  const old = { agents: undefined };
  const circle = plan(
    { title: "A", after: ["B"] },
    { title: "B", after: ["A"], minutes: 300 },
    { title: "B", executor: "wizard" },
  );
  const { asked, made } = planned([circle], old);
  expect(asked.length).toBe(1);
  expect(
    made
      .filter(({ input }) => input.depends_on || input.agent === "wizard")
      .map(({ input }) => [input.title, input.depends_on]),
  ).toEqual([
    ["B", ["A"]],
    ["B (3)", undefined],
  ]);
  const words = planned([plan({ title: "A" })], { ...old, ...SUPERVISED }, { "ask 1": '{"steps": []}' });
  expect(words.works[0]?.input.instruction).toContain('their words count:\n{"steps": []}');
  expect(planOfRound(roundTask(old), [{ role: "user", content: "Round" }])).toBe(null);
});
