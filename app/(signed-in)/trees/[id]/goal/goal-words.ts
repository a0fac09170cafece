/** A goal's figures as people read them. Pure. */
import type { GoalRound, GoalView, RoundVerdict } from "@/core/shapes/goals";
import type { Task } from "@/core/shapes/shapes";
import { plural } from "@/core/words/figures";
import { MODE_WORDS, percentText } from "@/core/words/goals";
import { waitsForPerson } from "@/core/words/tasks";

export const VERDICT_WORDS: Record<RoundVerdict, string> = {
  better: "Better",
  same: "Same",
  worse: "Worse",
  repeated: "Repeated",
  failed: "Failed",
};

/** What an outcome means, where the word does not say it. */
export const VERDICT_HELP: Partial<Record<RoundVerdict, string>> = {
  repeated: "these files were there before",
  failed: "no step succeeded",
};

export const PHASE_WORDS: Record<GoalView["phases"][number]["phase"], string> = {
  plan: "Planning",
  research: "Research",
  work: "Work",
  judge: "Judging",
  reflect: "Strategy",
};

export function roundName(number: number): string {
  return number === 0 ? "the start" : `round ${number}`;
}

/** Whether the host proposed that the work may change everything, as it does for an empty folder. */
export function isFromNothing({ scope, scope_proposed }: Pick<GoalView, "scope" | "scope_proposed">): boolean {
  return scope_proposed && (scope?.includes("**") ?? false);
}

/** Returns the items among `asked` for which one of the tasks waits. Nothing waits for a flag. */
export function awaitedOf(tasks: Iterable<Task>, asked: ReadonlySet<string>): ReadonlySet<string> {
  const waiting = [...tasks].filter((task) => waitsForPerson(task, asked));
  return new Set(waiting.flatMap(({ waiting_for }) => waiting_for?.reviews ?? []).filter((id) => asked.has(id)));
}

/** Returns how a person agrees to the doubts about the last round. */
export function agreeText(isEnded: boolean, isAsked: boolean): string {
  if (isAsked) return "Read the changes of the round, then answer in Review.";
  const rest = "Anything else counts when a person agrees: submit it with “When stuck: Ask a person”.";
  return isEnded
    ? `Files outside the scope count in a goal that is submitted with them under “Also in scope”. ${rest}`
    : `The goal goes on. Files outside the scope count when you add them to it under “Settings”. ${rest}`;
}

/** Returns what a goal does that has not ended and asks nobody. */
export function runningText(goal: GoalView, { status }: Pick<Task, "status">): string {
  const { score, running, rounds, iterations_max, threshold, criteria, validation_command, delivery } = goal;
  if (status === "ready" && score === null) return "Queued: it begins as soon as a slot is free. Nothing needed.";
  if (score === null && status === "paused") return "Paused before its first check.";
  if (score === null)
    return criteria.length === 0 && validation_command === null
      ? "goal_planner proposes what shows that the goal is reached. Nothing needed."
      : "Checks what holds before the first round. Nothing needed.";
  const { held, all } = heldOf(goal);
  const standing = `${held} of ${all} hold; score ${percentText(score)}, ${percentText(threshold)} needed.`;
  if (delivery) return `Reached in round ${rounds.length}: ${held} of ${all} hold. Its files are being delivered.`;
  const now = running
    ? `Round ${running.number} of at most ${iterations_max}`
    : `${plural(rounds.length, "round")} of at most ${iterations_max} done`;
  if (status === "paused") return `Paused. ${now}${running ? " has begun" : ""}. ${standing}`;
  return `${now}${running ? " runs" : ""}. ${standing} Nothing needed.`;
}

/** Returns the outcome of the delivery of a reached goal; "" without one. */
export function deliveryText({ delivery, on_success }: GoalView): string {
  if (delivery?.state === "failed") return "The files stay in the folder, but the delivery failed:";
  if (delivery?.state !== "done") return "";
  if (on_success === "command") return "The delivery command succeeded.";
  const to = delivery.branch ? `, on the branch ${delivery.branch}` : "";
  return `${on_success === "pull_request" ? "Committed and pushed" : "Committed"}${to}.`;
}

/** By itself · Asks once every 3 rounds */
export function modeText({ mode, ask_every }: Pick<GoalView, "mode" | "ask_every">): string {
  return mode === "supervised" && ask_every > 1 ? `Asks once every ${ask_every} rounds` : MODE_WORDS[mode];
}

/** Returns the seconds that count against the goal's time: those of its rounds since a person last continued it. */
export function secondsOf({ rounds, continued_after }: GoalView): number {
  return rounds.reduce((sum, { number, seconds }) => sum + (number > continued_after ? seconds : 0), 0);
}

export interface Attempts {
  signature: string;
  rounds: GoalRound[];
}

/** Returns the rounds that left an error, by its signature: the error of the newest round first. */
export function attemptsOf(rounds: readonly GoalRound[]): Attempts[] {
  const groups = new Map<string, GoalRound[]>();
  for (const round of rounds.toReversed()) {
    if (round.error_signature === null) continue;
    const group = groups.get(round.error_signature);
    if (group) group.push(round);
    else groups.set(round.error_signature, [round]);
  }
  return [...groups].map(([signature, of]) => ({ signature, rounds: of }));
}

export interface ChartPoint {
  /** 0: the start. */
  number: number;
  score: number;
  verdict: RoundVerdict | null;
  isBest: boolean;
}

/** Returns the scores of the chart, from the start on; empty before the first check. */
export function pointsOf({ rounds, score, best_round }: GoalView): ChartPoint[] {
  const start = rounds[0]?.score_before ?? score;
  if (start === null) return [];
  return [
    { number: 0, score: start, verdict: null, isBest: best_round === 0 && rounds.length > 0 },
    ...rounds.map(({ number, score: after, verdict }) => ({
      number,
      verdict,
      score: after,
      isBest: number === best_round,
    })),
  ];
}

/** Returns the chart as a sentence, for those who cannot see it. */
export function chartText(points: readonly ChartPoint[], threshold: number): string {
  const isTold = ({ isBest }: ChartPoint, at: number) => at === 0 || isBest || at >= points.length - 11;
  const told = points.length > 12 ? points.filter(isTold) : points;
  const scores = told.map(({ number, score }) => `${roundName(number)} ${percentText(score)}`);
  return `Score by round, ${percentText(threshold)} needed: ${scores.join(", ")}.`;
}

/** Returns which files the folder holds after an end without success; "" when nothing was checked. */
export function folderText({ folder_round, best_round, best_score, rounds }: GoalView): string {
  if (best_score === null) return "";
  const best = `those of ${roundName(best_round)}, with ${percentText(best_score)}`;
  if (folder_round === null) return `The folder is as the work left it. The best files are ${best}.`;
  if (folder_round > 0) return `The folder holds the best files: ${best}.`;
  return `${rounds.length > 0 ? "No round was better, so the" : "The"} folder holds the files of the start.`;
}

/** Returns whether the validation command and the criteria hold, as counts. */
export function heldOf({ validation, criteria, validation_command }: GoalView): { held: number; all: number } {
  const states = [...(validation_command === null ? [] : [validation?.met]), ...criteria.map(({ met }) => met)];
  return { held: states.filter((met) => met === true).length, all: states.length };
}
