/** The runtime's interface: commands, queries and a live feed. Callers get it from `guard.ts`, which checks permissions. */
import type { AgentBody, DocumentBody, RunbookBody } from "@/core/rules/configuration";
import type { HostPolicy } from "@/core/rules/policy";
import type { Actor, Permission } from "@/core/rules/roles";
import type { Comparison } from "@/core/shapes/comparison";
import type {
  Entry,
  EntryFile,
  EntryKind,
  EntryProposal,
  EntryVersion,
  ImportPreview,
  ListedAgent,
  ListedEntry,
} from "@/core/shapes/configuration";
import type { Continuation } from "@/core/shapes/continuation";
import type { Conversation } from "@/core/shapes/conversation";
import type { ForkStart, ListedFork } from "@/core/shapes/forks";
import type { Activity, ActivityText } from "@/core/shapes/live";
import type { LogFacts, ModelUse, OpenedAttachment, OutputPage } from "@/core/shapes/log";
import type { FrozenProof, Proof, SharedProof } from "@/core/shapes/proof";
import { type FieldIssue, issuesOf, type Refusal } from "@/core/shapes/refusal";
import type { DecidedQuery, DecidedReview, ReviewItem, RuleEvent } from "@/core/shapes/review";
import type { FoundOut, PackagesFacts, PushComparison } from "@/core/shapes/reviews/found";
import type { AuditVerdict, ListedAudit } from "@/core/shapes/security";
import type { ApprovalRule, Intervention, Message, Page, Review, Task, Tree } from "@/core/shapes/shapes";
import type { ServerFigures, ServerStatus } from "@/core/shapes/status";
import type {
  ListedTool,
  ServerPreview,
  ShownTool,
  ToolHistory,
  ToolProposal,
  ToolVersionTexts,
} from "@/core/shapes/tools";
import type { Timeline, TreeTurn } from "@/core/shapes/tree-views";
import type { TreeCounts, TreeFilter, TreeListOptions } from "@/core/shapes/trees";
import type { AccessQueries } from "./application-access";
import type { CapabilityQueries } from "./application-capabilities";
import type { FileQueries } from "./application-files";
import type { FindingQueries } from "./application-finding";
import type { GoalQueries } from "./application-goals";
import type { KpiQueries } from "./application-kpis";
import type { MemoryQueries } from "./application-memory";
import type { OperationsQueries } from "./application-operations";
import type { ProjectQueries } from "./application-projects";
import type { RepeatedQueries } from "./application-repeated";
import type { TrialQueries } from "./application-trials";

export type { Actor } from "@/core/rules/roles";
export type { ListedAgent } from "@/core/shapes/configuration";
export type { ListedAudit, ListedSecret } from "@/core/shapes/security";
export type { ImportedServer, ListedTool, ShownServer, TestedServer } from "@/core/shapes/tools";
export type * from "./application-files";

/** A failure with one sentence for the person who sees it. */
export class UserError extends Error {
  override name = "UserError";
  constructor(
    readonly kind: "invalid" | "not_found" | "conflict" | "too_large" | "unavailable" | "forbidden",
    message: string,
    /** Details for code that handles the failure. */
    readonly refusal?: Refusal,
    /** The fields of the input that are wrong. */
    readonly issues: readonly FieldIssue[] | undefined = issuesOf(refusal, message),
  ) {
    super(message);
  }
}

/** Runs `work`. When it refuses the input, the refusal is about this field, named by its path with dots. */
export async function atField<Result>(field: string, work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof UserError && !error.issues ? aboutField(field, error) : error;
  }
}

/** Runs `work`, whose input is a field of the whole input: the fields that it refuses are below that field. */
export function insideField<Result>(field: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const issues = error.issues?.map(({ path, message }) => ({ path: [field, ...path], message }));
    throw new UserError(error.kind, error.message, error.refusal, issues);
  }
}

export function aboutField(field: string, { kind, message, refusal }: UserError): UserError {
  return new UserError(kind, message, refusal, [{ path: field.split("."), message }]);
}

/** Returns the refusal of one field of an input. */
export function wrongField(field: string, sentence: string): UserError {
  return aboutField(field, new UserError("invalid", sentence));
}

