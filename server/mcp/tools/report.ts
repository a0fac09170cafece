/** The report about a tree for a caller: its state, its progress, its result, and what to call next. */
import type { GuardedApplication } from "@/agents/guard/guard";
import type { GoalProgress, GoalView } from "@/core/shapes/goals";
import type { Review, Task, Tree } from "@/core/shapes/shapes";
import { countsText } from "@/core/words/counts";
import { plain } from "@/core/words/figures";
import { estimateText, progressText } from "@/core/words/goals";
import { REASON_WORDS } from "@/core/words/reasons";
import { STATUS_WORDS } from "@/core/words/status";

/** A question that a caller can answer. */
export interface Question {
  /** Id of the review item: send it to `answer`. */
  review: string;
  /** The question in words. */
  question: string;
  /** The answer when nobody answers in time; null: there is none. */
  default_answer: string | null;
}

/** The least and the most of each. */
interface Estimate {
  /** Rounds that are left; null: not known yet. */
  rounds: [number, number] | null;
  /** Minutes that are left; null: not known yet. */
  minutes: [number, number] | null;
  /** The estimate as a sentence. */
  says: string;
}

export interface Report {
  /** Id of the tree. */
  id: string;
  /** Id of its first task. */
  task_id: string;
  /** Title of the tree. */
  title: string;
  status: Tree["status"];
  /** Why it failed or was stopped; null without such a reason. */
  reason: Tree["reason"];
  /** How it stands, in one sentence. */
  says: string;
  /** How far it has come; with a goal also its score and rounds. */
  progress: {
    /** Number of its tasks. */
    tasks: number;
    /** Those of them that have ended. */
    ended: number;
  } & Partial<GoalProgress>;
  /** How many tasks are in each state. */
  counts: Tree["counts"];
  /**
   * The estimate of what is left of a goal that has not ended; without figures only its sentence. null for another
   * tree.
   */
  estimate: Estimate | null;
  /** Globs of the files that the work may change; null for a plain task, and before a goal's first check. */
  scope: GoalView["scope"];
  /** Paths outside the scope that the work changed; for the last check they were as at the start. */
  put_back: string[];
  /** What it has used so far. */
  spent: {
    /** US dollars. */
    cost_usd: number;
    /** Tokens, input and output together. */
    tokens: number;
  };
  created_at: string;
  ended_at: string | null;
  /** Open questions that a caller can answer. */
  questions: Question[];
  /** Whether the tree waits until a person decides an item of any kind. */
  needs_person: boolean;
  /** What to call next, in words; null when the tree has ended. */
  next: string | null;
}

/** The report about a tree with its result, which is null before its end. */
export type Result = Report & Pick<Task, "result" | "summary" | "verdict" | "reason_detail">;

/** Returns the open items for which a task of the tree waits. */
async function awaitedItems(app: GuardedApplication, treeId: string): Promise<Review[]> {
  const { items } = await app.queries.listReviews({ open: true, treeId, limit: 50 });
  return items.filter(({ waiting_tasks }) => waiting_tasks > 0);
}

function asQuestion({ id, detail, title, default_answer }: Review): Question {
  return { review: id, question: detail || title, default_answer };
}

/** `id` is that of a tree, or a unique prefix of it. Throws UserError not_found. */
export async function reportOf(app: GuardedApplication, id: string): Promise<Report> {
  const tree = await app.queries.getTree(id, { tasks: "none" });
  const goal = tree.progress ? await app.queries.getGoal(tree.id) : null;
  const awaited = tree.ended_at === null ? await awaitedItems(app, tree.id) : [];
  // Other items are for people who are signed in, so callers never see them.
  const questions = awaited.filter(({ kind }) => kind === "question").map(asQuestion);
  const { tasks, ended, cost_usd, tokens_in, tokens_out } = tree.totals;
  return {
    id: tree.id,
    task_id: tree.root_task_id,
    title: tree.title,
    status: tree.status,
    reason: tree.reason,
    says: saysOf(tree, questions),
    progress: { tasks, ended, ...tree.progress },
    counts: tree.counts,
    scope: goal && scopeOf(goal),
    put_back: goal?.put_back ?? [],
    estimate: goal && tree.ended_at === null ? estimateOf(goal) : null,
    spent: { cost_usd, tokens: tokens_in + tokens_out },
    created_at: tree.created_at,
    ended_at: tree.ended_at,
    questions,
    needs_person: tree.status === "waiting" && awaited.length > 0,
    next: nextOf(tree, questions),
  };
}

function scopeOf({ scope, may_change }: GoalView): string[] | null {
  return scope && [...scope, ...may_change];
}

function estimateOf({ estimate, running }: GoalView): Estimate {
  const { rounds, minutes } = estimate ?? { rounds: null, minutes: null };
  const since = estimate && running ? `, when round ${running.number} began` : "";
  return { rounds, minutes, says: `${estimateText(estimate)}${since}` };
}

/** Adds the result, which is complete only after the end. */
export async function resultOf(app: GuardedApplication, id: string): Promise<Result> {
  const report = await reportOf(app, id);
  const { result, summary, verdict, reason_detail } = await app.queries.getTask(report.task_id);
  return { ...report, result, summary, verdict, reason_detail };
}

/** One line for a report of progress. */
export function progressLine({ progress, counts, says }: Report): string {
  const { score, round, rounds_max } = progress;
  const isGoal = score !== undefined && round !== undefined && rounds_max !== undefined;
  return `${isGoal ? progressText({ score, round, rounds_max }) : countsText(counts)}. ${says}`;
}

function saysOf({ status, reason, headline }: Tree, questions: readonly Question[]): string {
  if (status === "waiting")
    return questions.length > 0
      ? "It waits for an answer to its question."
      : "It waits for a person, who decides in Banyan's review queue.";
  const about = reason === null ? plain(headline) : REASON_WORDS[reason].says;
  return about === "" ? `${STATUS_WORDS[status]}.` : `${STATUS_WORDS[status]}: ${about}`;
}

function nextOf({ id, ended_at, status }: Tree, [question]: readonly Question[]): string | null {
  if (ended_at !== null) return null;
  const wait = `call task_result with {"id": "${id}"}`;
  if (question)
    return `Call answer with {"review": "${question.review}", "text": "…"}: the task continues with your answer. Then ${wait}.`;
  if (status === "waiting")
    return `Tell your user that Banyan waits for a decision in its review queue. Later ${wait}.`;
  return `Later ${wait}: it waits for the result, up to 50 seconds. For the progress only, call task_status.`;
}
