/** The plan of a round as pages and programs see it, from the log of the round's task. */
import { fold } from "@/core/evolve";
import { doneTitles } from "@/core/goals/planning/checked-plan";
import { placesOf } from "@/core/goals/planning/units";
import { planOfRound, type RoundPlan } from "@/core/goals/rounds/round-plan";
import type { RoundTask } from "@/core/log/round-task";
import { costOfAll, costShape, tenths } from "@/core/plans/estimates";
import type { OpenPlan, PlanUnit, PlanView, UnitState } from "@/core/shapes/plans";
import type { TaskState } from "@/core/state";
import type { RoundUnit } from "@/db/queries/goals";
import type { Store } from "@/db/store";
import { lessonsOfUnit, type UnitMemory } from "./unit-lessons";

type Sources = Pick<Store, "loader" | "queries">;

export interface OpenSources extends Sources {
  memory: UnitMemory;
}

/** Plans of ended rounds that stay in memory: their logs only grow when a person continues one. */
const MOST_KEPT = 500;
const kept = new Map<string, { length: number; view: PlanView | null }>();

/** Returns the plan of a round; null when it has none. `isOver`: the round has ended. */
export function planView(sources: Sources, taskUid: string, isOver: boolean): PlanView | null {
  const { loader, queries } = sources;
  const { id } = queries.trees.findTask(taskUid);
  const length = loader.lengthOf(id);
  const known = kept.get(taskUid);
  if (isOver && known?.length === length) return known.view;
  const read = readPlan(sources, taskUid);
  const view = read && viewOf(read, queries.goals.tasksOfRound(taskUid), isOver);
  if (isOver) {
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(taskUid, { length, view });
  }
  return view;
}

/** Returns the plan of the running round, with what a person needs to edit it; null before it has one. */
export function openPlan(sources: OpenSources, taskUid: string): OpenPlan | null {
  const read = readPlan(sources, taskUid);
  if (!read) return null;
  const { plan, task, state } = read;
  const view = viewOf(read, sources.queries.goals.tasksOfRound(taskUid), false);
  const { treeId } = sources.queries.trees.findTask(taskUid);
  return {
    ...view,
    review_id: plan.stage === "asked" ? questionOf(state) : null,
    is_made_again: plan.stage === "made_again",
    hints: [...plan.hints],
    hints_max: task.replans_max ?? 0,
    instructions: plan.steps.map(({ instruction }) => instruction),
    lessons: plan.steps.map((step, at) =>
      view.units[at]?.state === "planned" ? lessonsOfUnit(sources.memory, { state, task, treeId }, step) : [],
    ),
    is_without_lessons: state.setup.memory === "without" || !sources.memory.finding.isOn(),
    agents: task.agents ?? [],
    done: [...doneTitles(task)],
  };
}

interface Read {
  plan: RoundPlan;
  state: TaskState;
  task: RoundTask;
}

function readPlan({ loader, queries }: Sources, taskUid: string): Read | null {
  const { id } = queries.trees.findTask(taskUid);
  const state = fold(loader.entries(id, loader.lengthOf(id)));
  const task = state.assignment.round;
  const plan = task ? planOfRound(task, state.messages) : null;
  return plan && task ? { plan, state, task } : null;
}

function viewOf({ plan, state }: Read, tasks: ReadonlyMap<string, RoundUnit>, isOver: boolean): PlanView {
  const { steps, schedule, estimates, stage } = plan;
  const taskOf = new Map([...state.subtasks.values()].map(({ call, task }) => [call, task]));
  const places = placesOf(steps);
  const units = steps.map((step, at): PlanUnit => {
    const estimate = estimates[at] as RoundPlan["estimates"][number];
    const placed = schedule.units[at] as RoundPlan["schedule"]["units"][number];
    const uid = taskOf.get(plan.callIds[at] ?? "") ?? null;
    const task = uid === null ? undefined : tasks.get(uid);
    const hasRun = task !== undefined && task.ended !== null && task.reason !== "dependency_failed";
    return {
      number: at + 1,
      title: step.title,
      agent: step.executor,
      deliverable: step.deliverable ?? step.expects,
      shown_by: step.shown_by ?? "",
      kind: estimate.kind,
      minutes: estimate.minutes,
      minutes_low: estimate.low,
      minutes_high: estimate.high,
      estimate_from: estimate.from,
      estimate_count: estimate.count,
      ...costShape(estimate.cost),
      risk: step.risk ?? null,
      risk_why: step.risk_why ?? "",
      after: (places[at] ?? []).map((place) => place + 1),
      group: placed.group + 1,
      critical: schedule.critical.includes(at),
      slack_minutes: placed.slack,
      state: stateOf(task, isOver || state.ended !== null),
      took_minutes: hasRun ? tenths((task.tookMs ?? 0) / 60_000) : null,
      spent_usd: hasRun ? task.microUsd / 1_000_000 : null,
      task_id: uid,
    };
  });
  const { wall, work, groups, critical } = schedule;
  const cost = costOfAll(estimates);
  const spent = units.flatMap(({ spent_usd }) => spent_usd ?? []);
  return {
    waits: stage === "asked" && state.ended === null,
    units,
    groups: groups.map((group) => group.map((at) => at + 1)),
    critical_path: critical.map((at) => at + 1),
    minutes: wall.minutes,
    minutes_low: wall.low,
    minutes_high: wall.high,
    work_minutes: work,
    ...costShape(cost),
    cost_units: cost?.count ?? 0,
    spent_usd: spent.length === 0 ? null : spent.reduce((sum, one) => sum + one, 0),
  };
}

/** Returns the question that the round asks now. */
function questionOf({ open, unanswered }: TaskState): string | null {
  const asked = [...open.values()].find(({ tool, review }) => tool === "ask" && review !== null);
  return asked?.review ?? [...unanswered.keys()].at(-1) ?? null;
}

function stateOf(task: RoundUnit | undefined, isOver: boolean): UnitState {
  if (!task) return isOver ? "not_begun" : "planned";
  if (task.ended === null) return task.isRunning ? "running" : "planned";
  if (task.ended === "succeeded") return "done";
  if (task.reason === "dependency_failed") return "not_begun";
  return task.ended;
}
