/** The texts for the agents of a round. Everything from files and commands is quoted as material. */
import type { Checked } from "@/core/goals/facts/checked";
import { type Check, cut } from "@/core/goals/facts/record";
import type { Goal, GoalCriterion } from "@/core/log/goal";
import type { KindTimes, UnitOutcome } from "@/core/log/plans";
import type { RoundTask } from "@/core/log/round-task";
import { rangeText } from "@/core/words/plans/plans";
import type { Plan, Step } from "./plan";

/** Returns the criteria as lines, with their commands. */
export function criteriaLines({ criteria, validation_command }: Pick<Goal, "criteria" | "validation_command">): string {
  const command =
    validation_command === null ? [] : [`- The validation command exits with 0: \`${validation_command}\``];
  return [...command, ...criteria.map(criterionLine)].join("\n");
}

function criterionLine({ statement, command, expect }: GoalCriterion): string {
  if (command === undefined) return `- ${statement} (a judge decides)`;
  const shown =
    typeof expect === "string" ? `, with “${expect}” in its output` : expect ? `, with exit status ${expect}` : "";
  return `- ${statement} (\`${command}\`${shown})`;
}

/** A person has read a plan and wants another. */
export interface Again {
  former: Plan;
  /** What it should do differently, the newest last. */
  hints: readonly string[];
}

/** Characters of the former plan that the planner reads. */
const FORMER_CHARS = 8_000;

/** `refused`: what is wrong with the plan that the planner gave before. */
export function planInstruction(task: RoundTask, refused: readonly string[], again: Again | null): string {
  const { goal, number, strategy, now, tried, said, undone, found, gaps, preventions = [] } = task;
  const parts = [
    `Plan round ${number} of a goal. Answer with the plan as JSON, as your instructions say.`,
    section("Your last plan was refused. Answer with a whole plan in which this is right", lines(refused)),
    ...(again ? againSections(again) : []),
    section("Goal", task.text),
    section("It is reached when all of this holds. None of it can be changed", criteriaLines(goal)),
    section("What a person says now, which comes before everything else", said.join("\n")),
    section("What the work may change. Everything else is as at the start when the goal is checked", scopeLines(task)),
    section("What does not hold now", now),
    section("Undone", undone ?? ""),
    section("What earlier rounds tried. Do not plan the same again", tried.join("\n")),
    ...unitSections(task),
    section("What went wrong here before. Plan so that it does not happen again", preventions.join("\n")),
    section("The strategy to follow", strategy),
    section("What research has found", found.map((fact) => `${fact.question}: ${fact.text}`).join("\n")),
    section("What the host found for what was missing", gaps.join("\n")),
    section("Who can do the work", `Unless a unit names another agent: ${goal.executor}.`),
    section("What units took here before", (task.times ?? []).map(timesLine).join("\n")),
  ];
  return parts.filter(Boolean).join("\n\n");
}

/** Tells which units of the last plan are done, and which are planned again because one failed. */
function unitSections({ before = [], undone }: RoundTask): string[] {
  if (undone !== null) return [];
  const told = (isTold: (unit: UnitOutcome) => boolean) =>
    lines(before.filter(isTold).map(({ title, result }) => (result ? `${title}: ${result}` : title)));
  return [
    section(
      "Units that are done. They stay as they are, so plan none of them again",
      told(({ state }) => state === "done"),
    ),
    section(
      "Units that failed. Plan them again, in another way",
      told(({ state }) => state === "failed"),
    ),
    section(
      "Units that did not begin, because they wait for one that failed. Plan them again after it, if they are still needed",
      told(({ state }) => state === "not_begun"),
    ),
  ];
}

function againSections({ former, hints }: Again): string[] {
  return [
    section("A person asks for another plan. What it should do differently", lines(hints)),
    section(
      "The plan that they read. Nothing of it has run",
      cut(JSON.stringify({ plan: former.summary, steps: former.steps }), FORMER_CHARS),
    ),
  ];
}

function timesLine({ kind, count, minutes, ...range }: KindTimes): string {
  return `${kind}: ${minutes} min, eight of ten within ${rangeText(range)} (${count} finished units)`;
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `- ${text}`).join("\n");
}

