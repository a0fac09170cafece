/** What an ended tree teaches, read from its log without a model. Pure. */
import { type LessonText, MOST_ADVICE, MOST_TRIGGER } from "@/core/lessons/lesson";
import type { GoalRound } from "@/core/shapes/goals";
import type { Task } from "@/core/shapes/shapes";

export interface SessionPatterns {
  /** What worked: the plan of each round after which the host's check found more, and tasks whose claims held. */
  successful_patterns: { pattern: string; agent: string; shown_by: string }[];
  /** Errors, how often they were met, and what made them go away; null where nothing did. */
  error_patterns: { error: string; times: number; fixed_by: string | null }[];
  /** What was done when it did not go on, and whether it then did. */
  recovery_strategies: { after: string; strategy: string; worked: boolean }[];
  /** Time of work by kind of task, in seconds, without waits. */
  time_per_task_type: { type: string; tasks: number; median_seconds: number; longest_seconds: number }[];
}

type Rounds = readonly Pick<
  GoalRound,
  "number" | "plan" | "verdict" | "strategy" | "error_signature" | "score" | "score_before" | "doubts"
>[];
type Tasks = readonly Pick<
  Task,
  "id" | "agent" | "title" | "role" | "status" | "reason" | "tries" | "verdict" | "ended_at"
>[];
/** How long tasks worked, in seconds, by their ids: a task that waited for a person over night worked no longer. */
type Worked = ReadonlyMap<string, number>;

export function patternsOf(rounds: Rounds, tasks: Tasks, worked: Worked): SessionPatterns {
  return {
    successful_patterns: [...workedRounds(rounds), ...shownTasks(tasks)],
    error_patterns: errorsIn(rounds),
    recovery_strategies: [...strategiesIn(rounds), ...retriedTasks(tasks)],
    time_per_task_type: timesOf(tasks, worked),
  };
}

const MOST_CANDIDATES = 5;

/** Returns lessons that a person may approve, from what commands have shown. `about`: what the tree was asked. */
export function candidatesOf({ successful_patterns: worked }: SessionPatterns, about: string): LessonText[] {
  return worked.slice(0, MOST_CANDIDATES).map(({ pattern, agent, shown_by }) => ({
    kind: "approach",
    scope: "everywhere",
    place: null,
    trigger: cut(about, MOST_TRIGGER),
    signature: null,
    advice: cut(`${pattern} (${agent}). ${shown_by}`, MOST_ADVICE),
  }));
}

function cut(text: string, most: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

function workedRounds(rounds: Rounds): SessionPatterns["successful_patterns"] {
  return rounds
    .filter(({ verdict, doubts }) => verdict === "better" && doubts.length === 0)
    .map(({ number, plan, score, score_before }) => ({
      pattern: plan,
      agent: "goal_planner",
      shown_by: `The check of round ${number}: ${percent(score_before)}, then ${percent(score)}.`,
    }));
}

/** Tasks that ended with a claim whose command the host ran with success. What nobody has shown is no pattern. */
function shownTasks(tasks: Tasks): SessionPatterns["successful_patterns"] {
  return tasks.flatMap(({ agent, title, role, status, verdict }) => {
    const held = verdict?.claims?.filter(({ mark }) => mark === "shown") ?? [];
    const [claim] = held;
    if (role !== "work" || status !== "succeeded" || !claim) return [];
    return [{ pattern: title, agent, shown_by: `A command of the host: ${claim.statement}` }];
  });
}

function errorsIn(rounds: Rounds): SessionPatterns["error_patterns"] {
  const errors = new Map<string, { times: number; last: number }>();
  rounds.forEach(({ error_signature: error }, at) => {
    if (error !== null) errors.set(error, { times: (errors.get(error)?.times ?? 0) + 1, last: at });
  });
  return [...errors]
    .map(([error, { times, last }]) => {
      const next = rounds[last + 1];
      return { error, times, fixed_by: next?.verdict === "better" ? next.plan : null };
    })
    .sort((a, b) => b.times - a.times);
}

function strategiesIn(rounds: Rounds): SessionPatterns["recovery_strategies"] {
  const begun = rounds.flatMap((round, at) => {
    const before = rounds[at - 1];
    return before && round.strategy !== "" && round.strategy !== before.strategy ? [{ round, at, before }] : [];
  });
  return begun.map(({ round, at, before }, index) => {
    const until = begun[index + 1]?.at ?? rounds.length;
    return {
      after: before.error_signature ?? `round ${before.number} brought no better score`,
      strategy: round.strategy,
      worked: rounds.slice(at, until).some(({ verdict }) => verdict === "better"),
    };
  });
}

function retriedTasks(tasks: Tasks): SessionPatterns["recovery_strategies"] {
  return tasks
    .filter(({ tries, role }) => tries > 1 && role === "work")
    .map(({ title, agent, tries, status }) => ({
      after: `${title} (${agent}) failed`,
      strategy: `tried again, ${tries} times in all`,
      worked: status === "succeeded",
    }));
}

function timesOf(tasks: Tasks, worked: Worked): SessionPatterns["time_per_task_type"] {
  const byAgent = new Map<string, number[]>();
  for (const { id, agent, ended_at } of tasks) {
    const seconds = worked.get(id);
    if (seconds === undefined || ended_at === null) continue;
    byAgent.set(agent, [...(byAgent.get(agent) ?? []), seconds]);
  }
  return [...byAgent]
    .map(([type, seconds]) => ({
      type,
      tasks: seconds.length,
      median_seconds: medianOf(seconds),
      longest_seconds: Math.max(...seconds),
    }))
    .sort((a, b) => b.median_seconds * b.tasks - a.median_seconds * a.tasks);
}

function medianOf(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b);
  const middle = Math.floor(ordered.length / 2);
  const upper = ordered[middle] ?? 0;
  return ordered.length % 2 === 1 ? upper : ((ordered[middle - 1] ?? 0) + upper) / 2;
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}
