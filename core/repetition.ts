/**
 * A call that has the same result over and over: the agent is told once, and ended when nothing new follows. A task that
 * tries other things in between, as one that mends a test until it passes, is not taken for one that goes round in a circle.
 */

export interface Repetition {
  /** Keys of the last results, the newest last. */
  recent: readonly string[];
  /** Results since the agent was told, none of which was new; null: it was not told. */
  sinceTold: number | null;
  /** The last result was none of those before it. */
  isNew: boolean;
}

export const NO_REPETITION: Repetition = { recent: [], sinceTold: null, isNew: true };

const RECENT = 10;
/** So many turns without a new result that is no error are put before the supervisor. */
export const QUIET_TURNS = 20;
/** So many equal results among the recent ones are a repetition. */
export const SAME_RESULTS = 5;
/** So many more results without anything new end the task. */
const AFTER_TOLD = 4;
/** What of a long text the key is made of: its length, its beginning and its end. */
const KEY_CHARS = 500;

/** `input` as the call had it; `text` as the model read it. */
export function withResult(before: Repetition, tool: string, input: unknown, text: string): Repetition {
  const key = `${tool} ${fingerprint(JSON.stringify(input) ?? "")} ${fingerprint(text)}`;
  const isNew = !before.recent.includes(key);
  if (before.sinceTold !== null && isNew) return { recent: [key], sinceTold: null, isNew };
  const recent = [...before.recent, key].slice(-RECENT);
  return { recent, sinceTold: before.sinceTold === null ? null : before.sinceTold + 1, isNew };
}

export function told(before: Repetition): Repetition {
  return { ...before, sinceTold: 0 };
}

/** `tell`: for the first time; `end`: it was told and goes on. */
export function repetitionOf({ recent, sinceTold }: Repetition): "none" | "tell" | "end" {
  if (sinceTold !== null) return sinceTold >= AFTER_TOLD ? "end" : "none";
  const last = recent.at(-1);
  return recent.filter((key) => key === last).length >= SAME_RESULTS ? "tell" : "none";
}

/** FNV-1a over a bounded part of the text: two results that differ only in the middle of a long text count as equal. */
function fingerprint(text: string): string {
  const part = text.length <= 2 * KEY_CHARS ? text : text.slice(0, KEY_CHARS) + text.slice(-KEY_CHARS);
  let hash = 0x811c9dc5;
  for (let index = 0; index < part.length; index += 1) {
    hash ^= part.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return `${text.length}:${(hash >>> 0).toString(36)}`;
}
