/** The remedies for each reason why a task failed or was stopped. Pure. */
import type { Reason } from "@/core/log/reasons";
import type { Continuation } from "@/core/shapes/continuation";
import type { Task } from "@/core/shapes/shapes";
import { duration, exactCount, money } from "./figures";
import type { Can } from "./reasons";

/** What is added to a grant before a task continues. */
export interface More {
  usd?: number;
  tokens?: number;
  seconds?: number;
}

export type Remedy =
  | { kind: "retry" }
  /** Adds to the grants of the task and its ancestors, then retries it. */
  | ({ kind: "grant" } & More)
  /** Retries with the message typed below. */
  | { kind: "message" }
  /** Starts a new tree from the first message, with another instruction or model. */
  | { kind: "fork"; what: "words" | "model" | "same" }
  /** Starts a new tree that continues from the last turn. */
  | { kind: "fork_last" }
  | { kind: "key" }
  /** Opens another task, which needs the remedy. */
  | { kind: "open"; task: string; title: string }
  | { kind: "new" };

const retry = { kind: "retry" } as const;
const message = { kind: "message" } as const;
const key = { kind: "key" } as const;
const fresh = { kind: "new" } as const;
const [words, model, same] = [
  { kind: "fork", what: "words" },
  { kind: "fork", what: "model" },
  { kind: "fork", what: "same" },
] as const;

const REMEDIES: Record<Reason, (task: Task, tasks: ReadonlyMap<string, Task>) => Remedy[]> = {
  model_error: () => [retry, model],
  refused: () => [words, model],
  bad_request: () => [retry, model],
  no_model: () => [key, retry, fresh],
  no_key: () => [key, retry, model],
  no_price: () => [retry, model],
  invalid_replies: () => [model, retry],
  endless_reply: () => [model, words, retry],
  timeout: () => [retry, words],
  runaway: () => [words, message],
  out_of_grant: (task) => [moreOf(task), { kind: "fork_last" }],
  out_of_iterations: () => [{ kind: "fork_last" }, words],
  no_progress: () => [{ kind: "fork_last" }, words],
  criteria_unreachable: () => [words],
  claims_failed: () => [message, words],
  judged_failed: () => [message, words],
  dependency_failed: (task, tasks) => failedSiblings(task, tasks),
  ask_timeout: () => [message],
  parent_ended: () => [same],
  by_agent: () => [message, words],
  by_person: () => [retry, { kind: "fork_last" }],
  by_parent: (task, tasks) => [...parentOf(task, tasks), same],
  by_supervisor: () => [message, words],
  broken_log: () => [fresh],
  internal: () => [retry],
};

/** Returns the remedies, most useful first. */
export function remediesOf(task: Task, tasks: ReadonlyMap<string, Task>): Remedy[] {
  if (task.status !== "failed" && task.status !== "stopped") return [];
  return task.reason ? REMEDIES[task.reason](task, tasks) : [retry];
}

/** What a person can do with an ended task now. */
export interface Possible extends Can {
  /** It cannot be continued, not even by a fork: it was read from an archive, or only checked another task. */
  isOver: boolean;
}

/** `continuation` null: not known yet, which counts as if everything can be done. */
export function possibleOf(continuation: Continuation | null, lastTurn: boolean): Possible {
  if (continuation === null) return { retry: true, message: true, lastTurn, isOver: false };
  const { by, may_retry } = continuation;
  return { retry: may_retry, message: by !== null, lastTurn, isOver: by === null && !may_retry };
}

const isRetry = ({ kind }: Remedy) => kind === "retry" || kind === "grant" || kind === "message";

/**
 * Returns the possible remedies, most useful first, with one that retries. If the task cannot be retried, a fork takes
 * that one's place.
 */
export function possibleRemedies(task: Task, tasks: ReadonlyMap<string, Task>, possible: Possible): Remedy[] {
  if (possible.isOver) return task.role === "finishing" ? parentOf(task, tasks) : [fresh];
  const all = remediesOf(task, tasks).map((remedy) =>
    remedy.kind === "message" && !possible.message ? retry : remedy,
  );
  const others = all.filter((remedy) => !isRetry(remedy) && (remedy.kind !== "fork_last" || possible.lastTurn));
  if (task.status !== "failed" && task.status !== "stopped") return others;
  if (!possible.retry) {
    const hasOther = others.some(({ kind }) => kind === "fork") || task.reason === "broken_log";
    return hasOther ? others : [same, ...others];
  }
  const first = all.find(isRetry);
  if (!first) return [...others, retry];
  const at = all.indexOf(first);
  return [...others.slice(0, at), first, ...others.slice(at)];
}

/** The least amounts to add, because a call runs only if the grant covers its maximum cost. */
const LEAST_USD = 0.5;
const LEAST_TOKENS = 50_000;
const LEAST_SECONDS = 60;
/** A grant with less than this share left does not cover another turn. */
const LEAST_PART = 0.02;

/** An ended task, or a tree with its totals. */
type Ended = Pick<Task, "reason" | "grant" | "grant_needed" | "active_seconds"> & { spent: Partial<Task["spent"]> };

