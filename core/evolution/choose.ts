/** Chooses what the next cycle of an evolution deals with, or says why none can begin. Pure. */
import type { CycleState, EvolutionRules, Hold } from "@/core/shapes/evolution";
import { type InsightKind, type InsightState, isOfPeople } from "@/core/shapes/insights";
import { dayOf, isEverywhere, isQuiet } from "./rules";

/** What choosing reads of an insight. */
export interface Candidate {
  uid: string;
  kind: InsightKind;
  state: InsightState;
  score: number;
  /** The files that it is about; empty: the repository as a whole. */
  paths: readonly string[];
}

/** What choosing reads of a cycle. */
export interface PastCycle {
  insight: string;
  state: CycleState;
  /** The files that its insight is about, and those that its change changes. */
  paths: readonly string[];
  capMicroUsd: number;
  microUsd: number;
  /** Whether its tree has not ended: that of an approved proposal works on after the decision. */
  isSpending: boolean;
  createdAtMs: number;
  changedAtMs: number;
}

export interface Situation {
  rules: EvolutionRules;
  isStopped: boolean;
  /** Whether changes of this project by agents are switched off. */
  isSwitchedOff: boolean;
  /** Whether a command shows that the project works. */
  hasCheck: boolean;
  hasLooked: boolean;
  insights: readonly Candidate[];
  cycles: readonly PastCycle[];
  /** The insight that a person chose; null: the best one. */
  chosen: string | null;
  nowMs: number;
  /** Returns whether a path is one of these globs'. */
  matches(globs: readonly string[], path: string): boolean;
}

const OF_TESTS: ReadonlySet<InsightKind> = new Set(["untested", "untested-functions", "no-tests"]);

/** Whether tests deal with insights of this kind, so that its change may change tests. */
export function isOfTests(kind: InsightKind): boolean {
  return OF_TESTS.has(kind);
}

export function chooseNext(situation: Situation): { insight: string } | { hold: Hold } {
  const hold = holdOf(situation);
  if (hold !== null) return { hold };
  const best = candidatesOf(situation).toSorted((a, b) => b.score - a.score || (a.uid < b.uid ? -1 : 1))[0];
  return best === undefined ? { hold: "nothing" } : { insight: best.uid };
}

/** Returns why no cycle can begin, whichever insight it would deal with. */
function holdOf(situation: Situation): Hold | null {
  const { rules, cycles, nowMs } = situation;
  if (situation.isSwitchedOff) return "switched_off";
  if (situation.isStopped) return "stopped";
  if (!situation.hasCheck) return "no_check";
  if (!situation.hasLooked) return "not_looked";
  if (isQuiet(rules.quiet, nowMs)) return "quiet";
  if (cycles.filter(({ state }) => state === "working").length > 0) return "busy";
  if (cycles.filter(({ state }) => state === "open").length >= rules.most_open) return "open";
  const { spent, reserved } = spentOn(cycles, nowMs);
  return spent + reserved + rules.cycle_usd * 1_000_000 > rules.day_usd * 1_000_000 ? "day_cap" : null;
}

/**
 * Returns what the cycles that began on the day (UTC) of the moment have cost, and what those of them that are not settled,
 * or whose trees have not ended, may still cost, in micro-dollars.
 */
export function spentOn(cycles: readonly PastCycle[], nowMs: number): { spent: number; reserved: number } {
  const fromMs = dayOf(nowMs);
  const today = cycles.filter(({ createdAtMs }) => createdAtMs >= fromMs);
  const spending = today.filter((cycle) => isUnsettled(cycle) || cycle.isSpending);
  return {
    spent: today.reduce((sum, { microUsd }) => sum + microUsd, 0),
    reserved: spending.reduce((sum, { capMicroUsd, microUsd }) => sum + Math.max(0, capMicroUsd - microUsd), 0),
  };
}

const isUnsettled = ({ state }: Pick<PastCycle, "state">) => state === "working" || state === "open";

function candidatesOf({ rules, insights, cycles, chosen, matches }: Situation): Candidate[] {
  const tried = new Set(cycles.map(({ insight }) => insight));
  const unsettled = cycles.filter(isUnsettled);
  const isFree = ({ paths }: Candidate) =>
    unsettled.every((cycle) =>
      // The repository as a whole leaves no file to another cycle.
      paths.length === 0 || cycle.paths.length === 0 ? false : !paths.some((path) => cycle.paths.includes(path)),
    );
  const isAllowed = ({ paths }: Candidate) =>
    isEverywhere(rules.paths) || (paths.length > 0 && paths.every((path) => matches(rules.paths, path)));
  const fitting = insights.filter((insight) => isFree(insight) && isAllowed(insight));
  if (chosen !== null)
    return fitting.filter(({ uid, state }) => uid === chosen && (state === "open" || state === "dismissed"));
  return fitting.filter(
    ({ uid, kind, state, score }) =>
      state === "open" && score >= rules.least_score && !tried.has(uid) && !isOfPeople(kind),
  );
}

/** Returns how many changes people have rejected since they last accepted one, counted from a moment. */
export function rejectionsIn(cycles: readonly PastCycle[], fromMs: number): number {
  const settled = cycles
    .filter(({ state, changedAtMs }) => (state === "accepted" || state === "rejected") && changedAtMs >= fromMs)
    .toSorted((a, b) => b.changedAtMs - a.changedAtMs);
  const accepted = settled.findIndex(({ state }) => state === "accepted");
  return accepted < 0 ? settled.length : accepted;
}
