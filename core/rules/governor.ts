/**
 * The governor's rules: readings of the machine and the installation, against limits, give events; the events give a
 * state; the state says whether tasks start. Pure, and the events are stored, so a restart goes on from them.
 */
import {
  type AlertLevel,
  type Claiming,
  LIMIT_LEVELS,
  LIMIT_NAMES,
  type LimitAction,
  type LimitEventKind,
  type LimitLevel,
  type LimitName,
  type LimitsChange,
} from "@/core/log/limits";

/** One reading; `max` null: no limit. */
export interface Reading {
  used: number;
  max: number | null;
  /** Of a quota: the provider. */
  of?: string;
}

/** A missing reading is unknown, and changes nothing. */
export type Readings = Partial<Record<LimitName, Reading>>;

export interface GovernorSettings {
  limits: Record<LimitName, { max: number | null; action: LimitAction }>;
  violations: number;
  withinMs: number;
  alertFrom: AlertLevel;
}

export interface GovernorEvent {
  atMs: number;
  name: LimitName;
  kind: LimitEventKind;
  level: LimitLevel;
  was: LimitLevel;
  used: number | null;
  max: number | null;
  /** Of a quota: the provider. */
  of: string | null;
  /** Whether people are told. */
  isAlert: boolean;
}

interface LimitNow {
  level: LimitLevel;
  sinceMs: number;
  /** The level that people were last told. */
  believed: LimitLevel;
  /** When each level was last told. */
  toldMs: Partial<Record<LimitLevel, number>>;
  violationsMs: number[];
  /** When the last emergency stop was, or the first event. */
  countsFromMs: number;
}

export type GovernorState = Partial<Record<LimitName, LimitNow>>;

/**
 * Defaults that never stop a small machine needlessly: a busy processor is normal, so it has no limit. A used-up quota
 * holds only the tasks of its provider, and the caps of the day park tasks by themselves.
 */
export const USUAL_LIMITS: GovernorSettings = {
  limits: {
    own_memory: { max: 90, action: "stop" },
    memory: { max: 95, action: "slow" },
    cpu: { max: null, action: "alert" },
    disk: { max: 98, action: "stop" },
    quota: { max: 100, action: "hold" },
    tokens: { max: null, action: "alert" },
    cost: { max: null, action: "alert" },
    rounds: { max: null, action: "hold" },
  },
  violations: 5,
  withinMs: 10 * 60_000,
  alertFrom: "warning",
};

const FROM: Record<LimitLevel, number> = { ok: 0, notice: 0.8, warning: 0.9, limit: 1 };
/** A level ends only so far below its start, so that a reading at the border gives no stream of events. */
const SLACK = 0.02;
/** The same level of the same limit is told again only after this time. */
const QUIET_MS: Record<LimitLevel, number> = { ok: 0, notice: 6 * 3_600_000, warning: 3_600_000, limit: 600_000 };

interface Moment {
  nowMs: number;
  /** While everything is paused, violations have no effect. */
  isPaused?: boolean;
}

/** Returns what the readings change, in order. The state after them is `evolveGovernor` over all of them. */
export function govern(
  state: GovernorState,
  readings: Readings,
  settings: GovernorSettings,
  { nowMs, isPaused = false }: Moment,
): GovernorEvent[] {
  const events: GovernorEvent[] = [];
  let now = state;
  const add = (event: GovernorEvent) => {
    events.push(event);
    now = evolveGovernor(now, event);
  };
  for (const name of LIMIT_NAMES) {
    const reading = readings[name];
    if (!reading) continue;
    const event = changeOf(name, now[name], reading, settings, nowMs);
    if (event && !(isPaused && event.kind === "again" && !event.isAlert)) add(event);
  }
  if (isPaused) return events;
  const exceeded = LIMIT_NAMES.find(
    (name) =>
      settings.limits[name].action === "stop" &&
      now[name]?.level === "limit" &&
      violationsOf(now, name, settings, nowMs) >= settings.violations,
  );
  const last = exceeded && readings[exceeded];
  if (exceeded)
    add({
      atMs: nowMs,
      name: exceeded,
      kind: "stop",
      level: "limit",
      was: "limit",
      isAlert: true,
      used: last?.used ?? null,
      max: last?.max ?? null,
      of: last?.of ?? null,
    });
  return events;
}

/** Folds one event into the state. */
export function evolveGovernor(state: GovernorState, event: GovernorEvent): GovernorState {
  const { name, kind, level, atMs } = event;
  // A person resumes after an emergency stop; what happened before does not count again.
  if (kind === "stop")
    return Object.fromEntries(
      Object.entries(state).map(([limit, now]) => [limit, { ...now, violationsMs: [], countsFromMs: atMs }]),
    );
  const before = state[name];
  const isViolation = level === "limit" && (kind === "again" || event.was !== "limit");
  return {
    ...state,
    [name]: {
      level,
      sinceMs: kind === "level" ? atMs : (before?.sinceMs ?? atMs),
      believed: event.isAlert ? level : (before?.believed ?? "ok"),
      toldMs: { ...before?.toldMs, ...(event.isAlert && { [level]: atMs }) },
      violationsMs: [...(before?.violationsMs ?? []), ...(isViolation ? [atMs] : [])].slice(-MOST_VIOLATIONS),
      countsFromMs: before?.countsFromMs ?? atMs,
    },
  };
}

