/** The queue that every write of a process goes through. */

/** One moment by two clocks. */
export interface Moment {
  /** The time of day: it may be set while tasks run. */
  nowMs: number;
  /** By steady-clock.ts. */
  steadyMs: number;
}

export interface WriteContext extends Moment {
  /** Marks a task's row as changed, for those who watch. */
  touch(tree: { id: number; uid: string }, taskUid: string | null): void;
}

/** The part of the log that stores of other rows need: their writes go through the same queue. */
export interface Writes {
  /** Runs a synchronous function inside the next transaction; its exceptions refuse it alone. */
  write<T>(write: (context: WriteContext) => T): Promise<T>;
}
