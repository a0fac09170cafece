/**
 * What the web application and the command line see of the runtime: commands that change something, queries that look,
 * and a live feed of commits. Whoever comes in gets it from `guard.ts`, which asks what they may.
 */

import type { AgentBody, DocumentBody, RunbookBody } from "@/core/rules/configuration";
import type { HostPolicy } from "@/core/rules/policy";
import type { Actor } from "@/core/rules/roles";
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
import type { TaskFiles } from "@/core/shapes/files";
import type { ListedFork } from "@/core/shapes/forks";
import type { LogFacts, OutputPage } from "@/core/shapes/log";
import type { Backups, History, OldTrees, ProviderState, WorkerState } from "@/core/shapes/operations";
import type { Refusal } from "@/core/shapes/refusal";
import type {
  DecidedQuery,
  DecidedReview,
  ReviewItem,
  RuleChangeRequest,
  RuleEvent,
  RuleRequest,
} from "@/core/shapes/review";
import type { AuditVerdict, ListedAudit } from "@/core/shapes/security";
import type {
  ApprovalRule,
  Comparison,
  DraftFrame,
  ForkRequest,
  Intervention,
  Message,
  Page,
  Review,
  ServerFigures,
  ServerStatus,
  Submission,
  Task,
  Tree,
} from "@/core/shapes/shapes";
import type {
  ImportedServer,
  ListedTool,
  ServerPreview,
  ShownServer,
  TestedServer,
  ToolHistory,
  ToolProposal,
  ToolVersionTexts,
} from "@/core/shapes/tools";
import type { FoundInTree, Timeline } from "@/core/shapes/tree-views";
import type { Template, TreeCounts, TreeFilter, TreeListOptions } from "@/core/shapes/trees";
import type { AccessCommands, AccessQueries } from "./application-access";

export type { Actor } from "@/core/rules/roles";
export type { ListedAgent } from "@/core/shapes/configuration";
export type { AuditVerdict, ListedAudit, ListedSecret } from "@/core/shapes/security";
export type { ImportedServer, ListedTool, ShownServer, TestedServer } from "@/core/shapes/tools";

/** A failure with one sentence for the person who meets it. */
export class UserError extends Error {
  override name = "UserError";
  constructor(
    readonly kind: "invalid" | "not_found" | "conflict" | "too_large" | "unavailable" | "forbidden",
    message: string,
    /** For code that acts on it. */
    readonly refusal?: Refusal,
  ) {
    super(message);
  }
}

