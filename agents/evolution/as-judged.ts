/** Whether a change that waits is still the one that the host has judged: a person may continue its tree meanwhile. */
import { type FileSources, momentOf } from "@/agents/files/moment";
import type { StoredCycle } from "@/db/evolution/evolution";
import type { Store } from "@/db/store";
import type { EvolutionSources } from "./sources";

interface JudgedSources extends Omit<FileSources, "store"> {
  store: FileSources["store"] & Pick<Store, "evolutions">;
  queries: Pick<EvolutionSources["queries"], "getTree">;
}

/** `changed`: it works again, to be judged anew. `held`: a person's stop of the evolution keeps it from that. */
export async function asJudged(sources: JudgedSources, cycle: StoredCycle): Promise<"same" | "changed" | "held"> {
  const { store, queries } = sources;
  const { ended_at } = await queries.getTree(cycle.tree, { tasks: "none" });
  if (ended_at !== null && momentOf(sources, cycle.tree).commit === cycle.snapshot) return "same";
  // A cycle that works is ended by a stop, and a change that waits is not.
  if ((store.evolutions.of(cycle.project)?.stoppedBy ?? null) !== null) return "held";
  await store.evolutions.change(cycle, { state: "working", why: null });
  return "changed";
}