export interface Queries
  extends AccessQueries,
    CapabilityQueries,
    FileQueries,
    FindingQueries,
    GoalQueries,
    KpiQueries,
    MemoryQueries,
    OperationsQueries,
    ProjectQueries,
    RepeatedQueries,
    TrialQueries {
  listTrees(options?: TreeListOptions): Promise<Page<Tree>>;
  /** Returns the number of trees of each status. */
  countTrees(filter?: Omit<TreeFilter, "status">): Promise<TreeCounts>;
  /** Returns everybody who has submitted a tree. */
  listSubmitters(): Promise<string[]>;
  /** Returns the tree, its tasks in the order of creation. Ids may be unique prefixes. Throws UserError not_found. */
  getTree(
    id: string,
    /**
     * `rows` (default): long texts are empty; `whole`: with them; `changed`: rows of these tasks and their ancestors.
     */
    options?: { tasks?: "none" | "rows" | "whole" | { changed: readonly string[] } },
  ): Promise<Tree>;
  getTask(id: string): Promise<Task>;
  /** Returns what a fork of a tree or task takes over: from its beginning, or from the message `at`. */
  getForkStart(id: string, at?: number): Promise<ForkStart>;
  /** Returns when each task ran and waited. With `after`, the cursor of an earlier answer, only changes since then. */
  getTimeline(id: string, after?: string): Promise<Timeline>;
  /** Returns the newest turns of a tree, to which a person can go back, oldest first. */
  listTurns(id: string): Promise<TreeTurn[]>;
  /**
   * Returns messages of one task or of a whole tree, always in ascending order of `seq`. A cursor is the `seq` of a
   * message as decimal text, so a reader can continue after any message, or read before it. Without `after` the page
   * starts at the beginning; `latest` or `before` give the last `limit` messages (before that one).
   */
  listMessages(
    scope: { treeId: string } | { taskId: string },
    options?: { after?: string; before?: string; limit?: number; latest?: boolean },
  ): Promise<Page<Message>>;
  /** Returns a message with its complete text. */
  getMessage(seq: number): Promise<Message>;
  getLogFacts(taskId: string): Promise<LogFacts>;
  /** Returns what people said to the task and what it answered. */
  getConversation(taskId: string): Promise<Conversation>;
  /** Of a task without its subtasks, or of a tree. */
  getModelUse(id: string): Promise<ModelUse>;
  /** Returns a page of a call's output, from a character on. `seq` is the message with the call's response. */
  getOutput(seq: number, from: number): Promise<OutputPage>;
  /** Returns a file of a call's response by its id. `seq` is the message with the response. */
  openAttachment(seq: number, id: string): Promise<OpenedAttachment>;
  /** Returns a text that changes when an item is opened or settled, so that a client reads the list again only then. */
  markOfReviews(): Promise<string>;
  /** Returns the most urgent open items first, or with `newest` the newest. `alikeTo`: the open items equal to this one. */
  listReviews(options?: {
    open?: boolean;
    newest?: boolean;
    treeId?: string;
    alikeTo?: string;
    after?: string;
    limit?: number;
  }): Promise<Page<Review>>;
  getReview(id: string): Promise<Review>;
  /** Returns an item with what would run or change, the effects, the comments, and why the actor may not decide it. */
  getReviewItem(id: string, actor: Actor): Promise<ReviewItem>;
  /**
   * Compares what a force-push would put on its remote with what the remote has, which Banyan fetches. Throws
   * UserError for an item that is not open.
   */
  comparePush(id: string): Promise<FoundOut<PushComparison>>;
  /** Returns what npm's registry says of the packages that a call installs. Throws UserError as `comparePush`. */
  lookAtPackages(id: string): Promise<FoundOut<PackagesFacts>>;
  /** Returns the decisions of people and rules, newest first. */
  listDecided(query?: DecidedQuery): Promise<Page<DecidedReview>>;
  /** Returns all rules, newest first, including expired and revoked ones. */
  listRules(): Promise<ApprovalRule[]>;
  /** Returns who made, changed and switched the rule off and on, oldest first. */
  listRuleEvents(id: string): Promise<RuleEvent[]>;
  /** Returns the supervisor's interventions, newest first. */
  listInterventions(options?: {
    treeId?: string;
    taskId?: string;
    action?: string;
    rule?: string;
    /** Number of newest entries to skip. */
    skip?: number;
    limit?: number;
  }): Promise<Intervention[]>;
  /** Returns forks of the tree, then those of its own source; each newest first. */
  listForks(treeId: string, options?: { after?: string; limit?: number }): Promise<Page<ListedFork>>;
  /** Compares result, verdict, spend, duration and files of two trees. */
  compareTrees(a: string, b: string): Promise<Comparison>;
  /** Returns the proof of an ended tree or task, without secrets. Throws UserError conflict while it has not ended. */
  getProof(id: string): Promise<Proof>;
  /** Returns the links to proofs of a tree, newest first, also those that have ended. */
  listSharedProofs(treeId: string): Promise<SharedProof[]>;
  /** Returns what `continueTask` would do now. */
  getContinuation(taskId: string): Promise<Continuation>;
  /** Returns one sentence about what a task would do next if it continued now. Does nothing. */
  nextAction(taskId: string): Promise<{ sentence: string }>;
  listAgents(): Promise<ListedAgent[]>;
  listDocuments(): Promise<{ name: string; description: string; version: number; edited: boolean }[]>;
  listTools(): Promise<ListedTool[]>;
  /** `inner`: started by other runbooks, or by Banyan itself. */
  listRunbooks(): Promise<{ name: string; description: string; inner: boolean }[]>;
  getAgent(name: string): Promise<ListedAgent & { instruction: string }>;
  getDocument(name: string): Promise<{ name: string; description: string; version: number; body: string }>;
  /** Returns a tool, a tool server, or one tool of a server by the name that agents call. */
  getTool(name: string): Promise<ShownTool>;
  /** Returns the open proposals, oldest first. */
  listToolProposals(): Promise<ToolProposal[]>;
  /** Returns the recent calls of a tool, or of all tools of a server. */
  getToolHistory(name: string): Promise<ToolHistory>;
  /** Returns a version's text, with the text of the version before it; `hidesSettings`: without a server's settings. */
  getToolVersion(name: string, version: number, hidesSettings?: boolean): Promise<ToolVersionTexts>;
  /**
   * Returns what a file in the `mcpServers` layout would add, and what of it will not work, after the mends with these
   * ids; `all`: after the first mend of each finding. `changed`: the server that the file changes, whose name is not
   * taken. Stores and starts nothing.
   */
  previewServers(text: string, mend?: readonly string[] | "all", changed?: string): Promise<ServerPreview>;
  /** Returns rows of the audit, newest first. */
  listAudit(options?: {
    after?: string;
    limit?: number;
    actor?: string;
    action?: string;
    subject?: string;
    tree?: string;
    /** From this time, inclusive, until that time, exclusive: ISO 8601. */
    from?: string;
    until?: string;
  }): Promise<Page<ListedAudit>>;
  /** Checks the audit. `newest`: only this many rows, which is fast. */
  verifyAudit(options?: { newest?: number }): Promise<AuditVerdict>;
  /** Returns the policy of each level, and the hosts that need no approval. */
  getPolicy(): Promise<HostPolicy>;
  listEntries(kind: EntryKind): Promise<ListedEntry[]>;
  /** Returns names of removed entries; their versions can be read and restored. */
  listRemoved(kind: EntryKind): Promise<string[]>;
  /** Returns the live version. */
  getEntry<Kind extends EntryKind>(kind: Kind, name: string): Promise<Entry<Kind>>;
  /** Returns the versions, newest first, even of a removed entry. */
  listVersions(kind: EntryKind, name: string): Promise<EntryVersion[]>;
  getVersion<Kind extends EntryKind>(kind: Kind, name: string, version: number): Promise<Entry<Kind>>;
  /** Returns open proposals for one entry or all entries, including new ones. */
  listEntryProposals(kind: EntryKind, name?: string): Promise<EntryProposal[]>;
  /** Returns the files of all live entries, or of one. */
  exportEntries(kind: EntryKind, name?: string): Promise<EntryFile[]>;
  /** Returns what `importFiles` would do. */
  previewImport(kind: EntryKind, files: { file: string; text: string }[]): Promise<ImportPreview[]>;
  getStatus(): Promise<ServerStatus>;
  /** Counts all tasks and trees each time, so it is for programs that ask every few seconds, not for pages. */
  getFigures(): Promise<ServerFigures>;
}