/** Returns what to add to the grant before it can continue; null when enough is left. */
export function lackingOf(task: Ended): More | null {
  const more = { ...lackingSpend(task), ...lackingTime(task) };
  return Object.keys(more).length > 0 ? more : null;
}

/** Doubles the cap that does not suffice; for a grant that was too small for one request it adds what that needs. */
function lackingSpend(task: Ended): Pick<More, "usd" | "tokens"> | null {
  return task.grant_needed ? lackingOfKnown(task.grant, task.grant_needed) : lackingOfUnknown(task);
}

function lackingOfKnown(
  grant: Task["grant"],
  needed: NonNullable<Task["grant_needed"]>,
): Pick<More, "usd" | "tokens"> | null {
  const usd = grant.cost_usd === null ? 0 : Math.ceil(((needed.cost_usd ?? 0) - grant.cost_usd) * 100) / 100;
  const tokens = grant.tokens === null ? 0 : (needed.tokens ?? 0) - grant.tokens;
  if (usd <= 0 && tokens <= 0) return null;
  return {
    ...(usd > 0 && { usd: Math.max(LEAST_USD, usd, Math.ceil((grant.cost_usd ?? 0) * 100) / 100) }),
    ...(tokens > 0 && { tokens: Math.max(LEAST_TOKENS, tokens, grant.tokens ?? 0) }),
  };
}

function lackingOfUnknown({ grant, spent, reason }: Ended): Pick<More, "usd" | "tokens"> | null {
  const left = (unit: "cost_usd" | "tokens") => (grant[unit] ? 1 - (spent[unit] ?? 0) / grant[unit] : 1);
  const hasFewerTokens = grant.tokens !== null && (grant.cost_usd === null || left("tokens") <= left("cost_usd"));
  const unit = hasFewerTokens ? "tokens" : "cost_usd";
  const cap = grant[unit];
  if (cap === null) return null;
  const isEnough =
    reason === "out_of_grant"
      ? // Its next call did not fit into what is left, unless a person has granted much since.
        left(unit) >= 0.5 && left(unit) * cap >= (unit === "tokens" ? LEAST_TOKENS : LEAST_USD)
      : left(unit) >= LEAST_PART;
  if (isEnough) return null;
  if (unit === "tokens") return { tokens: Math.max(LEAST_TOKENS, cap) };
  return { usd: Math.max(LEAST_USD, Math.ceil(cap * 100) / 100) };
}

/** Doubles the time, which runs only while the task works. */
function lackingTime({ grant, active_seconds = 0, reason }: Ended): Pick<More, "seconds"> | null {
  if (reason !== "out_of_grant" || grant.seconds === null || active_seconds < grant.seconds) return null;
  return { seconds: Math.max(LEAST_SECONDS, grant.seconds) };
}

export function amountText({ usd, tokens, seconds }: More): string {
  const parts = [
    usd !== undefined && money(usd),
    tokens !== undefined && `${exactCount(tokens)} tokens`,
    seconds !== undefined && duration(seconds * 1_000),
  ].filter((part) => part !== false);
  return AND.format(parts);
}

const AND = new Intl.ListFormat("en");

/** Says that the grant does not suffice, and what to add. */
export function lackingText({ grant }: Task, needs: More): string {
  const cap = {
    ...(needs.usd !== undefined && { usd: grant.cost_usd ?? 0 }),
    ...(needs.tokens !== undefined && { tokens: grant.tokens ?? 0 }),
    ...(needs.seconds !== undefined && { seconds: grant.seconds ?? 0 }),
  };
  return `Its grant of ${amountText(cap)} does not suffice: add ${amountText(needs)} to continue.`;
}

function moreOf(task: Task): Remedy {
  const lacking = lackingOf(task);
  return lacking ? { kind: "grant", ...lacking } : retry;
}

function failedSiblings(task: Task, tasks: ReadonlyMap<string, Task>): Remedy[] {
  const failed = [...tasks.values()].filter(
    (sibling) =>
      sibling.parent_id === task.parent_id &&
      sibling.id !== task.id &&
      (sibling.status === "failed" || sibling.status === "stopped") &&
      sibling.reason !== "dependency_failed",
  );
  return failed.length > 0 ? failed.slice(0, 3).map(({ id, title }) => ({ kind: "open", task: id, title })) : [retry];
}

function parentOf(task: Task, tasks: ReadonlyMap<string, Task>): Remedy[] {
  const parent = tasks.get(task.parent_id ?? "");
  return parent ? [{ kind: "open", task: parent.id, title: parent.title }] : [];
}

const FORKS = {
  words: "Fork with other words…",
  model: "Fork with another model…",
  same: "Fork at the first message…",
};

export function remedyText(remedy: Remedy): string {
  switch (remedy.kind) {
    case "retry":
      return "Retry";
    case "grant":
      return `Retry with ${amountText(remedy)} more`;
    case "message":
      return "Retry with a message";
    case "fork":
      return FORKS[remedy.what];
    case "fork_last":
      return "Fork at its last turn…";
    case "key":
      return "Add a key";
    case "open":
      return `Open “${remedy.title.slice(0, 60)}”`;
    case "new":
      return "Start a new task";
  }
}
