/** What a fork from a message takes over: versions of agents and documents, and lessons. */
import { type Queries, UserError } from "@/agents/application";
import { cutAt, setupAt, versionsIn } from "@/core/fork";
import { isProgram } from "@/core/programs/names";
import type { ForkVersion } from "@/core/shapes/submission";
import type { Store } from "@/db/store";
import type { Ids } from "./ids";

export function createForkStartQuery(store: Pick<Store, "queries" | "forks">, ids: Ids): Pick<Queries, "getForkStart"> {
  const { trees, setups } = store.queries;
  return {
    async getForkStart(id, at) {
      const { kind, uid } = ids.treeOrTask(id);
      const task = trees.findTask(kind === "tree" ? trees.rootOf(uid) : uid);
      const log = store.forks.log(task.id);
      const cut = cutAt(log, at, false);
      if ("refusal" in cut) throw new UserError("invalid", cut.refusal);
      const setup = setupAt(log, cut.upTo);
      const lessons = setup.memory === "without" ? "without" : (setup.lessons ?? "with");
      if (!isProgram(setup.model)) return { versions: versionsIn(setup), used: [], lessons };
      const versions = (setup.pinned ?? []).flatMap(({ kind, ...rest }) =>
        kind === "agent" || kind === "document" ? [{ kind, ...rest }] : [],
      );
      const below = setups.ofTree(task.treeUid).filter((start) => !isProgram(start.setup.model));
      return { versions, used: newest(below.flatMap((start) => versionsIn(start.setup))), lessons };
    },
  };
}

/** Returns each agent and document once, in its highest version, agents first. */
function newest(versions: readonly ForkVersion[]): ForkVersion[] {
  const byName = new Map<string, ForkVersion>();
  for (const version of versions) {
    const key = `${version.kind} ${version.name}`;
    if ((byName.get(key)?.version ?? 0) < version.version) byName.set(key, version);
  }
  const found = [...byName.values()];
  return (["agent", "document"] as const).flatMap((kind) => found.filter((version) => version.kind === kind));
}
