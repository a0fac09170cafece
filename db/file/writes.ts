/** Types of the queue that every write of a process goes through. */

/** A moment on two clocks. */
export interface Moment {
  /** The time of day, which somebody may set while tasks run. */
  nowMs: number;
  /** The clock of steady-clock.ts. */
  steadyMs: number;
}

export interface WriteContext extends Moment {
  /** Marks a task's row as changed, for watchers of its tree. */
  touch(tree: { id: number; uid: string }, taskUid: string | null): void;
}

/** The part of the log that other stores need to write through the same queue. */
export interface Writes {
  /** Runs a synchronous function inside the next transaction. If it throws, only its own write is rolled back. */
  write<T>(write: (context: WriteContext) => T): Promise<T>;
  /** Returns a function that reads what seldom changes, and reads again only when it may have changed (glance.ts). */
  glance<T>(read: () => T): () => T;
}
