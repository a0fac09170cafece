/** Parses query parameters. Throws a `UserError` that names the parameter. */
import { UserError } from "@/agents/application";
import { LESSON_KINDS, LESSON_STATUSES } from "@/core/lessons/lesson";
import { TASK_STATUSES } from "@/core/log/terms";
import { KINDS as INSIGHT_KINDS, INSIGHT_STATES } from "@/core/shapes/insights";
import type { DecidedQuery } from "@/core/shapes/review";
import type { TreeListOptions } from "@/core/shapes/trees";
import { TREE_SORTS } from "@/core/shapes/trees";
import { type Problem, problem } from "@/lib/http/problem";

const REVIEW_KINDS = ["flag", "approval", "question", "proposal", "change"] as const;
const DECIDED_STATUSES = ["approved", "rejected", "answered", "withdrawn"] as const;

/** A longer name is cut where a problem quotes it. */
const LONGEST_NAME = 100;

/** All query parameters, with their descriptions for OpenAPI. */
export const PARAMETERS = {
  after: text("Returns the items after this cursor: the `next` of a page, or the `seq` of a message."),
  before: text("Returns the messages before this `seq`."),
  latest: wordParameter(["1"], "1: returns the last messages instead of the first."),
  limit: whole(1, 500, "Maximum number of items."),
  from: text("Start: a character offset of an output, or a time (ISO 8601)."),
  until: text("Only before this time (ISO 8601)."),
  to: text("The last day (UTC), included, such as 2026-11-30."),
  open: wordParameter(["0", "1"], "1: open items; 0: decided items."),
  tree: text("Only this tree: its id, or a unique prefix of it."),
  alike: text("Only open items equal to this item."),
  newest: wordParameter(["1"], "1: open items from the newest on, instead of the most urgent."),
  text: text("Only items that contain this word."),
  by: text("Only items that this person or rule decided."),
  kind: wordParameter(REVIEW_KINDS, "Only items of this kind."),
  lesson_kind: wordParameter(LESSON_KINDS, "Only lessons of this kind."),
  insight_kind: wordParameter(INSIGHT_KINDS, "Only insights of this kind."),
  lesson: text("The lesson in the middle: its id, or a unique prefix of it; default: the one that helped most lately."),
  question: text("A question, such as: what helped with ECONNRESET in shop?"),
  error: text("Only lessons for the error with this signature."),
  place: text(
    "Only lessons that apply in the repository with this address or folder; `everywhere`: those that apply in all.",
  ),
  seeded: wordParameter(["0", "1"], "1: only lessons that come with Banyan and wait; 0: only others."),
  status: text("Only items with this status."),
  at: text("The moment: of files now (default), start, or the `seq` of a snapshot; of a fork the `seq` of a message."),
  folder: text("Only what this folder holds directly; empty for the tree's folder."),
  file: { ...text("The file's path below the tree's folder."), required: true },
  task: text("Only what this task and its subtasks changed."),
  with: { ...text("The id of the other tree."), required: true },
  older_than: whole(1, 3_650, "Minimum number of days since it ended."),
  max_mb: whole(1, 100_000_000, "Most megabytes of database and workspaces."),
  days: { ...whole(1, 3_650, "Minimum number of days since it ended."), required: true },
  hours: whole(1, 168, "Time range in hours: 1, 24 or 168."),
  action: text("Only this action."),
  rule: text("Only findings of this rule."),
  q: { ...text("Words to search for. A match contains all of them."), required: true },
  cron: { ...text("The cron expression: five parts, or a name such as @daily."), required: true },
  zone: text("The time zone, such as Europe/Berlin; default: the server's."),
  typed: text("What was typed: a path, or a part of one."),
  path: { ...text("The path of a folder on the server."), required: true },
  opened: text("Ids of trees that the answer names too, separated by commas."),
  words: text("Words to search for. A match contains all of them. Empty: the newest trees."),
  search: text("Part of the title, or a prefix of the id."),
  agent: text("Only items of this agent."),
  provider: text("Only models of this provider."),
  person: text("Only trees that this person submitted."),
  project: text("Only what belongs to this project, such as trees that work in its repository."),
  sort: wordParameter(TREE_SORTS, "Sort order."),
  forks: wordParameter(["below"], "`below`: each fork follows its origin, and pages count origins only."),
  subject: text("Only actions on this subject."),
  actor: text("Only actions of this person, task or program."),
} as const;

export type Parameter = keyof typeof PARAMETERS;