export interface Queries extends AccessQueries {
  listTrees(options?: TreeListOptions): Promise<Page<Tree>>;
  /** How many there are of each status. */
  countTrees(filter?: Omit<TreeFilter, "status">): Promise<TreeCounts>;
  /** Everybody who has submitted a tree. */
  listSubmitters(): Promise<string[]>;
  listTemplates(): Promise<Template[]>;
  /** With its tasks in the order of creation; ids may be unique prefixes. Throws UserError not_found. */
  getTree(
    id: string,
    /** `rows` (default): without the long texts, which are empty; `whole`: with them; `changed`: rows of these and all above. */
    options?: { tasks?: "none" | "rows" | "whole" | { changed: readonly string[] } },
  ): Promise<Tree>;
  getTask(id: string): Promise<Task>;
  /** Tasks in whose texts every word stands, the newest first; the last word may be the beginning of one. */
  searchTree(id: string, words: string): Promise<FoundInTree[]>;
  /** Who ran and waited when. `after`: the cursor of an earlier answer; then only what changed since. */
  getTimeline(id: string, after?: string): Promise<Timeline>;
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
  getLogFacts(taskId: string): Promise<LogFacts>;
  /** Of the call whose response message `seq` is: what it put out, from a character on, a page of it. */
  getOutput(seq: number, from: number): Promise<OutputPage>;
  /** The most pressing first. `alikeTo`: the open items that are equal to this one. */
  /** Another text whenever an item came before people or was settled: who has the list reads it again only then. */
  markOfReviews(): Promise<string>;
  listReviews(options?: {
    open?: boolean;
    treeId?: string;
    alikeTo?: string;
    after?: string;
    limit?: number;
  }): Promise<Page<Review>>;
  getReview(id: string): Promise<Review>;
  /** With what exactly would run or change, what follows, what was commented, and why the actor may not decide it. */
  getReviewItem(id: string, actor: Actor): Promise<ReviewItem>;
  /** What people and rules decided, the newest first. */
  listDecided(query?: DecidedQuery): Promise<Page<DecidedReview>>;
  /** The newest first, those that are over too. */
  listRules(): Promise<ApprovalRule[]>;
  /** Who made, changed and switched it off and on; the oldest first. */
  listRuleEvents(id: string): Promise<RuleEvent[]>;
  /** The newest first. */
  listInterventions(options?: {
    treeId?: string;
    taskId?: string;
    action?: string;
    rule?: string;
    /** So many of the newest are left out. */
    skip?: number;
    limit?: number;
  }): Promise<Intervention[]>;
  /** Result, verdict, spend, duration and files of two trees. */
  /** Forks of the tree, the newest first, and of what it was forked from itself. */
  listForks(treeId: string): Promise<ListedFork[]>;
  compareTrees(one: string, other: string): Promise<Comparison>;
  /** What the task and its subtasks changed in the folder that it works in. */
  getTaskFiles(taskId: string): Promise<TaskFiles>;
  /** What a task would do next if it went on now, in one sentence; nothing is done. */
  nextAction(taskId: string): Promise<{ sentence: string }>;
  listAgents(): Promise<ListedAgent[]>;
  listDocuments(): Promise<{ name: string; description: string; version: number; edited: boolean }[]>;
  listTools(): Promise<ListedTool[]>;
  listRunbooks(): Promise<{ name: string; description: string }[]>;
  getAgent(name: string): Promise<ListedAgent & { instruction: string }>;
  getDocument(name: string): Promise<{ name: string; description: string; version: number; body: string }>;
  /** A tool, a server of tools, or one tool of a server as agents call it. */
  getTool(name: string): Promise<ListedTool & { schema: Record<string, unknown>; server?: ShownServer }>;
  /** Open ones, the oldest first. */
  listToolProposals(): Promise<ToolProposal[]>;
  /** Who called a tool, or any tool of a server, lately. */
  getToolHistory(name: string): Promise<ToolHistory>;
  /** What one of its versions says, against the one before. */
  getToolVersion(name: string, version: number): Promise<ToolVersionTexts>;
  /** What a file in the `mcpServers` layout would add; nothing is stored or started. */
  previewServers(text: string): Promise<ServerPreview>;
  /** The newest first. */
  listAudit(options?: {
    after?: string;
    limit?: number;
    actor?: string;
    action?: string;
    subject?: string;
    tree?: string;
    /** From this time on, and until before that one: ISO 8601. */
    from?: string;
    until?: string;
  }): Promise<Page<ListedAudit>>;
  /** `newest`: only so many rows, which takes no time. */
  verifyAudit(options?: { newest?: number }): Promise<AuditVerdict>;
  /** What holds for calls of each level, and the hosts that nobody is asked about. */
  getPolicy(): Promise<HostPolicy>;
  listEntries(kind: EntryKind): Promise<ListedEntry[]>;
  /** Names of those that were removed; their versions can be read and restored. */
  listRemoved(kind: EntryKind): Promise<string[]>;
  /** As it is live. */
  getEntry<Kind extends EntryKind>(kind: Kind, name: string): Promise<Entry<Kind>>;
  /** The newest first; also of one that was removed. */
  listVersions(kind: EntryKind, name: string): Promise<EntryVersion[]>;
  getVersion<Kind extends EntryKind>(kind: Kind, name: string, version: number): Promise<Entry<Kind>>;
  /** Open ones, of one entry or of all, also of entries that there are not yet. */
  listEntryProposals(kind: EntryKind, name?: string): Promise<EntryProposal[]>;
  /** All that are live, or one. */
  exportEntries(kind: EntryKind, name?: string): Promise<EntryFile[]>;
  /** What `importFiles` would do. */
  previewImport(kind: EntryKind, files: { file: string; text: string }[]): Promise<ImportPreview[]>;
  getStatus(): Promise<ServerStatus>;
  /** Counted anew over all tasks and trees each time: for programs that ask every few seconds, not for pages. */
  getFigures(): Promise<ServerFigures>;
  /** What was measured, of the last 1 (default), 24 or 168 hours. */
  getHistory(options?: { hours?: number }): Promise<History>;
  listProviders(): Promise<ProviderState[]>;
  listWorkers(): Promise<WorkerState[]>;
  listBackups(): Promise<Backups>;
  /** Trees that ended more than so many days ago, the oldest first, and what deleting them frees. */
  findOldTrees(options: { days: number }): Promise<OldTrees>;
}

export interface RetryWith {
  more?: { usd?: number; tokens?: number };
  message?: string;
}

/** What a person changes and says before the next step. */
export interface StepEdit {
  agent?: string | undefined;
  model?: string | undefined;
  message?: string | undefined;
}

