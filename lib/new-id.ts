/** Creates public ids that cannot be guessed. */
import { randomBytes } from "node:crypto";
import { ID_ALPHABET } from "@/core/ids";

export function newId(): string {
  return Array.from(randomBytes(12), (byte) => ID_ALPHABET[byte % ID_ALPHABET.length]).join("");
}
