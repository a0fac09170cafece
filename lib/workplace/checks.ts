/** Where the host checks what a tree claims: in rooms where the tree works, or on runners of a pool for checks. */
import type { Room, Workplace } from "./port";

/** What a check uses of a workplace. */
export interface CheckWorkplace extends Pick<Workplace, "commands" | "room"> {
  /** The runner that ran the commands; null: the server's machine. A tree may get its runner with the first command. */
  readonly runner: string | null;
}

export interface CheckRequest {
  /** Public ids. */
  tree: string;
  task: string;
  /** The tree's own workplace, for trees without a pool for checks. */
  own: Workplace;
  /** The snapshot that is checked: what a copy of the folder would have. */
  now: string;
  signal: AbortSignal;
  /** Called again and again while the check waits for a runner. */
  onWait(sentence: string): void;
}

export interface WorkplaceChecks {
  /** Returns the pool on which the tree is checked; null: it is checked where it works. */
  poolOf(treeUid: string): string | null;
  /** Runs the check, from its beginning again when its runner goes away. Throws WorkspaceError, and the signal's reason. */
  run<Result>(request: CheckRequest, check: (at: CheckWorkplace) => Promise<Result>): Promise<Result>;
}

/** For processes without runners. */
export const NO_CHECKS: WorkplaceChecks = {
  poolOf: () => null,
  run: ({ own }, check) => check({ commands: own.commands, room: own.room, runner: null }),
};

/** Removes the room. Once the call is aborted nobody waits for that: a runner that is away would hold up the server's stop. */
export async function removeRoom(room: Pick<Room, "remove">, signal: AbortSignal): Promise<void> {
  const removing = room.remove();
  removing.catch(ignored);
  if (signal.aborted) return;
  let stopWaiting = () => {};
  const aborted = new Promise<void>((resolve) => {
    stopWaiting = resolve;
    signal.addEventListener("abort", stopWaiting, { once: true });
  });
  try {
    await Promise.race([removing, aborted]);
  } finally {
    signal.removeEventListener("abort", stopWaiting);
  }
}

/** The next room of this name replaces it, and it goes with its tree. */
function ignored(): void {}
