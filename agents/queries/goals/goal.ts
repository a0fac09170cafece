/** A goal as pages and programs see it, from the log of its task. */
import { fold } from "@/core/evolve";
import { bestOf, estimateOf, mostRounds } from "@/core/goals/course/course";
import type { Course } from "@/core/goals/course/round-records";
import { countedSince, keyOf } from "@/core/goals/course/round-task";
import type { Check, RoundRecord } from "@/core/goals/facts/record";
import { folderRoundOf, recordsInFolder } from "@/core/goals/figures";
import { courseOf } from "@/core/goals/pursue";
import { checksOfRound, type RoundChecks } from "@/core/goals/rounds/judge";
import { tasksOfRounds } from "@/core/goals/rounds/round-tasks";
import { phasesOf, spentByTask } from "@/core/goals/spending";
import type { Goal } from "@/core/log/goal";
import type { GoalRound, GoalView } from "@/core/shapes/goals";
import type { TaskState } from "@/core/state";
import { iso } from "@/db/file/iso";
import { type OpenSources, openPlan, planView } from "./plan";

/** Returns the goal that a task pursues, or null. Throws BrokenLogError when its log cannot be read. */
export function goalOfTask(sources: GoalSources, task: { id: number; uid: string }): GoalView | null {
  const { loader, queries } = sources;
  const state = fold(loader.entries(task.id, loader.lengthOf(task.id)));
  const { goal } = state.assignment;
  if (!goal) return null;
  const course = courseOf(goal, state.messages);
  const starts = new Map(queries.goals.repliesBefore(task.id).map(({ callId, seq }) => [callId.slice(9), seq]));
  return viewOf({ goal: course?.goal ?? goal, course, state, starts, ...sources, uid: task.uid });
}

interface GoalSources extends OpenSources {
  now(): number;
}

interface Of extends GoalSources {
  goal: Goal;
  course: Course | null;
  state: TaskState;
  /** The number of the message before the reply that made a call, by the call's key. */
  starts: ReadonlyMap<string, number>;
  uid: string;
}

function viewOf(of: Of): GoalView {
  const { goal, course, queries, uid } = of;
  const spendings = queries.goals.spentBelow(uid);
  const rounds = course ? roundsOf(of, course, spentByTask(spendings)) : [];
  const best = course && bestOf(course);
  // After the end, the criteria are shown for the files that are in the folder.
  const held = course && { ...course, records: recordsInFolder(of.state, course) };
  const checks = held ? latestChecks(of, held) : [];
  const offset = goal.validation_command === null ? 0 : 1;
  const validation = offset === 1 ? checks[0] : undefined;
  return {
    mode: goal.mode,
    executor: goal.executor,
    threshold: goal.success_threshold,
    iterations_max: course ? mostRounds(goal, course) : goal.max_iterations,
    minutes_max: goal.max_minutes,
    continued_after: course?.continuedAfter ?? 0,
    protect: goal.protect,
    ...scopeIn(goal, course),
    put_back: course?.records.at(-1)?.put_back ?? [],
    hidden: goal.hidden ?? [],
    hidden_share: goal.hidden_share ?? 0,
    may_change: goal.may_change,
    ask_every: goal.ask_every,
    on_success: goal.on_success,
    delivery: course?.delivery ?? null,
    validation_command: goal.validation_command,
    score: held?.records.at(-1)?.score ?? course?.begun.score ?? null,
    best_score: best?.score ?? null,
    best_round: best?.number ?? 0,
    validation: validation
      ? { met: validation.met === true, share: validation.share, evidence: validation.evidence }
      : null,
    criteria: goal.criteria.map((criterion, at) => ({
      ...criterion,
      met: checks[at + offset]?.met ?? null,
      evidence: checks[at + offset]?.evidence ?? "",
      since: held ? sinceOf(held, at + offset) : 0,
    })),
    rounds,
    running: course && runningOf(of, course),
    strategies: course ? strategiesOf(course) : [],
    estimate: course && !of.state.ended ? spread(estimateOf(goal, course)) : null,
    phases: [...phasesOf(spendings, goal)].map(([phase, sum]) => ({ phase, ...sum })),
    start: course?.first.start ?? null,
    folder_round: course && folderRoundOf(of.state, course),
    why: course ? course.why : (of.state.ended?.result ?? ""),
  };
}

function scopeIn(goal: Goal, course: Course | null): Pick<GoalView, "scope" | "scope_proposed"> {
  const proposed = course?.first.scope ?? null;
  const given = goal.scope ?? null;
  const widened = course?.records.flatMap((record) => record.widened ?? []) ?? [];
  const scope = given ?? proposed;
  return { scope: scope && [...scope, ...widened], scope_proposed: given === null && proposed !== null };
}

