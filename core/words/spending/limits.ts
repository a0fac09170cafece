/** Words for the governor's limits: names, units, levels, and a sentence for each event. */
import type { AlertLevel, LimitAction, LimitLevel, LimitName } from "@/core/log/limits";
import type { LimitEvent, Limits } from "@/core/shapes/limits";
import { count, money, plural } from "../figures";

export const LIMIT_WORDS: Record<
  LimitName,
  { name: string; about: string; unit: "percent" | "tokens" | "usd" | "rounds" }
> = {
  own_memory: { name: "Banyan's memory", about: "this process and its children, of all memory", unit: "percent" },
  memory: { name: "Memory", about: "of the machine or container", unit: "percent" },
  cpu: { name: "CPU", about: "all cores, for a whole minute", unit: "percent" },
  disk: { name: "Disk", about: "of the data folder", unit: "percent" },
  quota: { name: "Provider quota", about: "the fullest rate limit of a model provider", unit: "percent" },
  tokens: { name: "Tokens today", about: "of all trees, UTC", unit: "tokens" },
  cost: { name: "Cost today", about: "of all trees, UTC", unit: "usd" },
  rounds: { name: "Rounds of goals today", about: "of all goals, UTC", unit: "rounds" },
};

export const LEVEL_WORDS: Record<LimitLevel, string> = {
  ok: "OK",
  notice: "Notice",
  warning: "Warning",
  limit: "At the limit",
};

export const ACTION_WORDS: Record<LimitAction, string> = {
  alert: "Alert only",
  slow: "One task at a time",
  hold: "Start nothing",
  stop: "Start nothing, then pause everything",
};

/** 72 % · 22k tokens · $4.10 · 12 rounds */
export function limitAmount(name: LimitName, value: number): string {
  const { unit } = LIMIT_WORDS[name];
  if (unit === "percent") return `${Math.round(value * 10) / 10} %`;
  if (unit === "usd") return money(value);
  return unit === "tokens" ? `${count(value)} tokens` : plural(value, "round");
}

type Told = Pick<LimitEvent, "name" | "kind" | "level" | "was" | "used" | "max" | "of">;

/** Returns one sentence that says what happened at a limit, and one about what follows from it. `setBy`: as of `limitRemedy`. */
export function limitSentence(
  event: Told,
  settings: { limits: Record<LimitName, { action: LimitAction }>; violations: number; withinMs: number },
  setBy: string | null,
): string {
  const { name, kind, level, was } = event;
  const what = `${subjectOf(event)}, ${figuresOf(event)}`;
  if (kind === "stop") {
    const often = `${plural(settings.violations, "time")} within ${plural(Math.round(settings.withinMs / 60_000), "minute")}`;
    return `Emergency stop: the limit was exceeded ${often}: ${what}. ${limitRemedy(name, setBy).replaceAll("`", "")}`;
  }
  if (level === "limit")
    return `Limit reached: ${what}. ${CONSEQUENCES[consequenceOf(name, settings.limits[name].action)]}`;
  if (was === "limit") return `Below the limit again: ${what}.`;
  if (level === "ok") return `Back to normal: ${what}.`;
  return `Near the limit: ${what}.`;
}

/** Disk: notice → warning, 90.2 % of 98 % */
export function limitEventText(event: Told): string {
  const figures = figuresOf(event);
  if (event.kind === "stop") return `${subjectOf(event)}: emergency stop, everything paused, ${figures}`;
  if (event.kind === "again") return `${subjectOf(event)}: still ${LEVEL_WORDS[event.level].toLowerCase()}, ${figures}`;
  return `${subjectOf(event)}: ${LEVEL_WORDS[event.was]} → ${LEVEL_WORDS[event.level]}, ${figures}`;
}

/** A quota holds one provider's tasks, and the caps of the day park tasks by themselves. */
function consequenceOf(name: LimitName, action: LimitAction): keyof typeof CONSEQUENCES {
  if (name === "quota") return action === "alert" ? "alert" : "quota";
  if ((name === "tokens" || name === "cost") && action === "alert") return "day";
  return action;
}

const CONSEQUENCES = {
  alert: "Tasks still start.",
  slow: "Each worker runs one task at a time until it is below 90 % of the limit.",
  hold: "No task starts until it is below 90 % of the limit.",
  stop: "No task starts until it is below 90 % of the limit.",
  quota: "Tasks of this provider wait until it returns.",
  day: "Tasks park until tomorrow.",
};

function subjectOf({ name, of }: Pick<Told, "name" | "of">): string {
  const { name: words } = LIMIT_WORDS[name];
  return of === null ? words : `${words} of ${of}`;
}

function figuresOf({ name, used, max }: Pick<Told, "name" | "used" | "max">): string {
  if (used === null) return "unknown";
  return max === null
    ? `${limitAmount(name, used)}, no limit`
    : `${limitAmount(name, used)} of ${limitAmount(name, max)}`;
}

/** Returns one sentence that says whether tasks start, and why not. */
export function claimingSentence({ claiming, held_by }: Pick<Limits, "claiming" | "held_by">): string {
  const names = held_by.map((name) => LIMIT_WORDS[name].name).join(", ");
  if (claiming === "none") return `No task starts. Limit reached: ${names}. Running tasks stop after their turn.`;
  if (claiming === "one") return `Each worker runs one task at a time. Limit reached: ${names}.`;
  return "Tasks start normally.";
}

/** Returns one sentence about when everything is paused, and from which level people are told. */
export function limitsSentence({
  violations,
  withinMs,
  alertFrom,
}: {
  violations: number;
  withinMs: number;
  alertFrom: AlertLevel;
}): string {
  const minutes = plural(Math.round(withinMs / 60_000), "minute");
  return `Saved. Everything pauses after ${plural(violations, "violation")} of one limit within ${minutes}. Alerts begin at the level ${LEVEL_WORDS[alertFrom].toLowerCase()}.`;
}

/** Disk: warning · Banyan's memory: everything is paused */
export function limitSubject({ name, level }: { name: LimitName; level: LimitLevel | "stopped" }): string {
  const words = level === "stopped" ? "everything is paused" : LEVEL_WORDS[level].toLowerCase();
  return `${LIMIT_WORDS[name].name}: ${words}`;
}

/** What to do about a limit, as one sentence. `setBy`: the setting that sets it; null: none does. */
export function limitRemedy(name: LimitName, setBy: string | null): string {
  return setBy === null ? REMEDIES[name] : `Raise ${setBy}, or wait until tomorrow (UTC).`;
}

/** The tokens of a day are only set by a setting. */
const REMEDIES: Record<LimitName, string> = {
  own_memory: "Lower MAX_CONCURRENT_AGENTS or BANYAN_MAX_COMMAND_MB, or add memory.",
  memory: "Lower MAX_CONCURRENT_AGENTS, end other programs, or add memory.",
  cpu: "Lower MAX_CONCURRENT_AGENTS, end other programs, or add cores.",
  disk: "Delete old trees with `npx banyan delete TREE`, or make the disk larger.",
  quota: "Wait until it returns, choose another model, or raise the quota with the provider.",
  tokens: "Raise BANYAN_MAX_TOKENS_PER_DAY, or wait until tomorrow (UTC).",
  cost: "Raise the daily cap with `npx banyan caps --day USD`, or wait until tomorrow (UTC).",
  rounds: "Raise the limit with `npx banyan limits set rounds --max N`, or wait until tomorrow (UTC).",
};
