/** Reads how an ended tree began: what its root was given, and the files of its folder. */
import { BrokenLogError } from "@/core/log/broken-log";
import type { Assignment, Entry, Setup } from "@/core/log/entries";
import { isOfGoal } from "@/core/programs/names";
import type { ReplaySource } from "@/db/configuration/replays";
import type { Store } from "@/db/store";

export interface Beginning {
  setup: Setup;
  assignment: Assignment;
  /** What the agents are told about their folder. */
  notes: Entry[];
  /** The snapshot of the folder; null: the folder was empty. */
  snapshot: string | null;
}

/** Returns the beginning, or null when it cannot be replayed: its log is broken, or its first files are not known. */
export function beginningOf({ forks }: Pick<Store, "forks">, source: ReplaySource): Beginning | null {
  let entries: Entry[];
  try {
    entries = forks.log(source.rootId).map(({ entry }) => entry);
  } catch (error) {
    if (error instanceof BrokenLogError) return null;
    throw error;
  }
  const [first, second] = entries;
  if (first?.kind !== "system" || second?.kind !== "instruction") return null;
  // A goal is more than its instruction, and may commit and push what it reached.
  if (second.content.goal !== undefined || isOfGoal(first.content.model)) return null;
  const notes = entries.filter(({ kind, turn, content }) => {
    return kind === "event" && turn === 0 && content.type === "note" && content.repository !== undefined;
  });
  const { hadFiles } = source;
  const snapshot = hadFiles ? forks.beganWith(source.id) : null;
  if (hadFiles && snapshot === null) return null;
  return { setup: first.content, assignment: second.content, notes, snapshot };
}
