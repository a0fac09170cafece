/** Pools and runners, as the page, the command line and the API show them. */

/** What is known of pools and runners now. */
export interface RunnersState {
  /** Whether this installation has runners: the setting BANYAN_NATS. */
  is_set_up: boolean;
  /** Why nothing is known of runners now, as one sentence; null: what follows is known. */
  problem: string | null;
  /** When the server last wrote down what it heard; null: never. */
  seen_at: string | null;
  /** The pools that were heard of, or that have trees. */
  pools: PoolState[];
  /** The runners, by name. */
  runners: RunnerState[];
}

/** `GET /runners`: with the runners as a list too, as other lists are answered. */
export interface RunnerList extends RunnersState {
  /** The same runners, by name. */
  items: RunnerState[];
  next: null;
}

/** A pool of runners. */
export interface PoolState {
  /** Name of the pool. */
  name: string;
  /** Tasks that its runners can run at a time. */
  slots: number;
  /** Slots that no task has now. */
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
  /** Name of the runner. */
  name: string;
  /** Name of its pool. */
  pool: string;
  /**
   * `silent`: it was heard, and is not heard any more. `drained`: a person lets it do nothing new. `leaving`: it ends by
   * itself.
   */
  state: "answers" | "drained" | "leaving" | "silent" | "other_level";
  /** Tasks that it can run at a time. */
  slots: number;
  /** Slots that no task has now. */
  free: number;
  /** Architecture of its processor, such as `x64`. */
  architecture: string;
  /** Version of Banyan that it runs. */
  version: string;
  /** Who drained it; null: it takes new tasks. */
  drained: {
    /** Name of the person. */
    by: string;
    /** When it was drained. */
    at: string;
  } | null;
  /** Since when it is not heard; null: it is heard. */
  silent_since: string | null;
  /** Trees that have not ended and have their folders there; of all runners together the newest 1,000. */
  trees: PlacedTreeState[];
  /** Trees that are checked there now, whose folders are elsewhere. */
  checks: {
    /** Id of the tree. */
    id: string;
    /** Title of the tree. */
    title: string;
  }[];
}

interface PlacedTreeState {
  /** Id of the tree. */
  id: string;
  /** Title of the tree. */
  title: string;
  /** Grows each time the tree moves. */
  place: number;
  /** Tasks that run now. */
  running: number;
}