function spread(estimate: ReturnType<typeof estimateOf>): GoalView["estimate"] {
  return estimate && { rounds: [...estimate.rounds], minutes: [estimate.minutes[0] ?? 0, estimate.minutes[1] ?? 0] };
}

/** Rounds whose plans are read: each has a log of its own. */
const MOST_PLANS = 30;

function roundsOf(of: Of, { records }: Course, spent: ReturnType<typeof spentByTask>): GoalRound[] {
  const { state, starts } = of;
  const tasks = tasksOfRounds(state);
  const planOf = ({ number }: RoundRecord) => {
    const task = tasks.get(keyOf(number));
    if (task === undefined || number <= records.length - MOST_PLANS) return null;
    return planView(of, task, true);
  };
  return records.map((record) => ({
    number: record.number,
    plan: record.plan,
    score_before: record.score_before,
    score: record.score,
    verdict: record.verdict,
    strategy: record.strategy,
    error_signature: record.error_signature,
    spent: spent.get(tasks.get(keyOf(record.number)) ?? "") ?? { tokens: 0, cost_usd: 0 },
    seconds: record.seconds,
    changed: record.changed,
    why: record.why,
    doubts: record.doubts,
    put_back: record.put_back ?? [],
    widened: record.widened ?? [],
    checked_on: record.checked_on ?? null,
    snapshot: record.commit,
    task_id: tasks.get(keyOf(record.number)) ?? "",
    planned: planOf(record),
    fork_seq: starts.get(keyOf(record.number)) ?? null,
  }));
}

function runningOf(of: Of, course: Course): GoalView["running"] {
  const number = course.records.length + 1;
  const task = tasksOfRounds(of.state).get(keyOf(number));
  if (task === undefined || of.state.ended) return null;
  const { workedMs, workingSinceMs } = of.queries.goals.worked(task, countedSince(course), of.now());
  const working = { worked_ms: workedMs, working_since: workingSinceMs === null ? null : iso(workingSinceMs) };
  return { number, task_id: task, planned: openPlan(of, task), ...working };
}

/** Returns the strategies that are new: a look may end without one, and then the last one stays. */
function strategiesOf({ reflections }: Course): GoalView["strategies"] {
  return reflections
    .filter(({ strategy }, at) => strategy !== "" && strategy !== reflections[at - 1]?.strategy)
    .map(({ after, strategy }) => ({ after, strategy }));
}

type Found = Omit<Check, "met"> & { met: boolean | null };

/** Rounds that are read for the words of judges: a round that changes no files has nothing judged. */
const MOST_READ = 10;

/** Returns the checks of the last round that was checked, with the judges' words, or those of the start. */
function latestChecks(of: Of, course: Course): Found[] {
  const tasks = tasksOfRounds(of.state);
  const records = course.records.filter(({ broken, stop }) => !broken && stop === undefined).slice(-MOST_READ);
  const last = records.at(-1);
  let found: RoundChecks | null = null;
  for (const { number } of records.toReversed()) {
    const task = tasks.get(keyOf(number));
    const round = task === undefined ? null : roundIn(of, task);
    if (!round) continue;
    found ??= round;
    for (const [at, words] of round.said) if (!found.said.has(at)) found.said.set(at, words);
    if (isWhole(found)) break;
  }
  const { checks, said } = found ?? { checks: course.first.checks, said: new Map<number, string>() };
  return checks.map((check, at) => {
    if (check.command !== undefined) return check;
    if (!last) return { ...check, met: null, evidence: "" };
    const met = last.met.includes(at);
    return { ...check, met, share: met ? 1 : 0, evidence: said.get(at) ?? "" };
  });
}

/** Whether each check without a command has a judge's words. */
function isWhole({ checks, said }: RoundChecks): boolean {
  return checks.every(({ command }, at) => command !== undefined || said.has(at));
}

function roundIn({ loader, queries }: Of, taskUid: string): RoundChecks | null {
  const { id } = queries.trees.findTask(taskUid);
  return checksOfRound(fold(loader.entries(id, loader.lengthOf(id))).messages);
}

/** Returns the round since which a criterion is as it is now. */
function sinceOf({ records, first }: Course, at: number): number {
  const states = [first.checks[at]?.met ?? false, ...records.map(({ met }) => met.includes(at))];
  const now = states.at(-1);
  let since = states.length - 1;
  while (since > 0 && states[since - 1] === now) since -= 1;
  return since;
}
