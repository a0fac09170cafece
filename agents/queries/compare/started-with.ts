/** What a tree was started with, for a comparison. */
import type { Setup } from "@/core/log/entries";
import type { ComparedTree } from "@/core/shapes/comparison";
import type { Task, Tree } from "@/core/shapes/shapes";
import type { SetupQueries } from "@/db/queries/setups";

type StartedWith = Pick<
  ComparedTree,
  "agent" | "model" | "instruction" | "runbook" | "workspace" | "grant" | "rights" | "agents" | "documents"
>;

export function startedWith(setups: SetupQueries, tree: Tree, root: Task): StartedWith {
  const found = setups.ofTree(tree.id);
  const of = found[0];
  return {
    agent: root.agent,
    model: root.model,
    instruction: root.instruction,
    runbook: of?.runbook?.name ?? null,
    workspace: setups.isInPlace(tree.id) ? tree.workspace : null,
    grant: tree.grant,
    rights: of?.rights ?? [],
    agents: versionsOf(found.map(({ agent, agentVersion }) => ({ name: agent, version: agentVersion }))),
    documents: versionsOf(found.flatMap((setup: Setup) => setup.documents)),
  };
}

/** Returns each name once with its versions, both in ascending order. */
function versionsOf(used: readonly { name: string; version: number }[]): { name: string; versions: number[] }[] {
  const byName = new Map<string, Set<number>>();
  for (const { name, version } of used) byName.set(name, (byName.get(name) ?? new Set()).add(version));
  return [...byName]
    .map(([name, versions]) => ({ name, versions: [...versions].sort((a, b) => a - b) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