/** More than any setting counts. */
export const MOST_VIOLATIONS = 100;

export function foldGovernor(events: readonly GovernorEvent[]): GovernorState {
  return events.reduce(evolveGovernor, {});
}

/** Whether tasks start now, and which limits hold them back. A quota holds only its provider, elsewhere. */
export function claimingOf(state: GovernorState, settings: GovernorSettings): { claiming: Claiming; by: LimitName[] } {
  const at = LIMIT_NAMES.filter((name) => name !== "quota" && state[name]?.level === "limit");
  const none = at.filter((name) => ["hold", "stop"].includes(settings.limits[name].action));
  if (none.length > 0) return { claiming: "none", by: none };
  const slow = at.filter((name) => settings.limits[name].action === "slow");
  return { claiming: slow.length > 0 ? "one" : "all", by: slow };
}

export function violationsOf(
  state: GovernorState,
  name: LimitName,
  { withinMs }: Pick<GovernorSettings, "withinMs">,
  nowMs: number,
): number {
  return (state[name]?.violationsMs ?? []).filter((atMs) => atMs > nowMs - withinMs && atMs <= nowMs).length;
}

/** Returns the settings with an admin's changes. */
export function withChange(settings: GovernorSettings, change: LimitsChange): GovernorSettings {
  const limits = { ...settings.limits };
  for (const name of LIMIT_NAMES) {
    const given = change.limits?.[name];
    if (!given) continue;
    limits[name] = {
      max: given.max === undefined ? limits[name].max : given.max,
      action: given.action ?? limits[name].action,
    };
  }
  return {
    limits,
    violations: change.violations ?? settings.violations,
    withinMs: change.within_minutes === undefined ? settings.withinMs : change.within_minutes * 60_000,
    alertFrom: change.alert_from ?? settings.alertFrom,
  };
}

/** The part of the limit that is used; 0 without a limit. */
export function shareOf({ used, max }: Pick<Reading, "used" | "max">): number {
  if (max === null) return 0;
  return max > 0 ? used / max : 1;
}

function changeOf(
  name: LimitName,
  before: LimitNow | undefined,
  reading: Reading,
  settings: GovernorSettings,
  nowMs: number,
): GovernorEvent | null {
  const was = before?.level ?? "ok";
  const level = levelOf(was, shareOf(reading));
  const event = (kind: "level" | "again", isAlert: boolean): GovernorEvent => ({
    atMs: nowMs,
    name,
    kind,
    level,
    was,
    isAlert,
    used: reading.used,
    max: reading.max,
    of: reading.of ?? null,
  });
  const isTold = isNews(before, was, level, settings.alertFrom, nowMs);
  if (level !== was) return event("level", isTold);
  if (isTold) return event("again", true);
  if (level !== "limit" || settings.limits[name].action !== "stop") return null;
  // A limit that stays exceeded reaches the emergency stop within the same window.
  const lastMs = before?.violationsMs.at(-1) ?? before?.countsFromMs ?? nowMs;
  return isPast(lastMs, settings.withinMs / settings.violations, nowMs) ? event("again", false) : null;
}

/** A limit holds until below 90 %; other levels end a little below their start. */
function levelOf(was: LimitLevel, share: number): LimitLevel {
  const of = (value: number) => LIMIT_LEVELS.findLast((level) => value >= FROM[level]) ?? "ok";
  const level = of(share);
  if (rank(level) >= rank(was)) return level;
  if (was === "limit") return share >= FROM.warning ? "limit" : level;
  return of(share + SLACK);
}

/**
 * A level is reported once, and not again soon when it comes and goes. The end of a limit is reported when the limit
 * was reported.
 */
function isNews(
  before: LimitNow | undefined,
  was: LimitLevel,
  level: LimitLevel,
  from: AlertLevel,
  nowMs: number,
): boolean {
  const believed = before?.believed ?? "ok";
  if (was === "limit" && level !== "limit") return believed === "limit";
  if (rank(level) < rank(from) || (rank(level) < rank(was) && level !== "limit")) return false;
  const lastMs = before?.toldMs[level];
  if (lastMs === undefined) return rank(believed) < rank(level);
  return (rank(believed) < rank(level) || was !== level) && isPast(lastMs, QUIET_MS[level], nowMs);
}

/** Whether this much time has passed. A time in the future comes from a clock that was set back, and counts as past. */
function isPast(sinceMs: number, forMs: number, nowMs: number): boolean {
  return sinceMs > nowMs || nowMs - sinceMs >= forMs;
}

function rank(level: LimitLevel): number {
  return LIMIT_LEVELS.indexOf(level);
}