export interface Commands extends AccessCommands {
  /** `once`: whoever gives the same gets the tree that was made of it. */
  submitTree(submission: Submission, actor: Actor, options?: { once?: string }): Promise<Tree>;
  /** ID is a tree or a task (and its branch); unique prefixes are accepted. Each says in one sentence what follows from it. */
  /** `alone`: the task only, while its subtasks go on. */
  pause(id: string, actor: Actor, options?: { alone?: boolean }): Promise<{ sentence: string }>;
  resume(id: string, actor: Actor): Promise<{ sentence: string }>;
  /** The kill switch: cuts every call in flight, ends what runs in the background, and starts nothing before `resumeEverything`. */
  pauseEverything(reason: string, actor: Actor): Promise<{ sentence: string }>;
  resumeEverything(actor: Actor): Promise<{ sentence: string }>;
  /** Ends the server at the next boundary of its work, as a signal would. */
  shutDown(actor: Actor): Promise<{ sentence: string }>;
  /**
   * One turn of a task under manual stepping; another task is put under it from its next turn on. The edit comes first: all of
   * it and the step, or nothing.
   */
  step(taskId: string, actor: Actor, edit?: StepEdit): Promise<{ sentence: string }>;
  stop(id: string, reason: string, actor: Actor): Promise<{ sentence: string }>;
  /** With more to spend, or a message that the new attempt reads first: all of it, or nothing when the retry is refused. */
  retry(taskId: string, actor: Actor, given?: RetryWith): Promise<{ sentence: string }>;
  steer(taskId: string, text: string, actor: Actor): Promise<{ sentence: string }>;
  /** Another agent, model or priority from the next turn on; a parked task then tries at once. */
  change(
    taskId: string,
    to: { agent?: string; model?: string; priority?: number },
    actor: Actor,
  ): Promise<{ sentence: string }>;
  /**
   * A new tree that goes on from a message of this one: conversations, states of all tasks and files as they were then.
   * Refused with one sentence when the message is not of that task's tree.
   */
  fork(taskId: string, request: ForkRequest, actor: Actor): Promise<Tree>;
  /** Adds to the grant of a tree, or of a task and what stands above it. Refused when the tree has no such cap. */
  grant(id: string, more: { usd?: number; tokens?: number }, actor: Actor): Promise<{ sentence: string }>;
  /**
   * Decides a flag (approved: dealt with, rejected: no problem) or whether a call may run; the reason reaches the task.
   * `alike`: every open item that is equal to it too. `edited`: texts of a proposal that take the place of its own, by the
   * name of their part, which are then what is approved. `decided`: what was.
   */
  decide(
    reviewId: string,
    decision: "approved" | "rejected",
    reason: string,
    actor: Actor,
    options?: { alike?: boolean; edited?: Record<string, string> },
  ): Promise<{ sentence: string; decided: string[] }>;
  /** Rejects a call and tells its task to make it with these arguments (JSON) instead, which then runs once without asking. */
  approveChanged(
    reviewId: string,
    input: string,
    reason: string,
    actor: Actor,
  ): Promise<{ sentence: string; decided: string[] }>;
  /** Kept with the item for whoever decides, and read by its task with the decision. */
  comment(reviewId: string, text: string, actor: Actor): Promise<{ sentence: string }>;
  /** A message to the item's task, which is noted at the item. */
  askTask(reviewId: string, text: string, actor: Actor): Promise<{ sentence: string }>;
  /** Makes what an approved proposal replaced live again. Refused when it has changed since. */
  restoreBefore(reviewId: string, actor: Actor): Promise<{ sentence: string }>;
  answer(reviewId: string, text: string, actor: Actor): Promise<{ sentence: string }>;
  /**
   * Approves calls by itself, for `hours` (24): those of a tool, or (`item`) those equal to one that was put before a person,
   * and with `exact: false` every call of that tool. What waits and matches is approved at once.
   */
  addRule(rule: RuleRequest, actor: Actor): Promise<{ sentence: string; rule: string; decided: string[] }>;
  /** `decided`: what waited and is approved by it as it is now. */
  changeRule(id: string, change: RuleChangeRequest, actor: Actor): Promise<{ sentence: string; decided: string[] }>;
  /** Refused (conflict) when it has approved something: then it stays as the reason of that. */
  removeRule(id: string, actor: Actor): Promise<{ sentence: string }>;
  /** `decided`: what the rule had approved. */
  revokeRule(id: string, actor: Actor): Promise<{ sentence: string; decided: string[] }>;
  /** Whether calls of a tool run, wait for a person, or are refused: for calls from now on. */
  /** `version`: of its configuration; refused when it is another one by now. */
  setToolPolicy(
    name: string,
    policy: string,
    actor: Actor,
    options?: { version?: number },
  ): Promise<{ sentence: string }>;
  deleteTree(id: string, actor: Actor): Promise<{ sentence: string }>;
  /** The actor has looked at how it failed: it is not in their `unseenBy` any more. */
  markSeen(treeId: string, actor: Actor): Promise<{ sentence: string }>;
  /** `replaces`: the template whose place and name it takes. */
  saveTemplate(
    template: { name: string; submission: Submission; replaces?: string },
    actor: Actor,
  ): Promise<{ sentence: string }>;
  removeTemplate(name: string, actor: Actor): Promise<{ sentence: string }>;
  /** Servers from a file in the `mcpServers` layout; each is started once, and what it lists is pinned. */
  importServers(
    text: string,
    actor: Actor,
  ): Promise<{ sentence: string; servers: ImportedServer[]; problems: string[] }>;
  /**
   * Starts it and compares what it lists with what was approved; `accept`: what differs becomes what is approved, and with
   * `listing` only when that is what was looked at.
   */
  testServer(name: string, actor: Actor, options?: { accept?: boolean; listing?: string }): Promise<TestedServer>;
  /** Another entry of `mcpServers` for a server, which is started once. `version`: refused when it is another one by now. */
  updateServer(
    name: string,
    entry: Record<string, unknown>,
    actor: Actor,
    options?: { version?: number },
  ): Promise<{ sentence: string; server: ImportedServer; problems: string[] }>;
  /** A person has come back from the page where they signed in at a server; then it is tested. */
  finishServerSignIn(name: string, code: string, state: string, actor: Actor): Promise<TestedServer>;
  /** Agents and documents as a person wrote them: each becomes a new version, once all of them are right. */
  importEntries(
    entries: ImportedEntry[],
    actor: Actor,
    options?: { onlyNew?: boolean },
  ): Promise<{ sentence: string; entries: { kind: string; name: string; version: number }[] }>;
  /** The same from files in the layout of the seeds: all of them, or none. */
  importFiles(
    kind: EntryKind,
    files: { file: string; text: string }[],
    actor: Actor,
    options?: { why?: string },
  ): ReturnType<Commands["importEntries"]>;
  /** Creates or changes one; `fields` as in `FieldsOf`. Refused (conflict) when another version than `ifVersion` is live; null: when any is. */
  saveEntry(
    kind: EntryKind,
    fields: unknown,
    actor: Actor,
    options?: { ifVersion?: number | null; why?: string },
  ): Promise<{ sentence: string; kind: EntryKind; name: string; version: number }>;
  /** What that version says becomes a new one. */
  restoreVersion(
    kind: EntryKind,
    name: string,
    version: number,
    actor: Actor,
    options?: { why?: string },
  ): Promise<{ sentence: string; version: number }>;
  /** Refused when the system or another entry needs it. */
  removeEntry(kind: EntryKind, name: string, actor: Actor): Promise<{ sentence: string }>;
  removeTool(name: string, actor: Actor): Promise<{ sentence: string }>;
  /** Of whole levels, and the hosts that nobody is asked about. */
  setPolicy(
    change: { levels?: Record<string, string>; addHosts?: string[]; removeHosts?: string[] },
    actor: Actor,
  ): Promise<{ sentence: string; policy: HostPolicy }>;
  /** Compares the audit with what it is now from now on: after a restore, or when the database was moved. */
  acceptAudit(actor: Actor): Promise<{ sentence: string }>;
  /** Copies the database while it is in use, and reads the copy back. */
  createBackup(actor: Actor): Promise<{ sentence: string; name: string; size_bytes: number }>;
  /** To download it: `file` is its path on the server. */
  openBackup(name: string, actor: Actor): Promise<{ sentence: string; file: string; size_bytes: number }>;
  deleteBackup(name: string, actor: Actor): Promise<{ sentence: string }>;
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

export type ImportedEntry =
  | { kind: "agent"; body: AgentBody }
  | { kind: "document"; body: DocumentBody }
  | { kind: "runbook"; body: RunbookBody };

export interface Application {
  /** Puts a row of the audit around every command of a person. */
  audited?(commands: Commands): Commands;
  /** A row for what a door refused before it was called. */
  auditRefusal?(actor: Actor, action: string, why: string): Promise<void>;
  queries: Queries;
  commands: Commands;
  live: LiveFeed;
}
