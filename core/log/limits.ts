/** Terms of the governor: the limits of the machine and the installation, their levels, and the actions at a limit. */

/**
 * `own_memory`: this process and its children; `memory`: the whole machine or container; `quota`: the fullest quota of a
 * model provider; `tokens` and `cost`: those of the day; `rounds`: rounds of goals that began in the day.
 */
export const LIMIT_NAMES = ["own_memory", "memory", "cpu", "disk", "quota", "tokens", "cost", "rounds"] as const;
/** What is limited. */
export type LimitName = (typeof LIMIT_NAMES)[number];

/** From 80, 90 and 100 % of a limit. */
export const LIMIT_LEVELS = ["ok", "notice", "warning", "limit"] as const;
/** How near a limit is. */
export type LimitLevel = (typeof LIMIT_LEVELS)[number];

/**
 * What happens at a limit. `alert`: only an alert. `slow`: a worker starts no second task beside a running one. `hold`:
 * no task starts, and running ones stop after their turn. `stop`: like `hold`, and when the limit is exceeded again and
 * again, everything is paused until a person resumes it.
 */
export const LIMIT_ACTIONS = ["alert", "slow", "hold", "stop"] as const;
/** What happens when a limit is reached. */
export type LimitAction = (typeof LIMIT_ACTIONS)[number];

/** The level from which alerts are sent. */
export const ALERT_LEVELS = ["notice", "warning", "limit"] as const;
/** From which level on people are told. */
export type AlertLevel = (typeof ALERT_LEVELS)[number];

/** Whether tasks start now: all, one at a time for each worker, or none. */
export type Claiming = "all" | "one" | "none";

/** `level`: the level changed. `again`: still at its limit. `stop`: everything was paused. */
export type LimitEventKind = "level" | "again" | "stop";

/** What an admin may change. An absent value stays. */
export interface LimitsChange {
  limits?: Partial<Record<LimitName, { max?: number | null; action?: LimitAction }>>;
  violations?: number;
  within_minutes?: number;
  alert_from?: AlertLevel;
}
