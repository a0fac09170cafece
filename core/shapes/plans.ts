/** Shapes of plans: the units of a round of a goal, before and after they ran. */
import type { UnitEstimate, UnitKind } from "@/core/log/plans";
import type { Lesson } from "./memory";

/**
 * `planned`: not begun yet. `not_begun`: a unit that it waits for failed, or the round ended first. `stopped`: by a
 * person, by the host or by a limit.
 */
export type UnitState = "planned" | "running" | "done" | "failed" | "stopped" | "not_begun";

/** One piece of work of a plan. */
export interface PlanUnit {
  /** From 1 on, in the order of the plan. */
  number: number;
  /** What the unit is about. */
  title: string;
  /** Name of the agent that does it. */
  agent: string;
  /** What is there when it is done. */
  deliverable: string;
  /** What shows that the deliverable is right. */
  shown_by: string;
  kind: UnitKind;
  /** The minutes that it is expected to take, and the range in which eight of ten units of its kind end. */
  minutes: number;
  /** The lower end of that range, in minutes. */
  minutes_low: number;
  /** The upper end of that range, in minutes. */
  minutes_high: number;
  /** `given`: by the planner or a person; `history`: from finished units of the project; `table`: neither. */
  estimate_from: UnitEstimate["from"];
  /** The number of finished units behind the estimate, or behind its range. */
  estimate_count: number;
  /**
   * The range of what eight of ten finished units of its kind cost in the project, with their subtasks; null while money was
   * charged for fewer than three.
   */
  cost_usd_low: number | null;
  /** The upper end of that range, in US dollars; null as for `cost_usd_low`. */
  cost_usd_high: number | null;
  /** From 1 to 5; null: not said. */
  risk: number | null;
  /** What the risk is; empty: not said. */
  risk_why: string;
  /** Numbers of the units that it waits for. */
  after: number[];
  /** Units of a group can run at the same time; from 1 on. */
  group: number;
  /** Whether it decides when the plan ends. */
  critical: boolean;
  /** How many minutes it can take longer before the whole plan does. */
  slack_minutes: number;
  state: UnitState;
  /** The minutes that it took, without waits for people; null before its end. */
  took_minutes: number | null;
  /** What it cost with its subtasks; null before its end. 0 also where its model has no known price. */
  spent_usd: number | null;
  /** Id of the task that does it; null: not begun yet. */
  task_id: string | null;
}

/** A plan with its units and the expected time and cost. */
export interface PlanView {
  /** A person is asked whether it begins. */
  waits: boolean;
  /** The units, in the order of the plan. */
  units: PlanUnit[];
  /** Numbers of the units that can run at the same time, group by group. */
  groups: number[][];
  /** Numbers of the units that decide when the plan ends, in order. */
  critical_path: number[];
  /** From its begin to its end, with the range of short and of long units. */
  minutes: number;
  /** The minutes with short units. */
  minutes_low: number;
  /** The minutes with long units. */
  minutes_high: number;
  /** The minutes of all units together. */
  work_minutes: number;
  /** The sum of the units' ranges, as far as they are known; null when none is. */
  cost_usd_low: number | null;
  /** The upper end of that sum, in US dollars; null as for `cost_usd_low`. */
  cost_usd_high: number | null;
  /** The number of units in that sum. */
  cost_units: number;
  /** What its ended units cost together; null before the first has ended. */
  spent_usd: number | null;
}

/** A plan that can be edited: the plan that a person is asked about. */
export interface OpenPlan extends PlanView {
  /** The question whose answer begins the plan; null when nobody is asked. */
  review_id: string | null;
  /** A person had the plan made again with a hint, and the planner has not answered yet: this is the former plan. */
  is_made_again: boolean;
  /** What the person wanted differently each time, the newest last. */
  hints: string[];
  /** How often they can have it made again; 0 in a round of an older version, and in one that asks nobody. */
  hints_max: number;
  /** What each unit is told, by its number less one. */
  instructions: string[];
  /**
   * The lessons that each unit would be shown now, by its number less one, best first. Empty for a unit that has begun: its
   * log has those that it was shown.
   */
  lessons: UnitLesson[][];
  /** Units are shown no lesson, whatever fits: memory is off, or goals like this one are compared with others. */
  is_without_lessons: boolean;
  /** The agents that do units. */
  agents: string[];
  /** Titles of units that are done, which no unit may repeat. */
  done: string[];
}

/** A lesson of memory that fits a unit. */
export type UnitLesson = Pick<Lesson, "id" | "kind" | "advice" | "confidence" | "helped" | "harmed">;

/** How far the estimates of a project's finished units were from what they took. */
export interface MissedEstimates {
  /** The median of |took − expected| ÷ expected. */
  share: number;
  /** Number of finished units. */
  units: number;
  /** Those of them that took as long as their range said. */
  in_range: number;
}
