/** What stands behind the question mark of an address. Throws `UserError` invalid with a sentence that names the field. */
import { UserError } from "@/agents/application";
import type { DecidedQuery } from "@/agents/core/shapes-review";

export function integer(text: string, name: string, max: number, least = 1): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least || value > max) {
    throw new UserError("invalid", `"${name}" must be a whole number from ${least} to ${max}.`);
  }
  return value;
}

export function limitOf(query: URLSearchParams): number | undefined {
  const limit = query.get("limit");
  return limit === null ? undefined : integer(limit, "limit", 500);
}

export function pageOf(query: URLSearchParams): { after?: string; limit?: number } {
  return { after: query.get("after") ?? undefined, limit: limitOf(query) };
}

export function messagesOf(query: URLSearchParams) {
  const cursor = (name: string) => {
    const value = query.get(name) ?? undefined;
    if (value !== undefined && !/^\d{1,15}$/.test(value))
      throw new UserError("invalid", `"${name}" is not a cursor of messages.`);
    return value;
  };
  const latest = query.get("latest") === "1" || undefined;
  return { limit: limitOf(query), after: cursor("after"), before: cursor("before"), latest };
}

export function required(query: URLSearchParams, name: string, what: string): string {
  const value = query.get(name)?.trim();
  if (!value) throw new UserError("invalid", `"${name}" is missing: add ?${name}= with ${what}.`);
  return value;
}

const KINDS = ["flag", "approval", "question", "proposal", "change"] as const;
const STATUSES = ["approved", "rejected", "answered", "withdrawn"] as const;

export function decidedOf(query: URLSearchParams): DecidedQuery {
  return {
    ...pageOf(query),
    text: query.get("text") ?? undefined,
    by: query.get("by") ?? undefined,
    kind: oneOf(query, "kind", KINDS),
    status: oneOf(query, "status", STATUSES),
  };
}

function oneOf<Word extends string>(query: URLSearchParams, name: string, words: readonly Word[]): Word | undefined {
  const given = query.get(name);
  if (!given) return undefined;
  const found = words.find((word) => word === given);
  if (!found) throw new UserError("invalid", `"${name}" must be ${words.join(", ")}.`);
  return found;
}
