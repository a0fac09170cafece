/** How the evolution of a project stands: computed for the watch, the pages and all other readers in this one place. */
import { type Candidate, chooseNext, type PastCycle, rejectionsIn, type Situation } from "@/core/evolution/choose";
import { DEFAULT_EVOLUTION } from "@/core/evolution/rules";
import type { ChangeKind, EvolutionRules } from "@/core/shapes/evolution";
import { SELF_URL } from "@/core/shapes/improving/self";
import type { StoredCycle, StoredEvolution } from "@/db/evolution/evolution";
import type { StoredInsight } from "@/db/projects/insights";
import type { StoredProject } from "@/db/projects/projects";
import type { Store } from "@/db/store";
import { compileGlobs } from "@/lib/workspace/glob";

export interface StateSources {
  store: Pick<Store, "evolutions" | "forges" | "insights">;
  isSwitchedOff(): boolean;
  now(): number;
}

export interface EvolutionState {
  evolution: StoredEvolution;
  rules: EvolutionRules;
  cycles: StoredCycle[];
  past: PastCycle[];
  rejections: number;
  change: ChangeKind;
}

/** Returns how it stands; null: the project was removed. */
export function stateOf({ store }: Pick<StateSources, "store">, project: StoredProject): EvolutionState | null {
  const evolution = store.evolutions.of(project.name);
  if (evolution === null) return null;
  const cycles = store.evolutions.cycles(evolution.projectId);
  const past = cycles.map((cycle) => pastOf(store, cycle));
  return {
    evolution,
    rules: evolution.rules ?? DEFAULT_EVOLUTION,
    cycles,
    past,
    rejections: rejectionsIn(past, evolution.countedFromMs),
    change: changeOf(store, project),
  };
}

/** Returns how changes of the project reach people. */
export function changeOf({ forges }: Pick<Store, "forges">, { name, address }: StoredProject): ChangeKind {
  if (address === SELF_URL) return "proposal";
  return forges.link(name) === null ? "branch" : "pull_request";
}

/** Returns what the next cycle would deal with, or why none can begin. `chosen`: the insight that a person chose. */
export function nextOf(
  { store, isSwitchedOff, now }: StateSources,
  project: StoredProject,
  { rules, evolution, past, change }: EvolutionState,
  chosen: string | null = null,
): ReturnType<typeof chooseNext> {
  const situation: Situation = {
    rules,
    isStopped: evolution.stoppedAtMs !== null,
    isSwitchedOff: change === "proposal" && isSwitchedOff(),
    // The gates of a release judge what is proposed for it.
    hasCheck: change === "proposal" || project.check !== null,
    hasLooked: store.insights.look(project.name) !== null,
    insights: store.insights.of(project.name).map(candidateOf),
    cycles: past,
    chosen,
    nowMs: now(),
    matches: (globs, path) => compileGlobs(globs)(path),
  };
  return chooseNext(situation);
}

function candidateOf(insight: StoredInsight): Candidate {
  const { uid, kind, state, score } = insight;
  return { uid, kind, state, score, paths: pathsOf(insight) };
}

/** Returns the files that an insight is about; none: the repository as a whole. */
export function pathsOf({ path, evidence }: Pick<StoredInsight, "path" | "evidence">): string[] {
  return [...new Set([path, ...evidence.places.map((place) => place.path)])].filter((one) => one !== "");
}

function pastOf({ forges }: Pick<Store, "forges">, cycle: StoredCycle): PastCycle {
  const { insight, state, paths, capMicroUsd, microUsd, isSpending, createdAtMs, changedAtMs } = cycle;
  const changed = state === "open" ? (forges.ofCycle(cycle.uid)?.measured?.paths ?? []) : [];
  return {
    insight: insight.id,
    state,
    paths: paths.length === 0 ? [] : [...paths, ...changed],
    capMicroUsd,
    microUsd,
    isSpending,
    createdAtMs,
    changedAtMs,
  };
}
