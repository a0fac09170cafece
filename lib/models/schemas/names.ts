/** Names that every provider accepts, for the names of strangers. */
import { MOST_NAME_CHARS, withHash } from "@/core/ids";

const TOOL_NAME = /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/;
const PROPERTY_KEY = /^[a-zA-Z0-9_.-]{1,64}$/;

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
    .slice(0, MOST_NAME_CHARS);
  const isFree = base !== "" && key.length <= MOST_NAME_CHARS && !taken.has(base);
  return isFree ? base : withHash(base === "" ? "key" : base, key);
}
