/** Ends a cycle, and says of its insight what became of it. */
import type { CycleState } from "@/core/shapes/evolution";
import { plural } from "@/core/words/figures";
import type { StoredCycle } from "@/db/evolution/evolution";
import type { StoredProject } from "@/db/projects/projects";
import type { Store } from "@/db/store";
import { stateOf } from "./state";

type Settled = Exclude<CycleState, "working" | "open">;

interface Settling {
  state: Settled;
  why: string | null;
  /** Who decided it; null: nobody here. */
  by?: string | null;
}

export interface SettleSources {
  store: Pick<Store, "evolutions" | "forges" | "insights" | "projects">;
}

/** Resolves with false when somebody has settled it before. Each step may be repeated. */
export async function settledFirst(
  { store }: SettleSources,
  cycle: StoredCycle,
  { state, why, by = null }: Settling,
): Promise<boolean> {
  const { project: name, insight } = cycle;
  // First the insight: it stays planned no longer, and a repetition changes nothing.
  await store.insights.unplan(name, insight.id, insightAfter(state, why, by));
  if (!(await store.evolutions.change(cycle, { state, why, words: null }))) return false;
  const project = store.projects.get(name);
  if (state === "rejected" && project !== null) await stopAfterRejections(store, project);
  return true;
}

/** Settles it, unless somebody has. */
export async function settle(sources: SettleSources, cycle: StoredCycle, settling: Settling): Promise<void> {
  await settledFirst(sources, cycle, settling);
}

function insightAfter(state: Settled, why: string | null, by: string | null) {
  // Nobody here merged it at a forge, and without a reason it would look as if a look no longer found it.
  if (state === "accepted")
    return { state: "done", reason: by === null ? "Its change was accepted." : null, by } as const;
  if (state === "rejected") return { state: "dismissed", reason: why ?? "Its change was rejected.", by } as const;
  return { state: "open", reason: null, by } as const;
}

/** Stops the evolution of a project when people have rejected as many changes in a row as its rules say. */
export async function stopAfterRejections(store: SettleSources["store"], project: StoredProject): Promise<void> {
  const state = stateOf({ store }, project);
  if (state === null || state.rejections < state.rules.stop_after) return;
  const why = `People have rejected ${plural(state.rejections, "change")} in a row, so it stopped.`;
  await store.evolutions.stop(project.name, { by: null, why, rules: state.rules });
}
