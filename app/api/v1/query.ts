/** What stands behind the question mark of an address. Throws `UserError` invalid with a sentence that names the field. */
import { UserError } from "@/agents/application";
import { TASK_STATUSES, TREE_SORTS } from "@/agents/core/shapes";
import type { DecidedQuery } from "@/agents/core/shapes-review";
import type { TreeListOptions } from "@/agents/core/shapes-trees";

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

/** An empty value is none: a form sends its empty fields, too. */
const namedIn = (query: URLSearchParams) => (name: string) => query.get(name)?.trim() || undefined;

export function treesOf(query: URLSearchParams): TreeListOptions {
  const named = namedIn(query);
  const sort = oneOf(named("sort"), TREE_SORTS, "sort");
  const status = oneOf(named("status"), [...TASK_STATUSES, "open", "ended"] as const, "status");
  return { ...pageOf(query), search: named("search"), agent: named("agent"), person: named("person"), status, sort };
}

function oneOf<Word extends string>(value: string | undefined, words: readonly Word[], name: string): Word | undefined {
  const found = words.find((word) => word === value);
  if (value !== undefined && found === undefined)
    throw new UserError("invalid", `"${name}" must be one of ${words.join(", ")}.`);
  return found;
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
const DECIDED = ["approved", "rejected", "answered", "withdrawn"] as const;

export function decidedOf(query: URLSearchParams): DecidedQuery {
  const named = namedIn(query);
  return {
    ...pageOf(query),
    text: named("text"),
    by: named("by"),
    kind: oneOf(named("kind"), KINDS, "kind"),
    status: oneOf(named("status"), DECIDED, "status"),
  };
}
