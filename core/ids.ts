/** Public ids: twelve letters and digits that are not confused when read aloud; and ids of calls that all providers accept. */
import { createHash } from "node:crypto";
import type { Call } from "./state";

/** Excludes letters and digits that look alike. */
export const ID_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";

/** Returns a public id that is the same whenever the same call is handled again, which makes creating idempotent (I3). */
export function idOf(taskUid: string, call: Pick<Call, "turn" | "id">, what: string): string {
  // Includes the turn, because a provider may reuse a call's id in a later attempt.
  const bytes = createHash("sha256").update(`${taskUid}\0${call.turn}\0${call.id}\0${what}`).digest();
  return Array.from(bytes.subarray(0, 12), (byte) => ID_ALPHABET[byte % ID_ALPHABET.length]).join("");
}

/** Returns the public id of the tree that a request creates. A repeated request with the same `once` names the same tree. */
export function treeIdOf(once: string): string {
  return idOf(once, { turn: 0, id: "once" }, "tree");
}

/** Every provider accepts a name or an id of so many characters. */
export const MOST_NAME_CHARS = 64;

/** Returns the id itself when every provider accepts it: 64 characters at most, letters, digits, `_` and `-`. */
export function safeCallId(id: string): string {
  const safe = id.replace(/[^a-zA-Z0-9_-]/g, "_");
  return safe.length <= MOST_NAME_CHARS ? safe : withHash(safe, id);
}

/** Returns the start of `base`, with a hash of `of` that tells it from other names with this start. */
export function withHash(base: string, of: string): string {
  const hash = createHash("sha256").update(of).digest("hex").slice(0, 8);
  return `${base.slice(0, MOST_NAME_CHARS - hash.length - 1)}_${hash}`;
}
