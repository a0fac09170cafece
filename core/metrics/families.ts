/**
 * What the server counts of its own work for `/metrics`, with the names and units of Prometheus. Names and labels stay:
 * dashboards and alerts of people use them. Each label has few values, so that Prometheus stays fast.
 */

export interface Family {
  help: string;
  type: "counter" | "histogram";
  /** In the order in which their values are stored. */
  labels: readonly string[];
  /** Upper bounds of a histogram, in seconds, ascending. */
  buckets?: readonly number[];
  /**
   * Values of the last label that are exported as 0 before the first event, beside each set of the other labels that has
   * had an event: Prometheus sees an increase only of a series that it knows, so an alert would miss the first event.
   */
  known?: readonly string[];
  /** Also kept for each day, for the objectives on Operations. */
  daily?: true;
}

const CALL_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600] as const;
const ENDINGS = ["succeeded", "failed", "stopped"] as const;

export const FAMILIES = {
  banyan_http_request_duration_seconds: {
    help: "Time from the arrival of a request to the end of its answer, without /health, /metrics and static files.",
    type: "histogram",
    labels: ["route", "method", "status"],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    known: ["5xx"],
    daily: true,
  },
  banyan_model_call_duration_seconds: {
    help: "Time of a call of a model. A call that Banyan itself ended, as for a stop, has the outcome cut.",
    type: "histogram",
    labels: ["provider", "model", "outcome"],
    buckets: [0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300, 600],
    known: ["ok", "failed"],
    daily: true,
  },
  banyan_model_errors_total: {
    help: "Calls of models that failed, by provider and kind of failure.",
    type: "counter",
    labels: ["provider", "kind"],
  },
  banyan_model_tokens_total: {
    help: "Tokens of answered calls of models.",
    type: "counter",
    labels: ["provider", "model", "direction"],
  },
  banyan_model_cost_dollars_total: {
    help: "Cost of answered calls of models that have a price.",
    type: "counter",
    labels: ["provider", "model"],
  },
  banyan_turn_duration_seconds: {
    help: "Time of a turn of a model: its reply and the tools that it called, without waiting for other tasks or people.",
    type: "histogram",
    labels: [],
    buckets: [0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300, 600, 1800],
  },
  banyan_queue_wait_seconds: {
    help: "Time that a task was ready before it got a slot.",
    type: "histogram",
    labels: [],
    buckets: [0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200],
    daily: true,
  },
  banyan_tool_call_duration_seconds: {
    help: "Time of a call of a tool that acts outside the log.",
    type: "histogram",
    labels: ["tool", "outcome"],
    buckets: CALL_SECONDS,
    known: ["ok", "failed"],
  },
  banyan_gate_duration_seconds: {
    help: "Time of a gate that judged a change.",
    type: "histogram",
    labels: ["gate", "outcome"],
    buckets: [1, 5, 15, 30, 60, 120, 300, 600, 1800],
  },
  banyan_tasks_ended_total: {
    help: "Tasks that ended, goals and their rounds included.",
    type: "counter",
    labels: ["status"],
    known: ENDINGS,
  },
  banyan_goals_ended_total: { help: "Goals that ended.", type: "counter", labels: ["status"], known: ENDINGS },
  banyan_goal_rounds_ended_total: {
    help: "Rounds of goals that ended.",
    type: "counter",
    labels: ["status"],
    known: ENDINGS,
  },
  banyan_claims_checked_total: {
    help: "Claims of tasks about their work, by what the host found when it ran their commands.",
    type: "counter",
    labels: ["mark"],
  },
  banyan_interventions_total: {
    help: "Interventions of the supervisor's rules.",
    type: "counter",
    labels: ["rule", "action"],
  },
} as const satisfies Record<string, Family>;

export type FamilyName = keyof typeof FAMILIES;

/** The labels of a family, each with its value. */
export type LabelsOf<Name extends FamilyName> = Record<(typeof FAMILIES)[Name]["labels"][number], string>;

/** Values of `up_to_ms`: of a counter, and of times above the last bound. */
export const NO_BOUND = 0;
export const BEYOND_MS = -1;

/** Events of one family with the same labels and the same bound. */
export interface Counted {
  name: string;
  /** The values of the labels, as a JSON array in the order of the family. */
  labels: string;
  /** The bound that these times did not exceed; see `NO_BOUND` and `BEYOND_MS`. */
  up_to_ms: number;
  /** Number of events. */
  events: number;
  /** Of a counter what was added, of a histogram the seconds. */
  sum: number;
}

/** Returns the family of a stored name; undefined for a family that only another release knows. */
export function familyOf(name: string): Family | undefined {
  return Object.hasOwn(FAMILIES, name) ? FAMILIES[name as FamilyName] : undefined;
}

/** Returns the bound of a time, in milliseconds. */
export function boundOf(name: FamilyName, seconds: number): number {
  const { buckets = [] }: Family = FAMILIES[name];
  const bound = buckets.find((most) => seconds <= most);
  return bound === undefined ? BEYOND_MS : Math.round(bound * 1_000);
}
