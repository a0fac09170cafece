/** The secrets in values that are records: sign-ins at servers, tokens of outside agents, keys as JWK. */
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

/** Returns the value itself, and each secret in it when it is a record as JSON: texts show these alone. */
export function withInnerValues({ name, value }: KnownValue): KnownValue[] {
  if (!value.startsWith("{")) return [{ name, value }];
  try {
    return [{ name, value }, ...secretsIn(JSON.parse(value), MOST_DEPTH).map((inner) => ({ name, value: inner }))];
  } catch {
    return [{ name, value }];
  }
}

function secretsIn(record: unknown, depth: number): string[] {
  if (typeof record !== "object" || record === null || depth === 0) return [];
  return Object.entries(record).flatMap(([field, member]) =>
    typeof member === "string" ? (SECRET_FIELDS.has(field) ? [member] : []) : secretsIn(member, depth - 1),
  );
}
