/** The facts from which KPIs are computed: plain rows, with times in milliseconds and money in micro-dollars. */
import type { EndStatus } from "@/core/log/terms";
import type { GateRun } from "@/core/shapes/improving/gate-runs";
import type { CountedPages } from "./page-times";
import { isIn, type Span } from "./spans";

/** What every fact about trees has. Null: its repository belongs to no project. */
interface OfProject {
  project: string | null;
}

/**
 * The kinds of cycles. A cycle is a piece of work from its submission to its end; each tree is in at most one. Another
 * kind needs its name here, and its query in `db/kpis/cycles.ts`.
 */
export type CycleKind = "goal" | "issue" | "evolution";

export interface Cycle extends OfProject {
  kind: CycleKind;
  /** The public id of its tree. */
  tree: string;
  title: string;
  endedAtMs: number;
  end: EndStatus;
  microUsd: number;
  /** What people did: messages, retries, changes, and decisions. */
  steps: number;
  /** The score of the goal's check before the first round and after the last; null: not checked. */
  before: number | null;
  after: number | null;
}

/** A goal that counts for the comparison with and without memory. */
export interface MemoryGoal extends OfProject {
  tree: string;
  title: string;
  arm: "with" | "without";
  succeeded: boolean;
  rounds: number;
  endedAtMs: number;
}

/** A pull request that has ended. */
export interface PullRequest extends OfProject {
  tree: string;
  title: string;
  isMerged: boolean;
  /** How often reviews, checks and conflicts sent the work back. */
  rounds: number;
  endedAtMs: number;
  /** When somebody took it back; null: nobody did that is known. */
  takenBackAtMs: number | null;
  /** When its base was last read for that; null: never. */
  readMs: number | null;
}

/** Pages that the server answered in an hour. */
interface AnsweredPages extends CountedPages {
  /** The start of the hour. */
  atMs: number;
}

/** A failure of a task, by the kinds of `core/failures`. */
interface CountedFailure extends OfProject {
  kind: string;
  atMs: number;
  /** `helped`: a person got it going again. `lost`: nobody did. */
  became: "recovered" | "helped" | "lost" | "open";
}

/** The end of one attempt of a task. */
export interface TaskEnd extends OfProject {
  endedAtMs: number;
  status: EndStatus;
  reason: string | null;
  attempt: number;
  /** Whether it is the task's last attempt so far; only then it has `microUsd`. */
  isLast: boolean;
  model: string;
  microUsd: number;
  /** How long it waited for its first worker; null for a later attempt, or when none came. */
  queuedMs: number | null;
}

/** A reply of a model. */
export interface ModelReply extends OfProject {
  atMs: number;
  ms: number;
}

/** A review item that was settled. */
export interface SettledReview extends OfProject {
  kind: string;
  by: "people" | "rules" | "nobody";
  /** When it was asked; in a fork that goes on with it, when the fork was made. */
  createdAtMs: number;
  settledAtMs: number;
  /** How long a task waited for it, which may go on before it is settled; null: none waited. */
  waitedMs: number | null;
}

/** A server that ended without a word. */
interface Crash {
  atMs: number;
}

/** A project whose first promotion to production was done. */
interface ServiceInUse extends OfProject {
  project: string;
  /** When its first task was submitted, or it was added: the earlier one. */
  beganAtMs: number;
  endedAtMs: number;
}

/** Rows of which only the newest are read. */
export interface Newest<Row> {
  rows: Row[];
  /** Older ones were not read; null: all were. */
  sinceMs: number | null;
}

export interface KpiFacts {
  /** The project that is looked at; null: all. */
  project: string | null;
  cycles: Cycle[];
  memory: MemoryGoal[];
  pulls: PullRequest[];
  failures: CountedFailure[];
  /** Older failures are forgotten. */
  failuresSinceMs: number;
  tasks: Newest<TaskEnd>;
  replies: Newest<ModelReply>;
  reviews: SettledReview[];
  services: ServiceInUse[];
  gateRuns: GateRun[];
  pages: AnsweredPages[];
  starts: { crashes: Crash[]; sinceMs: number | null };
}

/** Returns the facts of a span. Few rows stay as they are: comparisons of memory, runs of the gates and starts. */
export function inSpan(facts: KpiFacts, span: Span): KpiFacts {
  const ended = <Row extends { endedAtMs: number }>(rows: Row[]) =>
    rows.filter(({ endedAtMs }) => isIn(span, endedAtMs));
  const at = <Row extends { atMs: number }>(rows: Row[]) => rows.filter(({ atMs }) => isIn(span, atMs));
  return {
    ...facts,
    cycles: ended(facts.cycles),
    pulls: ended(facts.pulls),
    failures: at(facts.failures),
    tasks: { ...facts.tasks, rows: ended(facts.tasks.rows) },
    replies: { ...facts.replies, rows: at(facts.replies.rows) },
    pages: at(facts.pages),
    services: ended(facts.services),
    reviews: facts.reviews.filter(({ settledAtMs }) => isIn(span, settledAtMs)),
  };
}

/** Returns the facts of one project. Those about the whole server stay. */
export function ofProject(facts: KpiFacts, project: string | null): KpiFacts {
  if (project === null) return facts;
  const own = <Row extends OfProject>(rows: Row[]) => rows.filter((row) => row.project === project);
  return {
    ...facts,
    project,
    cycles: own(facts.cycles),
    memory: own(facts.memory),
    pulls: own(facts.pulls),
    failures: own(facts.failures),
    tasks: { ...facts.tasks, rows: own(facts.tasks.rows) },
    replies: { ...facts.replies, rows: own(facts.replies.rows) },
    reviews: own(facts.reviews),
    services: own(facts.services),
  };
}
