/** The next step of a run: a look at the repository first, then cycles one after the other until none can begin. */
import { UserError } from "@/agents/application";
import { lookAtProject } from "@/agents/insights/look";
import { makerNow } from "@/agents/schedules/maker";
import { treeIdOf } from "@/core/ids";
import type { RunFault } from "@/core/shapes/evolution";
import { plural } from "@/core/words/figures";
import { holdSentence } from "@/core/words/insights/evolution";
import type { StoredEvolutionRun } from "@/db/evolution/evolution";
import type { StoredProject } from "@/db/projects/projects";
import { WorkspaceError } from "@/lib/workspace/path";
import { stopAfterRejections } from "./settle";
import type { EvolutionSources } from "./sources";
import { nextOf, pathsOf, stateOf } from "./state";

export async function stepRun(sources: EvolutionSources, run: StoredEvolutionRun, signal: AbortSignal): Promise<void> {
  const project = sources.store.projects.get(run.project);
  // Removed just now, and its runs with it.
  if (project === null) return;
  if (run.state === "looking") return lookFirst(sources, run, project, signal);
  if (!signal.aborted) await beginNext(sources, run, project);
}

async function lookFirst(
  sources: EvolutionSources,
  run: StoredEvolutionRun,
  project: StoredProject,
  signal: AbortSignal,
): Promise<void> {
  const { store } = sources;
  try {
    await lookAtProject(sources, project, run.maker.name, signal);
  } catch (error) {
    if (signal.aborted || !isOfProject(error)) throw error;
    const why = `The look for insights failed: ${error.message}`;
    await store.evolutions.changeRun(run, { state: "ended", why, fault: "look" });
    return;
  }
  await store.evolutions.changeRun(run, { state: "running", why: null });
}

/** Whether only the project, its repository or its people can mend it. */
export function isOfProject(error: unknown): error is Error {
  return error instanceof WorkspaceError || (error instanceof UserError && error.kind !== "unavailable");
}

async function beginNext(sources: EvolutionSources, run: StoredEvolutionRun, project: StoredProject): Promise<void> {
  const { store, now } = sources;
  const state = stateOf(sources, project);
  if (state === null) return;
  const own = state.cycles.filter(({ runId }) => runId === run.id);
  // One after the other, so that each reads what the one before has cost and which files it changes.
  if (state.cycles.some((cycle) => cycle.state === "working")) return;
  const end = async (why: string, fault?: RunFault) =>
    void (await store.evolutions.changeRun(run, { state: "ended", why, ...(fault && { fault }) }));
  if (own.length >= run.cyclesMax)
    return end(`It has begun ${plural(own.length, "cycle")}, as many as were asked for.`);
  await stopAfterRejections(store, project);
  const maker = makerNow(store.people, { maker: run.maker, rights: [] }, now());
  if ("lost" in maker) return end(maker.lost, "rights");
  const next = nextOf(sources, project, state, run.insight);
  if ("hold" in next) return end(holdSentence(next.hold, state.rules));
  const insight = store.insights.of(project.name).find(({ uid }) => uid === next.insight);
  if (insight === undefined) return;
  const uid = treeIdOf(`cycle ${run.uid} ${own.length}`);
  const { kind, title, path, line, end: last, score } = insight;
  // Without effect when somebody has stopped it meanwhile.
  await store.evolutions.claim({
    uid,
    runId: run.id,
    insight: { id: insight.uid, kind, title, path, line, end: last, score },
    paths: pathsOf(insight),
    tree: treeIdOf(onceOf(uid)),
    capMicroUsd: Math.round(state.rules.cycle_usd * 1_000_000),
  });
}

/** Returns what makes the tree of a cycle the same one however often it is submitted. */
export function onceOf(cycle: string): string {
  return `evolution ${cycle}`;
}
