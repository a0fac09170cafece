/** Tasks that other agents gave by A2A, as the database keeps them. */
import type { OfferedSkill } from "@/core/a2a/skills";
import type { Reason } from "@/core/log/reasons";
import type { EndStatus, TaskStatus } from "@/core/log/terms";

/** The end that the other agent was told. It stays although a person has retried the tree. */
export interface A2aEnd {
  status: EndStatus;
  reason: Reason | null;
  detail: string | null;
  result: string | null;
  atMs: number;
}

export interface A2aQuestion {
  id: string;
  text: string;
  atMs: number;
}

/** What a message that begins a task says about it. */
export interface A2aBeginning {
  context: string;
  /** The media types that the other agent reads; null: it named none. */
  accepts: readonly string[] | null;
}

/** A task of another agent with what its tree says now. */
export interface A2aTask {
  /** The public id of its tree. */
  id: string;
  context: string;
  refused: string | null;
  /** The media types that the other agent reads besides text; null: it named none, so it gets all. */
  accepts: readonly string[] | null;
  ended: A2aEnd | null;
  createdAtMs: number;
  /** null while the tree is not there: it was refused, or is being submitted. */
  tree: {
    rootTask: string;
    status: TaskStatus;
    reason: Reason | null;
    detail: string | null;
    /** Turns of all its tasks. */
    turns: number;
    tasks: number;
    endedTasks: number;
    /** When it started, or was last answered. */
    workingSinceMs: number | null;
    /** When the root ended. */
    endedAtMs: number | null;
  } | null;
  /** The oldest open question to a person. */
  question: A2aQuestion | null;
}

/** A message of another agent, as it was received. */
export interface A2aMessage {
  messageId: string;
  task: string;
  hash: string;
  /** JSON of the message without secrets. */
  body: string;
  /** The id of the question that it answers; null: it begins a task, or steers one. */
  question: string | null;
  isDone: boolean;
  atMs: number;
}

export interface A2aPush {
  uid: string;
  task: string;
  /** The id of the `Actor` whose task it is. */
  owner: string;
  name: string;
  url: string;
  hasSecret: boolean;
  told: string | null;
}

/** What an address gets with each message, so that it knows the sender. */
export interface A2aPushSecret {
  token: string;
  scheme: string;
  credentials: string;
}

/** Keeps which token started a tree over MCP, so that only that token sees its task. */
export interface McpRecords {
  /** Stores the owner of an existing tree. Does nothing when an owner is already stored. */
  keepMcpTask(owner: string, id: string): Promise<void>;
  /** Returns null for an unknown task, and for one of another owner. */
  mcpTask(owner: string, id: string): A2aTask | null;
}

/** Keeps tasks of other agents. Each method sees only the tasks of one owner. */
export interface A2aRecords extends McpRecords {
  /** Returns null for an unknown task, and for one of another owner. */
  task(owner: string, id: string): A2aTask | null;
  /** Returns the newest tasks of the owner, at most 1,000, newest first; none whose tree could not be submitted. */
  list(owner: string, context: string | null): A2aTask[];
  message(owner: string, messageId: string): A2aMessage | null;
  /** Whether the file of the agent that began the tree says that a bare message is the answer; false without a tree. */
  answersWithMessage(id: string): boolean;
  /** Returns the messages of the task, oldest first. */
  messages(id: string): A2aMessage[];
  /** Returns the questions of the task to a person, answered ones too, oldest first. */
  questions(id: string): A2aQuestion[];
  /** Stores a message, and its task when the message `begins` one. Returns what was stored before, if it was. */
  keep(
    owner: string,
    message: Pick<A2aMessage, "messageId" | "task" | "hash" | "body" | "question">,
    begins: A2aBeginning | null,
  ): Promise<A2aMessage>;
  done(owner: string, messageId: string): Promise<void>;
  /** Returns the text without the secrets that Banyan knows. */
  redact(text: string): string;
  refuse(owner: string, id: string, sentence: string): Promise<void>;
  pushes(id: string): A2aPush[];
  secretOf(push: A2aPush): A2aPushSecret | null;
  /** Stores where to tell about a task, or changes it. Throws UserError when the address is not allowed. */
  addPush(id: string, push: { name: string; url: string; secret: A2aPushSecret | null }, by: string): Promise<void>;
  removePush(id: string, name: string, by: string): Promise<void>;
  /**
   * Throws UserError when messages to this address are not allowed, or the task tells too many already. `name` is null
   * for an address that has none yet, and `id` for a task that is not there yet.
   */
  checkPush(id: string | null, push: { name: string | null; url: string }): Promise<void>;
  /** Returns the skills that everybody can discover. */
  skills(): OfferedSkill[];
  /** Returns the private key, as JSON, that signs the card; created at first use. */
  cardKey(): Promise<string>;
}
