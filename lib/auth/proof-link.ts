/** The secret of a link to a shared proof: 256 random bits, of which only the hash is stored. */
import { createHash, randomBytes } from "node:crypto";

const FORM = /^[\w-]{43}$/;

export function newProofLink(): { secret: string; hash: string } {
  const secret = randomBytes(32).toString("base64url");
  return { secret, hash: hashOf(secret) };
}

/** Returns null for a text that no link has. A lookup by hash reveals nothing through its timing. */
export function hashOfProofLink(secret: string): string | null {
  return FORM.test(secret) ? hashOf(secret) : null;
}

/** The purpose is part of the hash, so that no other secret works as a link's. */
function hashOf(secret: string): string {
  return createHash("sha256").update(`proof:${secret}`).digest("hex");
}
