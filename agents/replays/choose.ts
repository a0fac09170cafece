/** Chooses the ended trees that a new version replays before its trial. */
import { doesDecide } from "@/core/rules/replays";
import { hasPassed } from "@/core/rules/trial";
import { SIDES } from "@/db/configuration/replay-rows";
import type { ReplaySource } from "@/db/configuration/replays";
import type { Trial } from "@/db/configuration/trials";
import type { Store } from "@/db/store";
import { newId } from "@/lib/new-id";
import { beginningOf } from "./beginning";

export interface ChooseSources {
  store: Pick<Store, "replays" | "forks">;
  /** Ended trees that are replayed at most. */
  trialReplays: number;
}

/** Chooses the trees, unless that was done before. Resolves with whether there are replays. */
export async function chooseReplays({ store, trialReplays }: ChooseSources, trial: Trial): Promise<boolean> {
  const half = Math.ceil(trialReplays / 2);
  const most = { decide: half, shown: trialReplays - half };
  const chosen: { decide: string[]; shown: string[] } = { decide: [], shown: [] };
  for (const source of store.replays.sources(trial)) {
    const part = doesDecide(source.uid) ? "decide" : "shown";
    // Reads a whole log, so only of trees that are still wanted.
    if (chosen[part].length < most[part] && hasResult(source, trial) && beginningOf(store, source))
      chosen[part].push(source.uid);
  }
  // The deciding trees first, and both versions of a tree one after the other: what is cut off at the end matters least.
  const replays = [...chosen.decide, ...chosen.shown].flatMap((uid) =>
    SIDES.map((side) => ({ source: uid, side, decides: doesDecide(uid), tree: newId() })),
  );
  await store.replays.choose(trial, replays);
  return replays.length > 0;
}

/** Whether the original had a result, so that a replay can have one too. */
function hasResult(source: ReplaySource, { metric }: Trial): boolean {
  return hasPassed({ ...source, person: null }, metric) !== null;
}
