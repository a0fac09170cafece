/** Pools and runners, as the page, the command line and the API show them. */

/** `GET /runners`. */
export interface RunnersState {
  /** Whether this installation has runners: the setting BANYAN_NATS. */
  is_set_up: boolean;
  /** Why nothing is known of runners now, as one sentence; null: what follows is known. */
  problem: string | null;
  /** When the server last wrote down what it heard; null: never. */
  seen_at: string | null;
  pools: PoolState[];
  runners: RunnerState[];
}

/** A pool of runners. */
export interface PoolState {
  name: string;
  slots: number;
  free: number;
  /** Runners that answer. */
  runners: number;
  /** Trees of the pool that have not ended. */
  trees: number;
  /** Tasks that are ready and not claimed yet. */
  ready: number;
  /** Since when its tasks wait, because no runner has a free slot; null: they do not. */
  held_since: string | null;
}

/** A runner: a machine on which tasks run. */
export interface RunnerState {
  name: string;
  pool: string;
  /** `silent`: it was heard, and is not heard any more. `drained`: a person lets it do nothing new. `leaving`: it ends by itself. */
  state: "answers" | "drained" | "leaving" | "silent" | "other_level";
  slots: number;
  free: number;
  architecture: string;
  version: string;
  drained: { by: string; at: string } | null;
  silent_since: string | null;
  /** Trees that have not ended and have their folders there. */
  trees: PlacedTreeState[];
  /** Trees that are checked there now, whose folders are elsewhere. */
  checks: { id: string; title: string }[];
}

interface PlacedTreeState {
  id: string;
  title: string;
  /** Grows each time the tree moves. */
  place: number;
  /** Tasks that run now. */
  running: number;
}
