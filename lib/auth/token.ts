/** API tokens: 256 random bits after a prefix that secret scanners recognise. */
import { createHash, randomBytes } from "node:crypto";

const PREFIX = "byn_";

/** Returns a new token. Only `hash` is stored. */
export function newToken(): { token: string; hash: string } {
  const token = PREFIX + randomBytes(32).toString("base64url");
  return { token, hash: hashOfToken(token) };
}

/** Returns SHA-256 in hexadecimal; a lookup by hash reveals nothing through its timing. */
export function hashOfToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Returns the token of an `Authorization` header; "" for any other header, which no token matches. */
export function bearerOf(header: string): string {
  const token = /^Bearer +([\w.~+/=-]{1,200})$/i.exec(header.trim())?.[1] ?? "";
  return token.startsWith(PREFIX) ? token : "";
}