/** Reads parameters, like `URLSearchParams`. */
export interface Query<Name extends Parameter = Parameter> {
  get(name: Name): string | null;
}

/** Returns the problem if an address has a query parameter that it does not take; null otherwise. */
export function unknownParameter(query: URLSearchParams, known: readonly string[]): Problem | null {
  const unknown = [...query.keys()].find((name) => !known.includes(name));
  if (unknown === undefined) return null;
  const named = `There is no query parameter ${JSON.stringify(unknown.slice(0, LONGEST_NAME))} here.`;
  const takes = known.length === 0 ? "This address takes none." : `This address takes: ${known.join(", ")}.`;
  return problem("unknown-parameter", `${named} ${takes}`);
}

function text(description: string) {
  return { description, schema: { type: "string" } };
}

function wordParameter(words: readonly string[], description: string) {
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

/** Returns the number of a message that a parameter names; undefined without it. */
export function seqIn<Name extends Parameter>(query: Query<Name>, name: Name): number | undefined {
  const text = query.get(name);
  return text === null ? undefined : integer(text, name, Number.MAX_SAFE_INTEGER);
}

/** Returns the value; undefined if it is empty, because forms also send empty fields. */
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

export const TREES = ["after", "limit", "search", "status", "agent", "person", "project", "sort", "forks"] as const;

export function treesOf(query: Query<(typeof TREES)[number]>): TreeListOptions {
  return {
    ...pageOf(query),
    search: named(query, "search"),
    agent: named(query, "agent"),
    person: named(query, "person"),
    project: named(query, "project"),
    status: wordIn(named(query, "status"), [...TASK_STATUSES, "open", "ended"] as const, "status"),
    sort: wordIn(named(query, "sort"), TREE_SORTS, "sort"),
    forks: wordIn(named(query, "forks"), ["below"] as const, "forks"),
  };
}

export const MESSAGES = ["after", "before", "latest", "limit"] as const;

export function messagesOf(query: Query<(typeof MESSAGES)[number]>) {
  const cursor = (name: "after" | "before") => {
    const value = query.get(name) ?? undefined;
    if (value !== undefined && !/^\d{1,15}$/.test(value))
      throw new UserError("invalid", `"${name}" must be the \`seq\` of a message.`);
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
    kind: wordIn(named(query, "kind"), REVIEW_KINDS, "kind"),
    status: wordIn(named(query, "status"), DECIDED_STATUSES, "status"),
  };
}

export const LESSONS = [
  "status",
  "lesson_kind",
  "seeded",
  "error",
  "place",
  "agent",
  "text",
  "limit",
  "after",
] as const;

export function lessonsOf(query: Query<(typeof LESSONS)[number]>) {
  return {
    status: wordIn(named(query, "status"), LESSON_STATUSES, "status"),
    kind: wordIn(named(query, "lesson_kind"), LESSON_KINDS, "lesson_kind"),
    seeded: query.get("seeded") === null ? undefined : query.get("seeded") === "1",
    error: named(query, "error"),
    place: named(query, "place") === "everywhere" ? null : named(query, "place"),
    agent: named(query, "agent"),
    text: named(query, "text"),
    limit: limitOf(query),
    offset: integer(query.get("after") ?? "0", "after", 10_000_000, 0),
  };
}

export const INSIGHTS = ["status", "insight_kind"] as const;

/** Returns which insights are wanted. */
export function insightsOf(query: Query<(typeof INSIGHTS)[number]>) {
  return {
    state: wordIn(named(query, "status"), INSIGHT_STATES, "status"),
    kind: wordIn(named(query, "insight_kind"), INSIGHT_KINDS, "insight_kind"),
  };
}

export const KPIS = ["project", "from", "until"] as const;

/** Returns of which period and project the KPIs are wanted. */
export function kpisOf(query: Query<(typeof KPIS)[number]>) {
  return { project: named(query, "project"), from: named(query, "from"), until: named(query, "until") };
}

function wordIn<Word extends string>(
  value: string | undefined,
  words: readonly Word[],
  name: string,
): Word | undefined {
  const found = words.find((word) => word === value);
  if (value !== undefined && found === undefined)
    throw new UserError("invalid", `"${name}" must be one of ${words.join(", ")}.`);
  return found;
}

/** Returns the byte of a log from which on it is wanted. Throws UserError. */
export function placeOf(query: Query<"after">): number {
  return integer(query.get("after") ?? "0", "after", Number.MAX_SAFE_INTEGER, 0);
}
