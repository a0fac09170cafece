/**
 * Tables of tasks that others gave by A2A, and of the tokens that started trees over MCP; see schema.ts. They name
 * their tree by its public id.
 */
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { createdAtMs, id } from "./schema";

/**
 * One task of another agent or of an MCP client. A2A stores it before its tree is submitted, so that a crash between
 * loses neither. MCP stores it afterwards, since its client learns of the task only then.
 */
export const a2aTasks = sqliteTable(
  "a2a_tasks",
  {
    id: id(),
    /** The public id of its tree, also when the tree was refused. */
    tree: text("tree").notNull().unique(),
    /** The id of the `Actor` who gave it; nobody else sees it. */
    owner: text("owner").notNull(),
    /** A2A's context; empty for MCP. */
    context: text("context").notNull(),
    /** Over which protocol it came. */
    door: text("door", { enum: ["a2a", "mcp"] })
      .notNull()
      .default("a2a"),
    /** Why the tree was refused, as one sentence; null when it was not. */
    refused: text("refused"),
    /** JSON of the media types that the other agent reads; null: it named none, so it gets all. */
    outputModes: text("output_modes"),
    /** JSON of its end, once a person has retried the ended tree: what was told as final stays. */
    ended: text("ended"),
    createdAtMs: createdAtMs(),
  },
  (table) => [index("a2a_tasks_of_owner").on(table.owner, table.id)],
);

/** Messages of other agents. A repeated message is recognised by its sender and the sender's id of it. */
export const a2aMessages = sqliteTable(
  "a2a_messages",
  {
    id: id(),
    owner: text("owner").notNull(),
    messageId: text("message_id").notNull(),
    tree: text("tree").notNull(),
    /** Hash of what the message says. */
    hash: text("hash").notNull(),
    /** JSON of the message without secrets; empty after its tree was deleted. */
    body: text("body").notNull(),
    /** The question that it answers; null: it begins a tree, or steers one. */
    question: text("question"),
    /** Whether its tree was submitted, or its task was told. */
    isDone: integer("is_done").notNull().default(0),
    createdAtMs: createdAtMs(),
  },
  (table) => [
    uniqueIndex("a2a_messages_once").on(table.owner, table.messageId),
    index("a2a_messages_of_tree").on(table.tree),
  ],
);

/** Addresses that are told when a task changes. A token for the address is a secret of the vault. */
export const a2aPushes = sqliteTable(
  "a2a_pushes",
  {
    id: id(),
    uid: text("uid").notNull().unique(),
    tree: text("tree").notNull(),
    /** The id that the other agent knows it by. */
    name: text("name").notNull(),
    url: text("url").notNull(),
    hasSecret: integer("has_secret").notNull().default(0),
    /** What the address was told last, so that nothing is told twice; null: nothing yet. */
    told: text("told"),
    createdAtMs: createdAtMs(),
  },
  (table) => [uniqueIndex("a2a_pushes_once").on(table.tree, table.name)],
);

/**
 * Messages of our tasks to outside agents. They are counted for the limit of each agent, tell whose task an agent's
 * task is, and let a call that is repeated after a crash find the task that it began.
 */
export const outsideCalls = sqliteTable(
  "outside_calls",
  {
    id: id(),
    /** The id of the message, which follows from the call. */
    uid: text("uid").notNull().unique(),
    /** The public id of the tree that asked. */
    tree: text("tree").notNull(),
    agent: text("agent").notNull(),
    /** The agent's id of its task; null while it is not known, or when it has none. */
    task: text("task"),
    /** The address of the agent's card while its task is not known to have ended; null otherwise. */
    openAddress: text("open_address"),
    createdAtMs: createdAtMs(),
  },
  (table) => [
    index("outside_calls_of_agent").on(table.agent, table.createdAtMs),
    index("outside_calls_of_tree").on(table.tree, table.agent, table.task),
  ],
);
