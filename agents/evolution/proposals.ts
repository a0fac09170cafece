/** Follows a cycle of Banyan itself: its tree proposes the change, and the decision about it in Review settles the cycle. */
import type { Tree } from "@/core/shapes/shapes";
import type { StoredCycle } from "@/db/evolution/evolution";
import { settle } from "./settle";
import type { EvolutionSources } from "./sources";

/** The tree waits for the decision, so it may work on after it: an approval ends the cycle, a rejection when the tree has ended. */
export async function followProposals(sources: EvolutionSources, cycle: StoredCycle): Promise<void> {
  const { store, queries } = sources;
  const proposals = store.proposals.codeOfTree(cycle.tree);
  const approved = proposals.find(({ status }) => status === "approved");
  if (approved) return settle(sources, cycle, { state: "accepted", why: null, by: approved.decidedBy });
  if (proposals.some(({ status }) => status === "open")) return keep(sources, cycle, "open");
  const tree = await queries.getTree(cycle.tree, { tasks: "none" });
  const rejected = proposals.find(({ status }) => status === "rejected");
  if (tree.ended_at === null) {
    const isStopped = (store.evolutions.of(cycle.project)?.stoppedBy ?? null) !== null;
    // It may mend what the reason says and propose again, unless a person has stopped the evolution meanwhile.
    if (rejected === undefined || !isStopped) return keep(sources, cycle, "working");
    await sources.stop(cycle.tree);
  }
  if (rejected) {
    const why = `${rejected.decidedBy ?? "Somebody"} rejected it: ${rejected.answer || "without a reason"}`;
    return settle(sources, cycle, { state: "rejected", why, by: rejected.decidedBy });
  }
  if (tree.status === "stopped") return settle(sources, cycle, { state: "stopped", why: "A person stopped its tree." });
  await settle(sources, cycle, { state: "failed", why: await reasonOf(sources, tree) });
}

async function keep({ store }: EvolutionSources, cycle: StoredCycle, state: "working" | "open"): Promise<void> {
  if (cycle.state !== state) await store.evolutions.change(cycle, { state, why: null });
}

/** Resolves with what a tree says of its end. */
export async function reasonOf({ queries }: EvolutionSources, tree: Tree): Promise<string> {
  const { result } = await queries.getTask(tree.root_task_id);
  return result ?? tree.headline;
}
