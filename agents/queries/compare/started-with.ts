/** What a tree was started with, for a comparison. */
import type { ComparedTree } from "@/core/shapes/comparison";
import type { Task, Tree } from "@/core/shapes/shapes";
import type { SetupQueries, StartSetup } from "@/db/queries/setups";

type StartedWith = Pick<
  ComparedTree,
  | "agent"
  | "model"
  | "instruction"
  | "runbook"
  | "workspace"
  | "grant"
  | "rights"
  | "agents"
  | "documents"
  | "lessons_given"
>;

export function startedWith(setups: SetupQueries, tree: Tree, root: Task): StartedWith {
  const started = setups.ofTree(tree.id);
  const of = started[0]?.setup;
  const found = started.flatMap(({ setup, before }) => (before ? [before, setup] : [setup]));
  return {
    agent: root.agent,
    model: root.model,
    instruction: root.instruction,
    runbook: of?.runbook?.name ?? null,
    workspace: setups.isInPlace(tree.id) ? tree.workspace : null,
    grant: tree.grant,
    rights: of?.rights ?? [],
    agents: versionsOf(found.map(({ agent, agentVersion }) => ({ name: agent, version: agentVersion }))),
    lessons_given: lessonsGiven(started),
    documents: versionsOf(found.flatMap((setup) => setup.documents)),
  };
}

function lessonsGiven(started: readonly StartSetup[]): ComparedTree["lessons_given"] {
  if (started.some(({ setup }) => setup.memory === "without")) return "none";
  return started.some(({ setup }) => setup.lessons) ? "named" : "found";
}

/** Returns each name once with its versions, both in ascending order. */
function versionsOf(used: readonly { name: string; version: number }[]): { name: string; versions: number[] }[] {
  const byName = new Map<string, Set<number>>();
  for (const { name, version } of used) byName.set(name, (byName.get(name) ?? new Set()).add(version));
  return [...byName]
    .map(([name, versions]) => ({ name, versions: [...versions].sort((a, b) => a - b) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
