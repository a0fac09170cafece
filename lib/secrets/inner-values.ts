/** The secrets in values that hold several: sign-ins at servers, tokens of outside agents, keys of one address. */
import type { KnownValue } from "./matcher";

/** Names of fields that hold a secret. All else in such records is public, and would be redacted in ordinary texts. */
const SECRET_FIELDS = new Set([
  "access_token",
  "refresh_token",
  "id_token",
  "client_secret",
  "registration_access_token",
  "codeVerifier",
  "token",
  "credentials",
  "private_key",
  "password",
  "d",
]);
const MOST_DEPTH = 4;
/** Part of a query from the value of its first key to that of its last one; see lib/mcp/config/secret-values.ts. */
const QUERY = /^[^&\s]+(&[^&=\s]+=[^&\s]*)+$/;
const KEY_NAME = /key|token|secret|passw|auth|session|signature/i;

/** Returns the value itself, and each secret in it: texts show these alone. */
export function withInnerValues({ name, value }: KnownValue): KnownValue[] {
  const inner = value.startsWith("{") ? ofRecord(value) : QUERY.test(value) ? ofQuery(value) : [];
  return [value, ...inner].map((value) => ({ name, value }));
}

function ofQuery(text: string): string[] {
  const [first = "", ...more] = text.split("&");
  const others = more.flatMap((part) => {
    const at = part.indexOf("=");
    return KEY_NAME.test(part.slice(0, at)) ? [part.slice(at + 1)] : [];
  });
  return [first, ...others];
}

function ofRecord(json: string): string[] {
  try {
    return secretsIn(JSON.parse(json), MOST_DEPTH);
  } catch {
    return [];
  }
}

function secretsIn(record: unknown, depth: number): string[] {
  if (typeof record !== "object" || record === null || depth === 0) return [];
  return Object.entries(record).flatMap(([field, member]) =>
    typeof member === "string" ? (SECRET_FIELDS.has(field) ? [member] : []) : secretsIn(member, depth - 1),
  );
}
