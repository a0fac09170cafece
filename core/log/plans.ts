/** What logs hold of plans: the kind and estimate of a unit, and what became of the units of a round. */

/** The kinds of units. Their times differ, so an estimate comes from units of the same kind. */
export const UNIT_KINDS = [
  "contract",
  "code",
  "tests",
  "migration",
  "integration",
  "documentation",
  "research",
  "repair",
] as const;
/** What a unit of a plan makes. */
export type UnitKind = (typeof UNIT_KINDS)[number];

/** Minutes that a unit is expected to take, with the range in which eight of ten units end. */
export interface Minutes {
  minutes: number;
  low: number;
  high: number;
}

/** The range in which eight of ten units of a kind ended in a project, in micro-dollars, with their subtasks. */
export interface CostRange {
  lowMicroUsd: number;
  highMicroUsd: number;
  /** The number of finished units behind it: those for which money was charged. */
  count: number;
}

/** What the finished units of a kind took in a project. */
export interface KindTimes extends Minutes {
  kind: UnitKind;
  /** The number of units. */
  count: number;
  /** Absent while money was charged for too few of them. */
  cost?: CostRange;
}

/** The estimate of a unit before it began. It is in the first entry of the unit's task. */
export interface UnitEstimate extends Minutes {
  kind: UnitKind;
  /** `given`: the planner or a person said the minutes; `history`: finished units of the project; `table`: neither. */
  from: "given" | "history" | "table";
  /** The number of finished units behind it, or behind its range. */
  count: number;
  /** Absent where too little is known, and in units from before plans had costs. */
  cost?: CostRange;
}

/** What became of a unit. `not_begun`: a unit that it waits for failed. */
export interface UnitOutcome {
  title: string;
  state: "done" | "failed" | "not_begun";
  /** Its result, or why it failed, in short; absent for a unit of an earlier round. */
  result?: string;
}
