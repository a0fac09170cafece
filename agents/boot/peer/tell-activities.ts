/**
 * Tells the pages what the tasks of watched trees do: for each task the text that is new since the last line. It
 * remembers only which tasks have changed, so slow pages get fewer and larger lines, and the worker neither waits nor
 * uses more memory.
 */
import type { Activities } from "@/agents/boot/activities";
import { type ActivityText, CHANNELS, type Channel } from "@/core/shapes/live";
import type { FromWorker, ShownTask } from "./lines";

/** A person sees no difference between this and each piece at once. */
const PAUSE_MS = 30;
/** The most text in one line; the rest follows in the next ones. */
const MOST_CHARS = 128_000;

type Source = Pick<Activities, "inTree" | "textOf" | "onChange">;

interface Changed {
  treeId: string;
  lost?: number;
}

/** What the pages have of a task's activity: its number, and the end of each channel. */
interface Sent {
  number: number;
  ends: Map<Channel, number>;
}

export interface ActivityTeller {
  /** From now on tells of these trees only, each from its beginning. */
  watch(trees: readonly string[]): void;
  flush(): void;
  stop(): void;
}

interface TellerContext {
  source: Source;
  link: { isFree(): boolean; send(line: FromWorker): void };
  watched: Map<string, () => void>;
  changed: Map<string, Changed>;
  sent: Map<string, Sent & { treeId: string }>;
  pause: NodeJS.Timeout | null;
}

export function createActivityTeller(source: Source, link: TellerContext["link"]): ActivityTeller {
  const context: TellerContext = { source, link, watched: new Map(), changed: new Map(), sent: new Map(), pause: null };
  return {
    watch: (trees) => watch(context, trees),
    flush: () => flush(context),
    stop() {
      if (context.pause) clearTimeout(context.pause);
      watch(context, []);
    },
  };
}

function watch(context: TellerContext, trees: readonly string[]): void {
  const { source, watched, changed, sent } = context;
  for (const [treeId, end] of watched) {
    if (trees.includes(treeId)) continue;
    end();
    watched.delete(treeId);
    for (const map of [changed, sent]) for (const [task, change] of map) if (change.treeId === treeId) map.delete(task);
  }
  for (const treeId of trees.filter((tree) => !watched.has(tree))) {
    const end = source.onChange(treeId, ({ taskId, lost }) => {
      const before = changed.get(taskId);
      const known = lost ?? before?.lost;
      changed.set(taskId, { treeId, ...(known !== undefined && { lost: known }) });
      flush(context);
    });
    watched.set(treeId, end);
    for (const { task_id } of source.inTree(treeId)) changed.set(task_id, { treeId });
  }
  flush(context);
}

function flush(context: TellerContext): void {
  const { link, changed } = context;
  if (context.pause !== null || changed.size === 0 || !link.isFree()) return;
  const shown: ShownTask[] = [];
  let left = MOST_CHARS;
  for (const [taskId, change] of changed) {
    if (left <= 0) break;
    const { isWhole, chars, task } = newsOf(context, taskId, change, left);
    left -= chars;
    shown.push(task);
    if (isWhole) changed.delete(taskId);
    else changed.set(taskId, { treeId: change.treeId });
  }
  link.send({ shown });
  context.pause = setTimeout(() => {
    context.pause = null;
    flush(context);
  }, PAUSE_MS);
  context.pause.unref();
}

/** Returns what is new of the task's activity, with at most `most` characters of text. */
function newsOf({ source, sent }: TellerContext, taskId: string, { treeId, lost }: Changed, most: number) {
  const told = { treeId, taskId, ...(lost !== undefined && { lost }) };
  const now = source.textOf(treeId, taskId);
  if (!now) {
    sent.delete(taskId);
    return { isWhole: true, chars: 0, task: { ...told, activity: null } };
  }
  const before = sent.get(taskId);
  const known = before?.number === now.number ? before : { number: now.number, treeId, ends: new Map() };
  sent.set(taskId, known);
  const channels: ActivityText["channels"] = {};
  let chars = 0;
  let isWhole = true;
  for (const channel of CHANNELS) {
    const kept = now.channels[channel];
    if (!kept) continue;
    const end = kept.start + kept.text.length;
    const start = Math.max(kept.start, known.ends.get(channel) ?? 0);
    const upTo = Math.min(end, start + Math.max(0, most - chars));
    if (upTo < end) isWhole = false;
    if (upTo <= start) continue;
    channels[channel] = { start, text: kept.text.slice(start - kept.start, upTo - kept.start) };
    chars += upTo - start;
    known.ends.set(channel, upTo);
  }
  return { isWhole, chars, task: { ...told, activity: { ...now, channels } } };
}
