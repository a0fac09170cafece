/** API tokens: 256 random bits behind a prefix by which scanners for leaked secrets find them. */
import { createHash, randomBytes } from "node:crypto";

const PREFIX = "byn_";

/** `hash` is all that is kept. */
export function newToken(): { token: string; hash: string } {
  const token = PREFIX + randomBytes(32).toString("base64url");
  return { token, hash: hashOfToken(token) };
}

/** SHA-256 in hexadecimal: a look-up by hash tells an attacker nothing through its timing. */
export function hashOfToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** The token of an `Authorization` header; "" when the header holds anything else, which no token is. */
export function bearerOf(header: string): string {
  const token = /^Bearer +([\w.~+/=-]{1,200})$/i.exec(header.trim())?.[1] ?? "";
  return token.startsWith(PREFIX) ? token : "";
}
