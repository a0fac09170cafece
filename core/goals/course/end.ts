/** The result of a goal: what holds, with its evidence, and what does not. */
import type { Checked } from "@/core/goals/facts/checked";
import { cut, type RoundRecord } from "@/core/goals/facts/record";
import { percent } from "@/core/goals/planning/material";
import type { Goal } from "@/core/log/goal";
import type { ProgramEnd } from "@/core/programs/program";
import { bestOf, type History, mostRounds } from "./course";
import { carriedOver } from "./goal-changes";

type Reason =
  | "out_of_grant"
  | "succeeded"
  | "undelivered"
  | "held"
  | "stopped"
  | "out_of_iterations"
  | "timeout"
  | "no_progress"
  | "criteria_unreachable";

const SAYS: Record<Reason, string> = {
  succeeded: "The goal is reached.",
  undelivered: "The goal is reached, but its delivery failed.",
  held: "The goal was reached before anything was done: everything that shows it holds already.",
  stopped: "The goal was ended by a person.",
  out_of_iterations: "The goal is not reached: its rounds are used up.",
  out_of_grant: "The goal is not reached: its grant does not suffice.",
  timeout: "The goal is not reached: its time is up.",
  no_progress: "The goal is not reached, and does not get on.",
  criteria_unreachable: "The goal cannot be reached as it stands.",
};

/** Returns the end of the goal's task. */
export function endOf(
  of: History & { goal: Goal; goals: readonly Goal[]; first: Checked; text: string; notPutBack: string },
  reason: Reason,
  why: string,
): ProgramEnd {
  const { goal, records, first } = of;
  const best = bestOf(of);
  const last = records.at(-1);
  const shown = best.number === 0 ? null : records.find(({ number }) => number === best.number);
  const isReached = reason === "succeeded" || reason === "undelivered" || reason === "held";
  const record = isReached ? last : shown;
  const lines = [
    SAYS[reason] + (why ? ` ${why}` : ""),
    `Score ${percent(isReached ? (last?.score ?? of.begun.score) : best.score)} (needed ${percent(goal.success_threshold)}), at the start ${percent(of.begun.score)}; ${records.length} of at most ${mostRounds(goal, of)} rounds.`,
    ...(isReached || best.number === (last?.number ?? 0) ? [] : [bestLine(best.number, of.notPutBack)]),
    tableOf(goal, heldIn(of, first, record ?? null)),
    ...((last?.doubts.length ?? 0) > 0
      ? [`What a person has to agree to:\n${last?.doubts.map((doubt) => `- ${doubt}`).join("\n")}`]
      : []),
    ...(isReached || !last?.why ? [] : [`What fails:\n\n${quoted(last.why)}`]),
  ];
  return {
    status: isReached ? "success" : "failure",
    result: lines.join("\n\n"),
    ...(!isReached && { reason: reason === "stopped" ? "by_person" : reason }),
  };
}

function bestLine(number: number, notPutBack: string): string {
  const files =
    number === 0 ? "The best files are those of the start." : `The best files are those of round ${number}.`;
  return notPutBack === ""
    ? files
    : `${files} They could not be put back, so the folder holds those of the last round; fork the goal after that round to get them.\n\n${quoted(notPutBack)}`;
}

/** The criteria of the current goal that hold, by the check of a round, or by the check at the start. */
interface Held {
  valid: boolean;
  met: readonly number[];
}

function heldIn(
  { goal, goals }: { goal: Goal; goals: readonly Goal[] },
  first: Checked,
  record: RoundRecord | null,
): Held {
  const before = goals[record?.number ?? 0] ?? goal;
  const met = record ? record.met : first.checks.flatMap((check, at) => (check.met ? [at] : []));
  const isSame = before.validation_command === goal.validation_command;
  return { valid: isSame && (record ?? first).valid === true, met: carriedOver(before, goal, met) };
}

function tableOf(goal: Goal, { valid, met }: Held): string {
  const offset = goal.validation_command === null ? 0 : 1;
  const command =
    goal.validation_command === null ? [] : [row(valid, "The validation command passes", goal.validation_command)];
  const criteria = goal.criteria.map(({ statement, command: shows }, at) =>
    row(met.includes(at + offset), statement, shows ?? "(judged)"),
  );
  return ["| holds | what | shown by |", "| --- | --- | --- |", ...command, ...criteria].join("\n");
}

function row(holds: boolean, what: string, by: string): string {
  const cell = (text: string) => text.replaceAll("|", "\\|").replace(/\s+/g, " ");
  return `| ${holds ? "yes" : "no"} | ${cell(what)} | \`${cut(cell(by), 200)}\` |`;
}

function quoted(text: string): string {
  return text
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");
}
