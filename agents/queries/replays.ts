/** Shows the replays of a trial. */
import { replaySides } from "@/core/rules/replays";
import type { TrialSide } from "@/core/rules/trial";
import type { ReplayedHalf, ReplayedTree, ShownReplay, TrialReplays } from "@/core/shapes/improving/trials";
import { pairsOf, type Replay, type ReplaySide } from "@/db/configuration/replay-rows";
import { isAlternating, type Trial } from "@/db/configuration/trials";
import type { Store } from "@/db/store";

/** Returns null for a trial without a word about replays. */
export function shownReplays({ store }: { store: Pick<Store, "replays"> }, trial: Trial): TrialReplays | null {
  const state = stateOf(trial);
  if (state === null) return null;
  const rows = store.replays.of(trial);
  const half = (decides: boolean): ReplayedHalf => {
    const { live, candidate } = replaySides(pairsOf(rows, decides));
    const started = (side: ReplaySide) =>
      rows.filter((row) => row.decides === decides && row.side === side && row.status !== "waiting").length;
    return {
      live: shownSide(live, trial.baseVersion, started("live")),
      candidate: shownSide(candidate, trial.version, started("candidate")),
    };
  };
  return { state, decides: half(true), shown: half(false), trees: treesOf(rows) };
}

function stateOf(trial: Trial): TrialReplays["state"] | null {
  const { replays, outcome } = trial;
  if (replays !== "choosing" && replays !== "chosen") return replays;
  if (!isAlternating(trial) && trial.status === "open") return "running";
  return outcome === "replays" ? "done" : "stopped";
}

function treesOf(rows: readonly Replay[]): ReplayedTree[] {
  return rows.flatMap((row) => {
    if (row.side !== "live") return [];
    const other = rows.find(({ source, side }) => source === row.source && side === "candidate");
    if (!other) return [];
    return [{ source_id: row.source, decides: row.decides, live: shownReplay(row), candidate: shownReplay(other) }];
  });
}

function shownReplay({ side, tree, isThere, status, why, passed }: Replay): ShownReplay {
  const became = passed ? "passed" : "failed";
  return { side, why, tree_id: isThere ? tree : null, status: status === "counted" ? became : status };
}

export function shownSide({ trees, passed, microUsd, tokens }: TrialSide, version: number, started: number) {
  return { version, started, trees, passed, cost_usd: microUsd / 1_000_000, tokens };
}
