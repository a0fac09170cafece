/**
 * What the web application and the command line see of the runtime: commands that change something, queries that look,
 * and a live feed of commits. One instance a process, made by the server or the command line and kept on `globalThis`,
 * because Next.js loads its own copy of every module.
 */
import type {
  DraftFrame,
  Message,
  Page,
  Review,
  ServerFigures,
  ServerStatus,
  Submission,
  Task,
  Tree,
} from "./core/shapes";

/** A failure with one sentence for the person who meets it. */
export class UserError extends Error {
  override name = "UserError";
  constructor(
    readonly kind: "invalid" | "not_found" | "conflict" | "too_large" | "unavailable" | "forbidden",
    message: string,
  ) {
    super(message);
  }
}

export interface ListedAgent {
  name: string;
  description: string;
  model: string;
  tools: string[];
  documents: string[];
  version: number;
  edited: boolean;
}

export interface Queries {
  listTrees(options?: { after?: string; limit?: number }): Promise<Page<Tree>>;
  /** With its tasks in the order of creation; ids may be unique prefixes. Throws UserError not_found. */
  getTree(
    id: string,
    /** `rows` (default): without the long texts, which are empty; `whole`: with them; `none`: no tasks, for feeds. */
    options?: { tasks?: "none" | "rows" | "whole" },
  ): Promise<Tree>;
  getTask(id: string): Promise<Task>;
  /**
   * Always in ascending order of `seq`, of one task, or of a whole tree. A cursor of messages is the `seq` of a message
   * as decimal text, so that whoever has seen a message can go on after it, or look before it. `after` absent means
   * from the beginning; `latest` or `before` give the last `limit` messages (before that one).
   */
  listMessages(
    scope: { treeId: string } | { taskId: string },
    options?: { after?: string; before?: string; limit?: number; latest?: boolean },
  ): Promise<Page<Message>>;
  /** The whole text behind a message that was cut. */
  getMessage(seq: number): Promise<Message>;
  listReviews(options?: { open?: boolean; treeId?: string; after?: string; limit?: number }): Promise<Page<Review>>;
  getReview(id: string): Promise<Review>;
  listAgents(): Promise<ListedAgent[]>;
  listDocuments(): Promise<{ name: string; description: string; version: number; edited: boolean }[]>;
  listTools(): Promise<
    {
      name: string;
      description: string;
      level: string;
      core: boolean;
      optional: boolean;
      policy: string;
      available: boolean;
      unavailable_reason: string | null;
    }[]
  >;
  listRunbooks(): Promise<{ name: string; description: string }[]>;
  getAgent(name: string): Promise<ListedAgent & { instruction: string }>;
  getDocument(name: string): Promise<{ name: string; description: string; version: number; body: string }>;
  getTool(name: string): Promise<{ name: string; description: string; level: string; schema: Record<string, unknown> }>;
  getStatus(): Promise<ServerStatus>;
  /** Counted anew over all tasks and trees each time: for programs that ask every few seconds, not for pages. */
  getFigures(): Promise<ServerFigures>;
}

/** Who acts: recorded with every command. */
export interface Actor {
  name: string;
}

export interface Commands {
  submitTree(submission: Submission, actor: Actor): Promise<Tree>;
  /** ID is a tree or a task (and its branch); unique prefixes are accepted. Each says in one sentence what follows from it. */
  pause(id: string, actor: Actor): Promise<{ sentence: string }>;
  resume(id: string, actor: Actor): Promise<{ sentence: string }>;
  /** One turn of a task under manual stepping. */
  step(taskId: string, actor: Actor): Promise<{ sentence: string }>;
  stop(id: string, reason: string, actor: Actor): Promise<{ sentence: string }>;
  retry(taskId: string, actor: Actor): Promise<{ sentence: string }>;
  steer(taskId: string, text: string, actor: Actor): Promise<{ sentence: string }>;
  /** Adds to the grant of a tree, or of a task and what stands above it. Refused when the tree has no such cap. */
  grant(id: string, more: { usd?: number; tokens?: number }, actor: Actor): Promise<{ sentence: string }>;
  /** Decides a flag: approved means that it was dealt with, rejected that it is no problem; the reason reaches the task. */
  decide(
    reviewId: string,
    decision: "approved" | "rejected",
    reason: string,
    actor: Actor,
  ): Promise<{ sentence: string }>;
  answer(reviewId: string, text: string, actor: Actor): Promise<{ sentence: string }>;
  deleteTree(id: string, actor: Actor): Promise<{ sentence: string }>;
}

/** Called after each commit of this process, or of another one on the same database (then found by polling). */
export interface LiveFeed {
  /** Everything of one tree: the sequence numbers committed, and the tasks whose rows changed. Returns the unsubscriber. */
  onTree(
    treeId: string,
    listener: (change: { seqs: { from: number; to: number }; taskIds: string[] }) => void,
  ): () => void;
  /** Any tree's row changed (list pages). */
  onTrees(listener: (change: { treeIds: string[] }) => void): () => void;
  onDraft(treeId: string, listener: (frame: DraftFrame) => void): () => void;
}

export interface Application {
  queries: Queries;
  commands: Commands;
  live: LiveFeed;
}

const KEY = Symbol.for("banyan.application");
const store = globalThis as { [KEY]?: Application };

export function setApplication(application: Application): void {
  store[KEY] = application;
}

export function application(): Application {
  const found = store[KEY];
  if (!found) throw new Error("The application was not set up: pages run under the server that `npm start` starts.");
  return found;
}
