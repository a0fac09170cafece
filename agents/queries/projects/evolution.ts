/** Queries for the evolution of a project. */
import { nextOf, type StateSources, stateOf } from "@/agents/evolution/state";
import { projectCalled } from "@/agents/projects/find-project";
import { type PastCycle, spentOn } from "@/core/evolution/choose";
import type { EvolutionCycle, EvolutionOfProject, EvolutionRun } from "@/core/shapes/evolution";
import type { ForgeKind } from "@/core/shapes/forges";
import { holdSentence } from "@/core/words/insights/evolution";
import { forgeWords } from "@/core/words/projects";
import type { StoredCycle, StoredEvolutionRun } from "@/db/evolution/evolution";
import { iso } from "@/db/file/iso";
import type { StoredIssue } from "@/db/forges/stored";
import type { StoredInsight } from "@/db/projects/insights";
import type { StoredProject } from "@/db/projects/projects";
import type { Store } from "@/db/store";

interface EvolutionQuerySources extends StateSources {
  store: StateSources["store"] & Pick<Store, "projects" | "proposals" | "queries">;
}

const MOST_RUNS = 50;
const MICRO = 1_000_000;

/** Throws UserError not_found. */
export function evolutionOf(sources: EvolutionQuerySources, name: string): EvolutionOfProject {
  const { store, now } = sources;
  const project = projectCalled(store.projects, name);
  // The project was there a moment ago, in the same turn of the process.
  const state = stateOf(sources, project) as NonNullable<ReturnType<typeof stateOf>>;
  const { evolution, rules, cycles, past, rejections, change } = state;
  const next = nextOf(sources, project, state);
  const forge = store.forges.link(name)?.kind ?? null;
  const { spent, reserved } = spentOn(past satisfies PastCycle[], now());
  const { stoppedAtMs, stoppedBy, stoppedWhy } = evolution;
  return {
    project: name,
    rules,
    change,
    folder: project.address.startsWith("/") ? project.address : null,
    forge,
    stopped: stoppedAtMs === null ? null : { by: stoppedBy, at: iso(stoppedAtMs), why: stoppedWhy },
    next: "insight" in next ? insightOfCycle(store, project, next.insight) : null,
    hold: "hold" in next ? { code: next.hold, sentence: holdSentence(next.hold, rules) } : null,
    rejections,
    today_usd: spent / MICRO,
    reserved_usd: reserved / MICRO,
    runs: store.evolutions.runs(evolution.projectId, MOST_RUNS).map(runShape),
    runs_total: store.evolutions.countRuns(evolution.projectId),
    cycles: cycles.map((cycle) => cycleShape(store, cycle, forge)),
  };
}

function insightOfCycle({ insights }: Pick<Store, "insights">, { name }: StoredProject, uid: string) {
  const found = insights.of(name).find((one) => one.uid === uid);
  return found === undefined ? null : pick(found);
}

function pick({ uid, kind, title, path, line, end, score }: StoredInsight) {
  return { id: uid, kind, title, path, line, end, score };
}

function runShape(run: StoredEvolutionRun & { cycles: number }): EvolutionRun {
  const { uid, cause, maker, cyclesMax, cycles, state, why, fault, createdAtMs, endedAtMs } = run;
  return {
    id: uid,
    cause,
    by: maker.name,
    cycles_max: cyclesMax,
    cycles,
    state,
    fault,
    sentence: why,
    created_at: iso(createdAtMs),
    ended_at: iso(endedAtMs),
  };
}

function cycleShape(
  store: EvolutionQuerySources["store"],
  cycle: StoredCycle,
  forge: ForgeKind | null,
): EvolutionCycle {
  const { uid, run, insight, tree, tries, refusals, microUsd, capMicroUsd, createdAtMs, changedAtMs } = cycle;
  const handed = store.forges.ofCycle(uid);
  return {
    id: uid,
    run,
    insight,
    state: cycle.state,
    // What the forge's rule still waits for is said while the change waits.
    why: cycle.why ?? (cycle.state === "open" ? (handed?.why ?? null) : null),
    tree: store.queries.trees.treesLike(tree).includes(tree) ? tree : null,
    tries,
    refusals,
    cost_usd: microUsd / MICRO,
    cap_usd: capMicroUsd / MICRO,
    change: changeShape(store, cycle, { handed, forge }),
    created_at: iso(createdAtMs),
    changed_at: iso(changedAtMs),
  };
}

function changeShape(
  { proposals }: Pick<Store, "proposals">,
  { tree, branch, state }: StoredCycle,
  { handed, forge }: { handed: StoredIssue | null; forge: ForgeKind | null },
): EvolutionCycle["change"] {
  if (handed !== null && handed.pull !== null)
    return { kind: "pull_request", name: `${forgeWords(forge).sign}${handed.pull}`, url: handed.pullUrl };
  // The name is kept before the branch is made.
  if (branch !== null && state === "accepted") return { kind: "branch", name: branch, url: null };
  const proposed = proposals.codeOfTree(tree);
  const proposal = proposed.find(({ status }) => status === "approved") ?? proposed[0];
  return proposal === undefined ? null : { kind: "proposal", name: proposal.review, url: null };
}
