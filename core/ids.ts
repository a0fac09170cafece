/** Public ids: twelve letters that nobody confuses when they read them aloud. */
import { createHash } from "node:crypto";
import type { Call } from "./state";

/** Without letters and digits that are taken for each other. */
export const ID_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";

/** A public id of twelve letters, the same whenever the same call is handled again: creating is idempotent by it (I3). */
export function idOf(taskUid: string, call: Pick<Call, "turn" | "id">, what: string): string {
  // The turn stands with the call's id, because a provider may use an id again in a later attempt.
  const bytes = createHash("sha256").update(`${taskUid}\0${call.turn}\0${call.id}\0${what}`).digest();
  return Array.from(bytes.subarray(0, 12), (byte) => ID_ALPHABET[byte % ID_ALPHABET.length]).join("");
}
