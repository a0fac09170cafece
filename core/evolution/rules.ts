/** What a person allows an evolution, with its limits. Pure. */
import type { EvolutionRules } from "@/core/shapes/evolution";

/** Tries of one cycle. */
export const MOST_TRIES = 3;
/** Cycles of one run. */
export const MOST_CYCLES = 100;
/** The rules of a project for which nobody has set any. */
export const DEFAULT_EVOLUTION: EvolutionRules = {
  cycle_usd: 2,
  day_usd: 10,
  most_open: 3,
  paths: ["**"],
  least_score: 0.1,
  quiet: null,
  stop_after: 3,
};

const DAY_MS = 86_400_000;

/** Whether the globs allow every file. */
export function isEverywhere(paths: readonly string[]): boolean {
  return paths.includes("**");
}

/** Whether no cycle may begin at this moment. The times may reach over midnight; two equal ones are the whole day. */
export function isQuiet(quiet: EvolutionRules["quiet"], nowMs: number): boolean {
  if (quiet === null) return false;
  const { from, until, zone } = quiet;
  const now = timeIn(zone, nowMs);
  if (from === until) return true;
  return from < until ? now >= from && now < until : now >= from || now < until;
}

/** Returns the time of a moment in a time zone, as `HH:MM`. */
function timeIn(zone: string, ms: number): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(ms);
}

/** Returns midnight (UTC) of the moment's day. */
export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}
