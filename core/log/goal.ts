/**
 * The settings of a goal, and their defaults. They are stored with the task that pursues the goal and do not change.
 */

/** Starts the line of a task's facts that says what its goal is given. */
export const GOAL_LINE = "Goal: ";

/** Starts the line by which older versions stored a change of a goal in a message: JSON of the fields that change. */
export const GOAL_CHANGE_LINE = "Changed goal: ";

/** A statement that holds or does not. Without a command a judge decides it. */
export interface GoalCriterion {
  /** What is true when the criterion is met. */
  statement: string;
  /** Shows it: the host runs it; absent: a judge decides. */
  command?: string;
  /** A text that the output must contain, or the exit status; absent: exit status 0. */
  expect?: string | number;
  /** Its part in the score, in relation to the weights of the other criteria. */
  weight: number;
}

export const GOAL_MODES = ["autonomous", "supervised", "debug"] as const;
/** How often a goal asks a person. */
export type GoalMode = (typeof GOAL_MODES)[number];

/** What happens with the files of a goal that was reached. */
export const DELIVERIES = ["nothing", "commit", "branch", "pull_request", "command"] as const;
/** How the work of a goal is delivered. */
export type Delivery = (typeof DELIVERIES)[number];

/** How a service is made when its specification is consistent. */
export interface ServiceWish {
  /** The name of the service and of its project. */
  name: string;
  /** A name, or the folder of a person's own blueprint. */
  blueprint: string;
  parts: string[];
  variables: Record<string, string | number>;
}

/** A service whose requirements change before the first round. */
export interface ServiceChange {
  /** The name of its project. */
  name: string;
  /** The folder of the person's own blueprint that made it, as it was allowed when the change was asked for. */
  blueprint_folder?: string;
}

/** What does not change while a goal is pursued. Names as in the HTTP API. */
export interface Goal {
  mode: GoalMode;
  /** The agent that does the work. */
  executor: string;
  /** Shows with exit status 0 that the goal is reached; null: the criteria alone do. */
  validation_command: string | null;
  /** Installs dependencies in a clean copy, when they are not as they were at the start; null: they are put back. */
  setup_command: string | null;
  criteria: GoalCriterion[];
  /** The score from which on the goal counts as reached. */
  success_threshold: number;
  /** Most rounds. */
  max_iterations: number;
  /** Most minutes that its rounds work, checked between rounds; pauses and waits do not count. */
  max_minutes: number;
  /** Globs of the files that the work may change; null: the host proposes them from the files at the start. */
  scope: string[] | null;
  /** Globs of tests that agents do not see: only the host runs them. */
  hidden: string[];
  /** The share of the tests, from 0 to below 1, that is hidden in addition; the hash of a test's path decides. */
  hidden_share: number;
  /** Globs of files that are put back as they were at the start before anything is checked. */
  protect: string[];
  /** Globs that a person adds to the scope, such as tests that the work may change. */
  may_change: string[];
  /** After how many rounds the strategy is reviewed. */
  reflect_every: number;
  /** A person is expected to answer when the goal makes no progress. */
  ask: boolean;
  /** In the supervised mode a person is asked before the first round, and again after this many rounds. */
  ask_every: number;
  on_success: Delivery;
  /** With `on_success: command`. */
  delivery_command: string | null;
  /** The service that is specified and made before the first round; absent: the goal works on the files that are there. */
  service?: ServiceWish;
  /** The service whose specification is changed before the first round; never beside `service`. */
  service_change?: ServiceChange;
  /** Only events change it. Absent in goals that an older version began: their changes stand in messages. */
  typed_changes?: true;
}

/** What a person changes of a goal while it is pursued. Its mode stays. */
export type GoalChange = Partial<Omit<Goal, "mode" | "typed_changes" | "service" | "service_change">>;

export const GOAL_DEFAULTS: Goal = {
  mode: "autonomous",
  executor: "coder",
  validation_command: null,
  setup_command: null,
  criteria: [],
  success_threshold: 0.95,
  max_iterations: 50,
  max_minutes: 60,
  scope: null,
  hidden: [],
  hidden_share: 0,
  protect: [],
  may_change: [],
  reflect_every: 5,
  ask: false,
  ask_every: 1,
  on_success: "nothing",
  delivery_command: null,
};

/**
 * A goal as people and programs submit it; what is absent has its default. `single` is a plain task, `iterative` means
 * supervised.
 */
export type GoalFields = Partial<Omit<Goal, "mode" | "criteria" | "typed_changes" | "service" | "service_change">> & {
  /** How often a person is asked. `single`: a plain task, in one go. `iterative`: the same as `supervised`. */
  mode?: GoalMode | "single" | "iterative";
  /** What has to hold at the end. */
  criteria?: (Omit<GoalCriterion, "weight"> & {
    /** Its part in the score, in relation to the other criteria; absent: 1. */
    weight?: number;
  })[];
};

/** The agents of a goal's own machinery. */
export const GOAL_AGENTS = {
  goal: "goal",
  iteration: "iteration",
  planner: "goal_planner",
  strategist: "goal_strategist",
  judge: "task_evaluator",
  researcher: "researcher",
  writer: "specification_writer",
} as const;

/** Tests that the tools of a goal's tasks do not show. */
export interface HiddenTests {
  globs: string[];
  /** The share of the tests that is hidden besides. */
  share: number;
  /** The snapshot whose files are meant; null: those of the folder. */
  start: string | null;
}