export function researchInstruction({ text }: RoundTask, question: string): string {
  return `Find out, with sources: ${question}\n\nIt is needed for this goal: ${cut(text, 1_000)}\n\nAnswer in at most 1,500 characters: what to do, why, and where it stands.`;
}

function scopeLines({ scope = [], goal }: RoundTask): string {
  if (scope.length === 0) return "";
  const protect = goal.protect.length > 0 ? `\nNever: ${goal.protect.join(", ")}` : "";
  return `${scope.join(", ")}${protect}\nA glob covers tests and settings of tools only if it names them. If the goal cannot be reached within this scope, ask for more with "widen".`;
}

export function stepInstruction(
  { text, goal, scope, number }: RoundTask,
  step: Step,
  { found, gaps, said }: { found: string | null; gaps: string[]; said: string[] },
): string {
  const rules = [
    ...(scope ? [`You may change: ${scope.join(", ")}. New tests may be added.`] : []),
    "Everything else, such as tests and settings that existed at the goal's start, is put back before anything is checked, and counts against the goal. Undo what you changed there.",
    ...(goal.protect.length > 0 ? [`So are files that match: ${goal.protect.join(", ")}.`] : []),
    "A step that fails is a result too: say what you found out.",
  ];
  const parts = [
    step.instruction,
    section("What it brings", step.deliverable ?? ""),
    section("How that is shown", step.shown_by ?? ""),
    section("What it is expected to change", step.expects),
    section("The goal that it serves (the host checks it, not you)", `${text}\n\n${criteriaLines(goal)}`),
    section("What research has found", found ?? ""),
    section("What the host found for the needs of this plan", gaps.join("\n")),
    section("What a person says now", said.join("\n")),
    section("Rules", rules.map((rule) => `- ${rule}`).join("\n")),
    `This is round ${number}. Commit nothing unless the step says so.`,
  ];
  return parts.filter(Boolean).join("\n\n");
}

export function judgeInstruction({ text }: RoundTask, check: Check, checked: Checked): string {
  const parts = [
    "Judge one criterion of a goal by the files in the workspace, and nothing else. A criterion that you cannot find shown is not met: answer `fail`.",
    section("Criterion", check.statement ?? ""),
    section("The goal, for context only", cut(text, 1_000)),
    section("Changed since the last check", checked.changes),
    section("Changed outside the scope, which counts against the goal", checked.put_back.join("\n")),
    "Look for shortcuts: a result that is written into the code, a test that is recognised, an error that is swallowed. They are a fail.",
    "End with `end_task` and one JSON object as the result, as your instructions say.",
  ];
  return parts.filter(Boolean).join("\n\n");
}

export function criteriaInstruction(text: string): string {
  return `Propose how anybody can see that this goal is reached. Look at the repository first: how it builds, how it is tested, what exists. Answer with criteria as JSON, as your instructions say.\n\n${section("Goal", text)}`;
}

export function reflectInstruction(why: string, isAgain: boolean): string {
  const parts = [
    "Look at how a goal is pursued, and name another strategy, or say that it cannot be reached as it stands. Answer as JSON, as your instructions say.",
    section("Why now", why),
    isAgain
      ? "Your last answer named a strategy that was tried already. Name one that is different, in other words."
      : "",
  ];
  return parts.filter(Boolean).join("\n\n");
}

/** The text below the instruction. */
export function reflectMaterial(of: {
  text: string;
  goal: Goal;
  rounds: readonly string[];
  strategies: readonly string[];
}): string {
  const parts = [
    section("Goal", of.text),
    section("It is reached when all of this holds", criteriaLines(of.goal)),
    section("The last rounds", of.rounds.join("\n")),
    section("Strategies that were tried", of.strategies.map((strategy) => `- ${strategy}`).join("\n")),
  ];
  return parts.filter(Boolean).join("\n\n");
}

export function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}

function section(title: string, text: string): string {
  return text.trim() === "" ? "" : `## ${title}\n\n${text.trim()}`;
}
