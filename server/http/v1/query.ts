/** What stands behind the question mark of an address. Throws `UserError` invalid with a sentence that names the field. */
import { UserError } from "@/agents/application";
import { TASK_STATUSES } from "@/core/log/terms";
import type { DecidedQuery } from "@/core/shapes/review";
import { TREE_SORTS } from "@/core/shapes/shapes";
import type { TreeListOptions } from "@/core/shapes/trees";

const REVIEW_KINDS = ["flag", "approval", "question", "proposal", "change"] as const;
const DECIDED_STATUSES = ["approved", "rejected", "answered", "withdrawn"] as const;

/** Everything that a route may read there, for the API's description. */
export const PARAMETERS = {
  after: text("Goes on after the last item of a page: its `next`, or the `seq` of a message."),
  before: text("The messages before this `seq`."),
  latest: oneWord(["1"], "1: the last messages, and not the first."),
  limit: whole(1, 500, "How many items at most."),
  from: text("The place where it begins: a character of an output, or a time (ISO 8601)."),
  until: text("Before this time (ISO 8601)."),
  open: oneWord(["0", "1"], "1: what waits for a decision; 0: what was decided."),
  tree: text("Only of this tree: its id, or an unambiguous beginning of it."),
  alike: text("The open items that are equal to this one."),
  text: text("A word that stands in it."),
  by: text("Who decided it."),
  kind: oneWord(REVIEW_KINDS, "Of what kind it is."),
  status: text("What state it is in."),
  with: { ...text("The id of the other tree."), required: true },
  days: { ...whole(1, 3_650, "How many days ago it ended at least."), required: true },
  hours: whole(1, 168, "How far back: 1, 24 or 168."),
  action: text("Only this action."),
  rule: text("Only what this rule found."),
  q: { ...text("Words to look for: all of them stand in what is found."), required: true },
  search: text("Part of the title, or the beginning of the id."),
  agent: text("Only what this agent does."),
  person: text("Only what this person submitted."),
  sort: oneWord(TREE_SORTS, "What goes first."),
  subject: text("Only what was done to this."),
  actor: text("Only what this person, task or program did."),
} as const;

export type Parameter = keyof typeof PARAMETERS;

/** A reader of those parameters, as `URLSearchParams` is one. */
export interface Query<Name extends Parameter = Parameter> {
  get(name: Name): string | null;
}

function text(description: string) {
  return { description, schema: { type: "string" } };
}

function oneWord(words: readonly string[], description: string) {
  return { description, schema: { type: "string", enum: words } };
}

function whole(minimum: number, maximum: number, description: string) {
  return { description, schema: { type: "integer", minimum, maximum } };
}

export function integer(text: string, name: string, max: number, least = 1): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least || value > max) {
    throw new UserError("invalid", `"${name}" must be a whole number from ${least} to ${max}.`);
  }
  return value;
}

export const seqOf = (id: string): number => integer(id, "seq", Number.MAX_SAFE_INTEGER);

/** An empty value is none: a form sends its empty fields, too. */
export function named<Name extends Parameter>(query: Query<Name>, name: Name): string | undefined {
  return query.get(name)?.trim() || undefined;
}

export function limitOf(query: Query<"limit">): number | undefined {
  const limit = query.get("limit");
  return limit === null ? undefined : integer(limit, "limit", 500);
}

export function pageOf(query: Query<"after" | "limit">): { after?: string; limit?: number } {
  return { after: query.get("after") ?? undefined, limit: limitOf(query) };
}

export const TREES = ["after", "limit", "search", "status", "agent", "person", "sort"] as const;

export function treesOf(query: Query<(typeof TREES)[number]>): TreeListOptions {
  return {
    ...pageOf(query),
    search: named(query, "search"),
    agent: named(query, "agent"),
    person: named(query, "person"),
    status: oneOf(named(query, "status"), [...TASK_STATUSES, "open", "ended"] as const, "status"),
    sort: oneOf(named(query, "sort"), TREE_SORTS, "sort"),
  };
}

export const MESSAGES = ["after", "before", "latest", "limit"] as const;

export function messagesOf(query: Query<(typeof MESSAGES)[number]>) {
  const cursor = (name: "after" | "before") => {
    const value = query.get(name) ?? undefined;
    if (value !== undefined && !/^\d{1,15}$/.test(value))
      throw new UserError("invalid", `"${name}" is not a cursor of messages.`);
    return value;
  };
  const latest = query.get("latest") === "1" || undefined;
  return { limit: limitOf(query), after: cursor("after"), before: cursor("before"), latest };
}

export function required<Name extends Parameter>(query: Query<Name>, name: Name, what: string): string {
  const value = named(query, name);
  if (!value) throw new UserError("invalid", `"${name}" is missing: add ?${name}= with ${what}.`);
  return value;
}

export const DECIDED = ["after", "limit", "text", "by", "kind", "status"] as const;

export function decidedOf(query: Query<(typeof DECIDED)[number]>): DecidedQuery {
  return {
    ...pageOf(query),
    text: named(query, "text"),
    by: named(query, "by"),
    kind: oneOf(named(query, "kind"), REVIEW_KINDS, "kind"),
    status: oneOf(named(query, "status"), DECIDED_STATUSES, "status"),
  };
}

export function oneOf<Word extends string>(
  value: string | undefined,
  words: readonly Word[],
  name: string,
): Word | undefined {
  const found = words.find((word) => word === value);
  if (value !== undefined && found === undefined)
    throw new UserError("invalid", `"${name}" must be one of ${words.join(", ")}.`);
  return found;
}
