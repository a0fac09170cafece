/**
 * Keeps what the tasks of this process, or of the process beside it, do now, so that a person who joins in the middle
 * sees it from the beginning.
 */
import { type Activity, type ActivityText, CHANNELS, type Channel, type Piece } from "@/core/shapes/live";

/** The most characters kept of a channel. A longer text loses its beginning. */
const MOST_KEPT: Record<Channel, number> = { reasoning: 200_000, text: 400_000, output: 16_000 };

interface NewActivity {
  treeId: string;
  taskId: string;
  turn: number;
  call: Activity["call"];
}

/** One activity while it runs. */
interface Shown {
  write(channel: Channel, text: string): void;
  report(line: string): void;
  /** `lost`: the reply broke off, so its text does not count. */
  end(how?: { lost: true }): void;
}

type ActivityListener = (change: { taskId: string; lost?: number }) => void;

export interface Activities {
  begin(activity: NewActivity): Shown;
  /** Returns what the task does now with the texts of its channels, or null. */
  textOf(treeId: string, taskId: string): ActivityText | null;
  /** Returns what all tasks of this process do now. */
  all(): Activity[];
  /** Returns what the tree's tasks do now, the oldest first. */
  inTree(treeId: string): Activity[];
  /** Calls the listener after each change in the tree. Returns the unsubscriber. */
  onChange(treeId: string, listener: ActivityListener): () => void;
  /** Shows an activity of the process beside this one; `channels` hold what is new of each. */
  put(treeId: string, activity: ActivityText): void;
  /** Ends an activity that `put` showed. `lost`: the number of a reply that broke off. */
  drop(treeId: string, taskId: string, lost?: number): void;
  /** Ends all activities that `put` showed, because nobody knows how they continued. */
  dropAll(): void;
  /** Returns the trees that have listeners. */
  watched(): string[];
  /** Calls the listener when a tree gets its first listener, or has lost its last. */
  onWatched(listener: () => void): void;
}

interface Kept {
  shown: Activity;
  channels: Partial<Record<Channel, Piece>>;
}

interface Context {
  clock(): number;
  trees: Map<string, Map<string, Kept>>;
  listeners: Map<string, Set<ActivityListener>>;
  watchers: Set<() => void>;
  /** The number of the last activity. */
  last: number;
}

export function createActivities(clock: () => number = Date.now): Activities {
  const context: Context = { clock, trees: new Map(), listeners: new Map(), watchers: new Set(), last: 0 };
  const { trees, listeners, watchers } = context;
  return {
    begin: (activity) => begin(context, activity),
    textOf(treeId, taskId) {
      const kept = trees.get(treeId)?.get(taskId);
      return kept ? { ...kept.shown, channels: { ...kept.channels } } : null;
    },
    all: () => [...trees.values()].flatMap((tasks) => [...tasks.values()].map(({ shown }) => shown)),
    inTree: (treeId) => [...(trees.get(treeId)?.values() ?? [])].map(({ shown }) => shown),
    onChange: (treeId, listener) => subscribe(context, treeId, listener),
    put: (treeId, activity) => put(context, treeId, activity),
    drop(treeId, taskId, lost) {
      const tasks = trees.get(treeId);
      tasks?.delete(taskId);
      if (tasks?.size === 0) trees.delete(treeId);
      tell(context, treeId, lost === undefined ? { taskId } : { taskId, lost });
    },
    dropAll: () => dropAll(context),
    watched: () => [...listeners.keys()],
    onWatched: (listener) => void watchers.add(listener),
  };
}

function tell({ listeners }: Context, treeId: string, change: Parameters<ActivityListener>[0]): void {
  for (const listener of listeners.get(treeId) ?? []) listener(change);
}

function begin(context: Context, { treeId, taskId, turn, call }: NewActivity): Shown {
  const { clock, trees } = context;
  const nowMs = clock();
  context.last = Math.max(context.last + 1, nowMs);
  const shown: Activity = {
    task_id: taskId,
    number: context.last,
    turn,
    since: new Date(nowMs).toISOString(),
    call,
    line: null,
  };
  const kept: Kept = { shown, channels: {} };
  const tasks = trees.get(treeId) ?? new Map<string, Kept>();
  trees.set(treeId, tasks.set(taskId, kept));
  tell(context, treeId, { taskId });
  return {
    write(channel, text) {
      if (text === "") return;
      kept.channels[channel] = extended(kept.channels[channel], text, MOST_KEPT[channel]);
      tell(context, treeId, { taskId });
    },
    report(line) {
      kept.shown = { ...kept.shown, line };
      tell(context, treeId, { taskId });
    },
    end(how) {
      if (tasks.get(taskId) === kept) tasks.delete(taskId);
      if (tasks.size === 0 && trees.get(treeId) === tasks) trees.delete(treeId);
      tell(context, treeId, how ? { taskId, lost: shown.number } : { taskId });
    },
  };
}

function subscribe({ listeners, watchers }: Context, treeId: string, listener: ActivityListener): () => void {
  const ofTree = listeners.get(treeId) ?? new Set<ActivityListener>();
  listeners.set(treeId, ofTree.add(listener));
  if (ofTree.size === 1) for (const watcher of watchers) watcher();
  return () => {
    ofTree.delete(listener);
    if (ofTree.size > 0 || listeners.get(treeId) !== ofTree) return;
    listeners.delete(treeId);
    for (const watcher of watchers) watcher();
  };
}

function put(context: Context, treeId: string, { channels, ...shown }: ActivityText): void {
  const { trees } = context;
  const tasks = trees.get(treeId) ?? new Map<string, Kept>();
  const before = tasks.get(shown.task_id);
  const kept: Kept = before?.shown.number === shown.number ? before : { shown, channels: {} };
  kept.shown = shown;
  for (const channel of CHANNELS) {
    const piece = channels[channel];
    if (piece) kept.channels[channel] = joined(kept.channels[channel], piece, MOST_KEPT[channel]);
  }
  trees.set(treeId, tasks.set(shown.task_id, kept));
  tell(context, treeId, { taskId: shown.task_id });
}

function dropAll(context: Context): void {
  const dropped = [...context.trees].flatMap(([treeId, tasks]) =>
    [...tasks.values()].map(({ shown }) => ({ treeId, shown })),
  );
  context.trees.clear();
  for (const { treeId, shown } of dropped)
    tell(context, treeId, { taskId: shown.task_id, ...(shown.call === null && { lost: shown.number }) });
}

/**
 * Returns the kept text with the new piece added, which may repeat the end of the text. After a gap only the new piece
 * counts.
 */
function joined(kept: Piece | undefined, piece: Piece, most: number): Piece {
  const end = kept ? kept.start + kept.text.length : 0;
  if (!kept || piece.start > end) return extended({ start: piece.start, text: "" }, piece.text, most);
  return extended(kept, piece.text.slice(end - piece.start), most);
}

/** Returns the piece with the text added. It is cut only at twice the limit, so that not every piece copies it. */
function extended(piece: Piece | undefined, text: string, most: number): Piece {
  const whole = (piece?.text ?? "") + text;
  const start = piece?.start ?? 0;
  if (whole.length <= 2 * most) return { start, text: whole };
  const cut = whole.length - most;
  return { start: start + cut, text: whole.slice(cut) };
}
