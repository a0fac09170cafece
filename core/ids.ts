/** Public ids: twelve letters and digits that are not confused when read aloud. */
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
