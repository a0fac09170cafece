/**
 * What the web application and the command line see of the runtime: commands that change something, queries that look,
 * and a live feed of commits. Whoever comes in gets it from `guard.ts`, which asks what they may.
 */
import type { AgentBody, DocumentBody } from "./core/configuration";
import type { HostPolicy } from "./core/policy";
import type { Actor, ApiToken, User } from "./core/roles";
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
} from "./core/shapes";
import type { FoundInTree, Timeline } from "./core/shapes-tree-views";

export type { Actor } from "./core/roles";

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

export interface ListedTool {
  name: string;
  description: string;
  level: string;
  /** `core`: every agent has it. `mcp`: a server, whose name stands for all of its tools. */
  source: "core" | "builtin" | "mcp";
  core: boolean;
  optional: boolean;
  policy: string;
  available: boolean;
  unavailable_reason: string | null;
  /** Why calls of it are refused at present, until a person has looked; null: they are not. */
  held_back: string | null;
  /** Of all tools of a server together. */
  calls: number;
  failures: number;
  last_used_at: string | null;
}

/** Values of secrets are shown as their names. */
export interface ShownServer {
  kind: "stdio" | "http";
  /** The command line that starts it, or its address. */
  start: string;
  package: { name: string; version: string; integrity: string } | null;
  /** That it may reach. */
  hosts: string[];
  scope: "tree" | "shared";
  workspace: "none" | "read" | "write";
  /** Names of what it is given in its environment or headers. */
  settings: string[];
  secrets: string[];
  hazards: string[];
  tools: { name: string; description: string; policy: string; schema: Record<string, unknown> }[];
}

/** Never a value: only how it ends, and that of a long one. */
export interface ListedSecret {
  name: string;
  last_four: string;
  updated_by: string;
  updated_at: string;
}

export interface ListedAudit {
  id: number;
  at: string;
  actor: string;
  action: string;
  subject: string;
  /** Id of the tree that it belongs to; empty: none. */
  tree: string;
  detail: string;
}

export interface AuditVerdict {
  ok: boolean;
  /** How many rows were read. */
  rows: number;
  head: { id: number; hash: string } | null;
  /** One sentence for each row that is not what was written; `id` 0: of the anchor. */
  faults: { id: number; kind: string; sentence: string }[];
  /** The file outside the database that the rows were compared with. */
  anchor: string;
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
  /** The most pressing first. `alikeTo`: the open items that are equal to this one. */
  listReviews(options?: {
    open?: boolean;
    treeId?: string;
    alikeTo?: string;
    after?: string;
    limit?: number;
  }): Promise<Page<Review>>;
  getReview(id: string): Promise<Review>;
  /** The newest first, those that are over too. */
  listRules(): Promise<ApprovalRule[]>;
  /** The newest first. */
  listInterventions(options?: { treeId?: string; taskId?: string; limit?: number }): Promise<Intervention[]>;
  /** Result, verdict, spend, duration and files of two trees. */
  compareTrees(one: string, other: string): Promise<Comparison>;
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
  listSecrets(): Promise<ListedSecret[]>;
  /** The newest first. */
  listAudit(options?: {
    after?: string;
    limit?: number;
    actor?: string;
    action?: string;
    tree?: string;
  }): Promise<Page<ListedAudit>>;
  /** `newest`: only so many rows, which takes no time. */
  verifyAudit(options?: { newest?: number }): Promise<AuditVerdict>;
  /** What holds for calls of each level, and the hosts that nobody is asked about. */
  getPolicy(): Promise<HostPolicy>;
  getStatus(): Promise<ServerStatus>;
  /** Counted anew over all tasks and trees each time: for programs that ask every few seconds, not for pages. */
  getFigures(): Promise<ServerFigures>;
  /** Everybody who may sign in, by address. */
  listUsers(): Promise<User[]>;
  /** The newest first, those that are over too. */
  listTokens(): Promise<ApiToken[]>;
}

