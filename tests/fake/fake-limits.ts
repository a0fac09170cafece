/** Limits of the fake server: one near its limit, and the history of a busy hour. */
import { LIMIT_NAMES } from "@/core/log/limits";
import { USUAL_LIMITS } from "@/core/rules/governor";
import type { LimitEvent, LimitState, Limits } from "@/core/shapes/limits";

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

const USED: Record<LimitState["name"], number> = {
  own_memory: 31.4,
  memory: 52,
  cpu: 64,
  disk: 90.2,
  quota: 12,
  tokens: 1_340_000,
  cost: 12.4,
  rounds: 7,
};
const MAX: Partial<Record<LimitState["name"], number>> = { cost: 80 };

const limits = LIMIT_NAMES.map((name): LimitState => {
  const { max: usual, action } = USUAL_LIMITS.limits[name];
  const max = MAX[name] ?? usual;
  const isNear = name === "disk";
  return {
    name,
    max,
    action,
    used: USED[name],
    of: name === "quota" ? "anthropic" : null,
    violations: isNear ? 1 : 0,
    max_set_by: name === "tokens" ? "BANYAN_MAX_TOKENS_PER_DAY" : null,
    percent: max === null ? null : Math.round((100 * USED[name]) / max),
    ...(isNear ? ({ level: "warning", since: ago(12) } as const) : ({ level: "ok", since: null } as const)),
  };
});

const event = (id: string, minutes: number, given: Partial<LimitEvent>): LimitEvent => ({
  id,
  at: ago(minutes),
  name: "disk",
  kind: "level",
  level: "warning",
  was: "notice",
  used: 90.2,
  max: 98,
  of: null,
  ...given,
});

export const FAKE_LIMITS: Limits = {
  claiming: "all",
  held_by: [],
  read_at: ago(0),
  limits,
  violations: 5,
  within_minutes: 10,
  alert_from: "warning",
  events: [
    event("e3", 12, {}),
    event("e2", 40, { level: "notice", was: "ok", used: 80.1 }),
    event("e1", 90, { name: "quota", level: "limit", was: "ok", used: 100, max: 100, of: "anthropic" }),
  ],
};
