/** Keeps what the tasks of this process do now, so that a person who joins in the middle sees it from the beginning. */
import type { Activity, ActivityText, Channel, Piece } from "@/core/shapes/live";

/** The most characters kept of a channel. A longer text loses its beginning. */
const MOST_KEPT: Record<Channel, number> = { reasoning: 200_000, text: 400_000, output: 16_000 };

export interface NewActivity {
  treeId: string;
  taskId: string;
  turn: number;
  call: Activity["call"];
}

/** One activity while it runs. */
export interface Shown {
  write(channel: Channel, text: string): void;
  report(line: string): void;
  /** `lost`: the reply broke off, so its text does not count. */
  end(how?: { lost: true }): void;
}

export type ActivityListener = (change: { taskId: string; lost?: number }) => void;

export interface Activities {
  begin(one: NewActivity): Shown;
  /** Returns what the task does now with the texts of its channels, or null. */
  textOf(treeId: string, taskId: string): ActivityText | null;
  /** Returns what all tasks of this process do now. */
  all(): Activity[];
  /** Returns what the tree's tasks do now, the oldest first. */
  inTree(treeId: string): Activity[];
  /** Calls the listener after each change in the tree. Returns the unsubscriber. */
  onChange(treeId: string, listener: ActivityListener): () => void;
}

interface Kept {
  shown: Activity;
  channels: Partial<Record<Channel, Piece>>;
}

export function createActivities(clock: () => number = Date.now): Activities {
  const trees = new Map<string, Map<string, Kept>>();
  const listeners = new Map<string, Set<ActivityListener>>();
  let last = 0;
  const tell = (treeId: string, change: Parameters<ActivityListener>[0]) => {
    for (const listener of listeners.get(treeId) ?? []) listener(change);
  };

  return {
    begin({ treeId, taskId, turn, call }) {
      const nowMs = clock();
      last = Math.max(last + 1, nowMs);
      const shown: Activity = {
        task_id: taskId,
        number: last,
        turn,
        since: new Date(nowMs).toISOString(),
        call,
        line: null,
      };
      const kept: Kept = { shown, channels: {} };
      const tasks = trees.get(treeId) ?? new Map<string, Kept>();
      trees.set(treeId, tasks.set(taskId, kept));
      tell(treeId, { taskId });
      return {
        write(channel, text) {
          if (text === "") return;
          kept.channels[channel] = extended(kept.channels[channel], text, MOST_KEPT[channel]);
          tell(treeId, { taskId });
        },
        report(line) {
          kept.shown = { ...kept.shown, line };
          tell(treeId, { taskId });
        },
        end(how) {
          if (tasks.get(taskId) === kept) tasks.delete(taskId);
          if (tasks.size === 0 && trees.get(treeId) === tasks) trees.delete(treeId);
          tell(treeId, how ? { taskId, lost: shown.number } : { taskId });
        },
      };
    },
    textOf(treeId, taskId) {
      const kept = trees.get(treeId)?.get(taskId);
      return kept ? { ...kept.shown, channels: { ...kept.channels } } : null;
    },
    all: () => [...trees.values()].flatMap((tasks) => [...tasks.values()].map(({ shown }) => shown)),
    inTree: (treeId) => [...(trees.get(treeId)?.values() ?? [])].map(({ shown }) => shown),
    onChange(treeId, listener) {
      const ofTree = listeners.get(treeId) ?? new Set<ActivityListener>();
      listeners.set(treeId, ofTree.add(listener));
      return () => {
        ofTree.delete(listener);
        if (ofTree.size === 0 && listeners.get(treeId) === ofTree) listeners.delete(treeId);
      };
    },
  };
}

/** Returns the piece with the text added. It is cut only at twice the limit, so that not every piece copies it. */
function extended(piece: Piece | undefined, text: string, most: number): Piece {
  const whole = (piece?.text ?? "") + text;
  const start = piece?.start ?? 0;
  if (whole.length <= 2 * most) return { start, text: whole };
  const cut = whole.length - most;
  return { start: start + cut, text: whole.slice(cut) };
}
