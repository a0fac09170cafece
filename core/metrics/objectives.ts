/**
 * Service level objectives of this server, computed from what it counted: the same figures for the page, the API and the
 * command line. `docs/deploy/monitoring/slos.yml` has the same objectives for Prometheus.
 */
import type { Counted, FamilyName } from "./families";

/** Days of the period of an objective, today included. */
const OBJECTIVE_DAYS = 28;
/** A task that waits for longer counts against the objective. A bound of the histogram. */
export const QUEUE_SECONDS = 10;

/** What an objective is about: requests, the wait for a slot, or calls of models. */
export type ObjectiveName = "requests" | "queue" | "models";

/** Service level objectives, with what was measured. */
export interface Objectives {
  /** Days of the period, today included. Days are in UTC. */
  days: number;
  /** The first day of the period, or the later one on which Banyan began to count, as a date; null: nothing was counted. */
  since: string | null;
  items: ObjectiveState[];
}

/** A service level objective: the share of events that have to be good. */
export interface ObjectiveState {
  name: ObjectiveName;
  /** The share that is wanted, from 0 to 1. */
  objective: number;
  /** Events of the period that say something about the objective. */
  events: number;
  /** Those of them that were as they should be. */
  good: number;
  /** The share of good events, from 0 to 1; null: there was no event. */
  share: number | null;
  /** The part of the error budget that is left: 1 is all of it, below 0 more was spent than there was; null: no event. */
  budget_left: number | null;
}

/** What was counted on one day; see `WorkCounts`. */
export interface DayCount extends Counted {
  /** Days since 1970, UTC. */
  day: number;
}

interface Definition {
  name: ObjectiveName;
  family: FamilyName;
  objective: number;
  /** Whether an event was good; null: it says nothing. `labels` are in the order of the family. */
  isGood(row: Counted, labels: readonly string[]): boolean | null;
}

/** A call that Banyan ended itself says nothing, nor do events whose labels were too many to keep (core/metrics/counts.ts). */
const isKnown = (outcome: string | undefined) => outcome !== "cut" && outcome !== "other";

export const OBJECTIVES: readonly Definition[] = [
  {
    name: "requests",
    family: "banyan_http_request_duration_seconds",
    objective: 0.995,
    isGood: (_, [, , status]) => (isKnown(status) ? status !== "5xx" : null),
  },
  {
    name: "queue",
    family: "banyan_queue_wait_seconds",
    objective: 0.95,
    isGood: ({ up_to_ms }) => up_to_ms > 0 && up_to_ms <= QUEUE_SECONDS * 1_000,
  },
  {
    name: "models",
    family: "banyan_model_call_duration_seconds",
    objective: 0.98,
    isGood: (_, [, , outcome]) => (isKnown(outcome) ? outcome === "ok" : null),
  },
];

const DAY_MS = 24 * 3_600_000;

/** `daily` returns what was counted of a family on each day from this one on. */
export function objectivesNow(nowMs: number, daily: (name: string, fromDay: number) => DayCount[]): Objectives {
  const fromDay = Math.floor(nowMs / DAY_MS) - OBJECTIVE_DAYS + 1;
  // Older rows tell that it counted already: a day without an event has no row.
  const counted = OBJECTIVES.map((definition) => ({ definition, rows: daily(definition.family, 0) }));
  const first = counted.flatMap(({ rows }) => rows.map(({ day }) => day)).sort((a, b) => a - b)[0];
  return {
    days: OBJECTIVE_DAYS,
    since: first === undefined ? null : new Date(Math.max(first, fromDay) * DAY_MS).toISOString().slice(0, 10),
    items: counted.map(({ definition, rows }) =>
      stateOf(
        definition,
        rows.filter(({ day }) => day >= fromDay),
      ),
    ),
  };
}

function stateOf({ name, objective, isGood }: Definition, rows: DayCount[]): ObjectiveState {
  let [events, good] = [0, 0];
  for (const row of rows) {
    const judged = isGood(row, JSON.parse(row.labels) as string[]);
    if (judged !== null) events += row.events;
    if (judged) good += row.events;
  }
  const share = events === 0 ? null : good / events;
  const budget_left = share === null ? null : 1 - (1 - share) / (1 - objective);
  return { name, objective, events, good, share, budget_left };
}
