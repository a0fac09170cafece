/** The rows of replays, and how they are read. */
import type { ReplayedPair } from "@/core/rules/replays";

/** The name under which replays are submitted and the daily spend counts them. It is no person. */
export const REPLAYER = "Banyan (replay)";

export const SIDES = ["live", "candidate"] as const;
export type ReplaySide = (typeof SIDES)[number];
export type NotCounted = "asked" | "stopped" | "time" | "deleted" | "no_result" | "not_possible";

export interface Replay {
  trial: number;
  /** Public id of the ended tree. */
  source: string;
  side: ReplaySide;
  /** Whether it decides; the proposer may see the others. */
  decides: boolean;
  /** Public id of its own tree, which is not there before it runs. */
  tree: string;
  /** Whether its tree is in the database. */
  isThere: boolean;
  status: "waiting" | "running" | "counted" | "not_counted";
  why: NotCounted | null;
  passed: boolean | null;
  tokens: number;
  microUsd: number;
}

/** SQL for the columns of a `Replay`. */
export const REPLAY_COLUMNS = `replay.trial_id AS trial, replay.source, replay.side, replay.decides, replay.tree, replay.status, replay.why,
  replay.passed, replay.tokens, replay.micro_usd AS microUsd, EXISTS (SELECT 1 FROM trees WHERE uid = replay.tree) AS isThere`;

type Row = Omit<Replay, "decides" | "passed" | "isThere"> & { decides: number; passed: number | null; isThere: number };
export function readReplays(rows: unknown[]): Replay[] {
  return (rows as Row[]).map(({ decides, passed, isThere, ...row }) => {
    return { ...row, decides: decides === 1, isThere: isThere === 1, passed: passed === null ? null : passed === 1 };
  });
}

/** Returns the replays of one half, by ended tree. */
export function pairsOf(replays: readonly Replay[], decides: boolean): ReplayedPair[] {
  const pairs = new Map<string, ReplayedPair>();
  for (const { source, side, status, passed, tokens, microUsd, ...rest } of replays) {
    if (rest.decides !== decides) continue;
    const pair = pairs.get(source) ?? { source, live: null, candidate: null };
    if (status === "counted") pair[side] = { passed: passed === true, tokens, microUsd };
    pairs.set(source, pair);
  }
  return [...pairs.values()];
}
