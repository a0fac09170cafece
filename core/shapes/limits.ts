/** Shapes of the governor: how close each limit is, and what happened at them. */
import type { AlertLevel, Claiming, LimitAction, LimitEventKind, LimitLevel, LimitName } from "@/core/log/limits";

/** A limit and its use. */
export interface LimitState {
  name: LimitName;
  /** What 100 % is: a percentage, tokens, dollars or rounds; null: no limit. */
  max: number | null;
  /** Where `max` is set when it is not set here, such as `BANYAN_MAX_TOKENS_PER_DAY` or `daily cap`; null: here. */
  max_set_by: string | null;
  action: LimitAction;
  /** The last reading, in the unit of `max`; null: unknown. */
  used: number | null;
  /** `used` as a percentage of `max`. */
  percent: number | null;
  level: LimitLevel;
  /** Since when it has this level; null: always. */
  since: string | null;
  /** Of a quota: the provider. */
  of: string | null;
  /** Violations within the window, as the emergency stop counts them. */
  violations: number;
}

/** A change of a limit's level, a limit that is still reached, or an emergency stop. */
export interface LimitEvent {
  /** Id of the event. */
  id: string;
  /** When it happened. */
  at: string;
  name: LimitName;
  kind: LimitEventKind;
  level: LimitLevel;
  /** The level before. */
  was: LimitLevel;
  /** The reading, in the unit of `max`; null: unknown. */
  used: number | null;
  /** What 100 % was; null: no limit. */
  max: number | null;
  /** Of a quota: the provider; else null. */
  of: string | null;
}

/** The limits, with their use and the latest alerts. */
export interface Limits {
  claiming: Claiming;
  /** The limits that hold tasks back now. */
  held_by: LimitName[];
  /** When the readings were taken; null: no worker has taken any. */
  read_at: string | null;
  /** The limits. */
  limits: LimitState[];
  /** The emergency stop: how many violations of one limit, within how many minutes, trigger it. */
  violations: number;
  /** The length of the window of the emergency stop, in minutes. */
  within_minutes: number;
  alert_from: AlertLevel;
  /** The newest 50 of the last 30 days, newest first. */
  events: LimitEvent[];
}