export interface Commands {
  submitTree(submission: Submission, actor: Actor): Promise<Tree>;
  /** ID is a tree or a task (and its branch); unique prefixes are accepted. Each says in one sentence what follows from it. */
  /** `alone`: the task only, while its subtasks go on. */
  pause(id: string, actor: Actor, options?: { alone?: boolean }): Promise<{ sentence: string }>;
  resume(id: string, actor: Actor): Promise<{ sentence: string }>;
  /** One turn of a task under manual stepping; another task is put under it from its next turn on. */
  step(taskId: string, actor: Actor): Promise<{ sentence: string }>;
  stop(id: string, reason: string, actor: Actor): Promise<{ sentence: string }>;
  retry(taskId: string, actor: Actor): Promise<{ sentence: string }>;
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
   * `alike`: every open item that is equal to it too. `decided`: what was.
   */
  decide(
    reviewId: string,
    decision: "approved" | "rejected",
    reason: string,
    actor: Actor,
    options?: { alike?: boolean },
  ): Promise<{ sentence: string; decided: string[] }>;
  answer(reviewId: string, text: string, actor: Actor): Promise<{ sentence: string }>;
  /**
   * Approves calls by itself, for `hours` (24): those of a tool, or (`item`) those equal to one that was put before a person,
   * and with `exact: false` every call of that tool. What waits and matches is approved at once.
   */
  addRule(
    rule: { tool?: string; item?: string; exact?: boolean; agent?: string; why?: string; hours?: number },
    actor: Actor,
  ): Promise<{ sentence: string; rule: string; decided: string[] }>;
  /** `decided`: what the rule had approved. */
  revokeRule(id: string, actor: Actor): Promise<{ sentence: string; decided: string[] }>;
  /** Whether calls of a tool run, wait for a person, or are refused: for calls from now on. */
  setToolPolicy(name: string, policy: string, actor: Actor): Promise<{ sentence: string }>;
  deleteTree(id: string, actor: Actor): Promise<{ sentence: string }>;
  /** Servers from a file in the `mcpServers` layout; each is started once, and what it lists is pinned. */
  importServers(
    text: string,
    actor: Actor,
  ): Promise<{ sentence: string; servers: ImportedServer[]; problems: string[] }>;
  /** Starts it and compares what it lists with what was approved; `accept`: what differs becomes what is approved. */
  testServer(name: string, actor: Actor, options?: { accept?: boolean }): Promise<TestedServer>;
  /** A person has come back from the page where they signed in at a server; then it is tested. */
  finishServerSignIn(name: string, code: string, state: string, actor: Actor): Promise<TestedServer>;
  /** Agents and documents as a person wrote them: each becomes a new version, once all of them are right. */
  importEntries(
    entries: ImportedEntry[],
    actor: Actor,
    options?: { onlyNew?: boolean },
  ): Promise<{ sentence: string; entries: { kind: string; name: string; version: number }[] }>;
  removeTool(name: string, actor: Actor): Promise<{ sentence: string }>;
  /** Of whole levels, and the hosts that nobody is asked about. */
  setPolicy(
    change: { levels?: Record<string, string>; addHosts?: string[]; removeHosts?: string[] },
    actor: Actor,
  ): Promise<{ sentence: string; policy: HostPolicy }>;
  /** Somebody who may sign in from now on. Refused when the address is none, or somebody's already. */
  addUser(user: { email: string; name?: string; role: string }, actor: Actor): Promise<User>;
  /** `who`: an id or an address. The last admin stays one. */
  setUserRole(who: string, role: string, actor: Actor): Promise<{ sentence: string }>;
  /** Their sessions, sockets and tokens end. */
  removeUser(who: string, actor: Actor): Promise<{ sentence: string }>;
  /** The only time that the token itself is told. `days` until it expires (90). `task`: it sees only that and what is below. */
  createToken(
    wanted: { role: string; name?: string; days?: number; task?: string },
    actor: Actor,
  ): Promise<ApiToken & { token: string }>;
  revokeToken(id: string, actor: Actor): Promise<{ sentence: string }>;
  /** Makes a secret, or replaces its value. Names are of `a-z0-9_/.-`. */
  setSecret(name: string, value: string, actor: Actor): Promise<{ sentence: string }>;
  removeSecret(name: string, actor: Actor): Promise<{ sentence: string }>;
  /** Encrypts all secrets with a new key, and drops the old ones. */
  rotateSecrets(actor: Actor): Promise<{ sentence: string }>;
  /** Compares the audit with what it is now from now on: after a restore, or when the database was moved. */
  acceptAudit(actor: Actor): Promise<{ sentence: string }>;
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

/** One server of an imported file. */
export interface ImportedServer {
  name: string;
  /** As agents call them. */
  tools: string[];
  /** What is dangerous about it, one sentence each. */
  hazards: string[];
  /** Why it does not answer; null: it does. */
  problem: string | null;
  /** The address that a person opens to sign in at it; null: none is needed. */
  sign_in: string | null;
}

export interface TestedServer {
  sentence: string;
  /** As agents call them. */
  tools: string[];
  changes: { name: string; change: string }[];
  /** It answers as it was approved: its tools can be called. */
  ok: boolean;
  /** As in `ImportedServer`. */
  sign_in: string | null;
}

export type ImportedEntry = { kind: "agent"; body: AgentBody } | { kind: "document"; body: DocumentBody };

export interface Application {
  /** Puts a row of the audit around every command of a person. */
  audited?(commands: Commands): Commands;
  /** A row for what a door refused before it was called. */
  auditRefusal?(actor: Actor, action: string, why: string): Promise<void>;
  queries: Queries;
  commands: Commands;
  live: LiveFeed;
}
