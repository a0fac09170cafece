/** What evolutions need of a person. */
import { changeOf } from "@/agents/evolution/state";
import type { StoppedEvolution, WaitingChange } from "@/core/shapes/evolution";
import { iso } from "@/db/file/iso";
import type { Store } from "@/db/store";

/** Returns the changes that are decided here, the newest first. Others are decided at their forge, or in Review. */
export function waitingChanges({
  evolutions,
  forges,
  projects,
}: Pick<Store, "evolutions" | "forges" | "projects">): WaitingChange[] {
  return evolutions
    .unsettled()
    .filter(({ state, uid, project: name }) => {
      const project = projects.get(name);
      const isHere = project !== null && changeOf({ forges }, project) === "branch" && forges.ofCycle(uid) === null;
      return state === "open" && isHere;
    })
    .toSorted((a, b) => b.changedAtMs - a.changedAtMs)
    .map(({ project, uid, insight, changedAtMs }) => ({
      project,
      cycle: uid,
      title: insight.title,
      at: iso(changedAtMs),
    }));
}

export function stoppedEvolutions({ evolutions }: Pick<Store, "evolutions">, limit: number): StoppedEvolution[] {
  return evolutions.stopped(limit).map(({ project, atMs, why }) => ({ project, at: iso(atMs), sentence: why }));
}