/** Calls listeners after each commit of this process, or of another one on the same database (found by polling). */
export interface LiveFeed {
  /** Reports one tree's commits: their sequence numbers, and the tasks whose rows changed. Returns the unsubscriber. */
  onTree(
    treeId: string,
    listener: (change: { seqs: { from: number; to: number }; taskIds: string[] }) => void,
  ): () => void;
  /** Reports that the row of any tree changed, for list pages. */
  onTrees(listener: (change: { treeIds: string[] }) => void): () => void;
  /** Reports that the activity of a task of the tree has changed. `lost`: the activity with this number broke off. */
  onActivity(treeId: string, listener: (change: { taskId: string; lost?: number }) => void): () => void;
  activitiesIn(treeId: string): Activity[];
  /** With the text so far; null when the task does nothing now in this process. */
  activityOf(treeId: string, taskId: string): ActivityText | null;
}

export type ImportedEntry =
  | { kind: "agent"; body: AgentBody }
  | { kind: "document"; body: DocumentBody }
  | { kind: "runbook"; body: RunbookBody };

/** Runs operations by their names; `guard.ts` gives them as typed methods. */
export interface Operator {
  /** Returns the right that an operation needs; undefined when there is none of this name. */
  rightOf(name: string): Permission | undefined;
  /** Whether pages and the HTTP API have the operation; others are for the command line at the machine. */
  isOpen(name: string): boolean;
  /** Whether it does something once for all inputs with the same `once`. */
  takesOnce(name: string): boolean;
  /** Checks the permission and the input, runs the operation and leaves a row in the audit. Throws UserError. */
  run(name: string, given: unknown, actor: Actor): Promise<unknown>;
}

export interface Application {
  /** Appends a row for a refusal by a door, before any operation was called. */
  auditRefusal?(actor: Actor, action: string, why: string): Promise<void>;
  /** Returns the proof that the link with this secret shows; null when no such link works. Everybody may call it. */
  sharedProof?(secret: string): FrozenProof | null;
  queries: Queries;
  /** The operations of people, declared one by one in `agents/commands/operations.ts`. */
  operations: Operator;
  live: LiveFeed;
}
