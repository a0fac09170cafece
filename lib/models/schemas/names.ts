/** Names that every provider accepts, for the names of strangers. */
import { createHash } from "node:crypto";

const TOOL_NAME = /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/;
const PROPERTY_KEY = /^[a-zA-Z0-9_.-]{1,64}$/;
const MOST_CHARS = 64;

/** Returns the name itself when every provider accepts it, else a similar name that no other name becomes. */
export function safeToolName(name: string): string {
  if (TOOL_NAME.test(name)) return name;
  const base = name.replace(/[^a-zA-Z0-9_-]+/g, "_").replace(/^(?=[^a-zA-Z_])/, "_");
  return withHash(base === "" ? "unnamed" : base, name);
}

/** Returns the key itself when every provider accepts it, else a similar key that is not among `taken`. */
export function safePropertyKey(key: string, taken: ReadonlySet<string>): string {
  if (PROPERTY_KEY.test(key)) return key;
  const base = key
    .replace(/[^a-zA-Z0-9_.-]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, MOST_CHARS);
  const isFree = base !== "" && key.length <= MOST_CHARS && !taken.has(base);
  return isFree ? base : withHash(base === "" ? "key" : base, key);
}

/** Returns the id itself when every provider accepts it: 64 characters at most, letters, digits, `_` and `-`. */
export function safeCallId(id: string): string {
  const safe = id.replace(/[^a-zA-Z0-9_-]/g, "_");
  return safe.length <= MOST_CHARS ? safe : withHash(safe, id);
}

function withHash(base: string, of: string): string {
  const hash = createHash("sha256").update(of).digest("hex").slice(0, 8);
  return `${base.slice(0, MOST_CHARS - hash.length - 1)}_${hash}`;
}
