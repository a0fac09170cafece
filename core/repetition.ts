/**
 * Detects calls with the same result again and again: the agent is warned once, and the task ends when nothing new
 * follows. A task that tries other things in between, such as fixing code until a test passes, does not count.
 */

export interface Repetition {
  /** Keys of the last results, newest last. */
  recent: readonly string[];
  /** Number of results since the warning, none of them new; null before a warning. */
  sinceTold: number | null;
  /** Whether the last result differs from all recent results before it. */
  isNew: boolean;
}

export const NO_REPETITION: Repetition = { recent: [], sinceTold: null, isNew: true };

const RECENT = 10;
/** Turns without a new result, not counting errors, before the supervisor is asked. */
export const QUIET_TURNS = 20;
/** Equal results among the recent ones that count as a repetition. */
export const SAME_RESULTS = 5;
/** Results after the warning, none of them new, that end the task. */
const AFTER_TOLD = 4;
/** The key of a long text uses this many characters from its start and its end, and its length. */
const KEY_CHARS = 500;

/** Adds a result. `input` is the call's; `text` is what the model read. */
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

/** Returns `tell` for a first repetition, and `end` when it continues after the warning. */
export function repetitionOf({ recent, sinceTold }: Repetition): "none" | "tell" | "end" {
  if (sinceTold !== null) return sinceTold >= AFTER_TOLD ? "end" : "none";
  const last = recent.at(-1);
  return recent.filter((key) => key === last).length >= SAME_RESULTS ? "tell" : "none";
}

/** Hashes a bounded part of a text with FNV-1a, so long texts that differ only in the middle count as equal. */
function fingerprint(text: string): string {
  const part = text.length <= 2 * KEY_CHARS ? text : text.slice(0, KEY_CHARS) + text.slice(-KEY_CHARS);
  let hash = 0x811c9dc5;
  for (let index = 0; index < part.length; index += 1) {
    hash ^= part.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return `${text.length}:${(hash >>> 0).toString(36)}`;
}
