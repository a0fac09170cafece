/** Stores tasks of other agents and of MCP clients, messages of agents, and the addresses that are told about them. */
import type {
  A2aBeginning,
  A2aEnd,
  A2aMessage,
  A2aPush,
  A2aQuestion,
  A2aRecords,
  A2aTask,
  McpRecords,
} from "@/core/a2a/records";
import type { Sqlite } from "@/db/file/client";
import type { Writes } from "@/db/file/writes";
import { TREE_STATUS } from "@/db/queries/tree-list";

type Shared =
  | keyof McpRecords
  | "task"
  | "list"
  | "message"
  | "messages"
  | "questions"
  | "keep"
  | "done"
  | "refuse"
  | "pushes";

export interface A2aStore extends Pick<A2aRecords, Shared> {
  /** Returns a task of any owner. */
  anyTask(id: string): A2aTask | null;
  push(uid: string): A2aPush | null;
  /** Returns the addresses for which there may be news, with a text that changes when their task does. */
  openPushes(): (A2aPush & { mark: string })[];
  addPush(push: Omit<A2aPush, "told" | "owner">): Promise<void>;
  removePush(uid: string): Promise<void>;
  /** Stores what an address was told, and the message to it, in one transaction. */
  tell(uid: string, told: string, delivery: { uid: string; webhook: string; body: string }): Promise<void>;
  /** Returns the uids of all addresses. */
  pushUids(): string[];
}

/** `told` begins with this when no more messages will follow. */
export const TOLD_FINAL = "final ";

type Statements = ReturnType<typeof a2aStatements>;

export function createA2aStore(sqlite: Sqlite, log: Writes): A2aStore {
  const run = a2aStatements(sqlite);
  return {
    task: (owner, id) => taskOf(run.task.get({ owner, id }) as TaskRow | undefined),
    anyTask: (id) => taskOf(run.anyTask.get({ id }) as TaskRow | undefined),
    list: (owner, context) => (run.list.all({ owner, context }) as TaskRow[]).map(shapeOf),
    message: (owner, messageId) => messageOf(run.message.get({ owner, messageId }) as MessageRow | undefined),
    messages: (id) => (run.messages.all(id) as MessageRow[]).map(shapeOfMessage),
    questions: (id) => run.questions.all(id) as A2aQuestion[],
    keep: (owner, message, begins) => keep(run, log, owner, message, begins),
    keepMcpTask: (owner, id) => log.write(({ nowMs }) => void run.addMcpTask.run({ owner, task: id, now: nowMs })),
    mcpTask: (owner, id) => taskOf(run.mcpTask.get({ owner, id }) as TaskRow | undefined),
    done: (owner, messageId) => log.write(() => void run.done.run({ owner, messageId })),
    refuse: (owner, id, sentence) => log.write(() => void run.refuse.run({ owner, id, sentence })),
    pushes: (id) => (run.pushes.all(id) as PushRow[]).map(shapeOfPush),
    push: (uid) => {
      const row = run.push.get(uid) as PushRow | undefined;
      return row ? shapeOfPush(row) : null;
    },
    openPushes: () =>
      (run.openPushes.all() as (PushRow & { mark: string })[]).map((row) => ({ ...shapeOfPush(row), mark: row.mark })),
    addPush: (push) =>
      log.write(({ nowMs }) => void run.addPush.run({ ...push, hasSecret: push.hasSecret ? 1 : 0, now: nowMs })),
    removePush: (uid) =>
      log.write(() => {
        run.removeDeliveries.run(`a2a/${uid}`);
        run.removePush.run(uid);
      }),
    tell: (uid, told, delivery) =>
      log.write(({ nowMs }) => {
        run.tell.run({ uid, told });
        run.addDelivery.run({ ...delivery, subject: delivery.uid, now: nowMs });
      }),
    pushUids: () => run.pushUids.all() as string[],
  };
}

const TASK = `
  SELECT given.tree AS id, given.context, given.refused, given.ended, given.output_modes AS outputModes, given.created_at_ms AS createdAtMs,
    root.uid AS rootTask, ${TREE_STATUS} AS status, root.status AS rootStatus, root.reason, root.detail,
    (SELECT ifnull(sum(turns), 0) FROM tasks WHERE tasks.tree_id = tree.id) AS turns,
    tree.tasks_total AS tasks, tree.tasks_ended AS endedTasks,
    CASE WHEN root.started_at_ms IS NOT NULL THEN max(root.started_at_ms, ifnull((
      SELECT max(decided_at_ms) FROM reviews WHERE tree_id = tree.id AND kind = 'question' AND addressee_id IS NULL), 0))
    END AS workingSinceMs,
    root.ended_at_ms AS endedAtMs, question.uid AS questionId, question.detail AS questionText,
    question.created_at_ms AS questionAtMs
  FROM a2a_tasks given LEFT JOIN trees tree ON tree.uid = given.tree LEFT JOIN tasks root ON root.id = tree.root_id
    LEFT JOIN reviews question ON question.id = (
      SELECT min(id) FROM reviews WHERE tree_id = tree.id AND status = 'open' AND kind = 'question' AND addressee_id IS NULL)`;
const MESSAGE =
  "SELECT message_id AS messageId, tree AS task, hash, body, question, is_done AS isDone, created_at_ms AS atMs FROM a2a_messages";
const PUSH = `
  SELECT push.uid, push.tree AS task, push.name, push.url, push.has_secret AS hasSecret, push.told,
  (SELECT owner FROM a2a_tasks WHERE a2a_tasks.tree = push.tree) AS owner`;

function a2aStatements(sqlite: Sqlite) {
  return {
    task: sqlite.prepare(`${TASK} WHERE given.owner = @owner AND given.tree = @id AND given.door = 'a2a'`),
    mcpTask: sqlite.prepare(`${TASK} WHERE given.owner = @owner AND given.tree = @id AND given.door = 'mcp'`),
    anyTask: sqlite.prepare(`${TASK} WHERE given.tree = @id AND given.door = 'a2a'`),
    list: sqlite.prepare(
      `${TASK} WHERE given.owner = @owner AND given.door = 'a2a' AND (tree.id IS NOT NULL OR given.refused IS NOT NULL) AND (@context IS NULL OR given.context = @context)
      ORDER BY given.id DESC LIMIT 1000`,
    ),
    message: sqlite.prepare(`${MESSAGE} WHERE owner = @owner AND message_id = @messageId`),
    messages: sqlite.prepare(`${MESSAGE} WHERE tree = ? ORDER BY id`),
    questions: sqlite.prepare(`
      SELECT reviews.uid AS id, detail AS text, reviews.created_at_ms AS atMs FROM reviews
      JOIN trees ON trees.id = reviews.tree_id WHERE trees.uid = ? AND kind = 'question' AND addressee_id IS NULL
      ORDER BY reviews.id`),
    addTask: sqlite.prepare(
      `INSERT INTO a2a_tasks (tree, owner, context, output_modes, created_at_ms)
      VALUES (@task, @owner, @context, @outputModes, @now)`,
    ),
    addMcpTask: sqlite.prepare(`
      INSERT INTO a2a_tasks (tree, owner, context, door, created_at_ms) VALUES (@task, @owner, '', 'mcp', @now)
      ON CONFLICT (tree) DO NOTHING`),
    addMessage: sqlite.prepare(`
      INSERT INTO a2a_messages (owner, message_id, tree, hash, body, question, created_at_ms)
      VALUES (@owner, @messageId, @task, @hash, @body, @question, @now)`),
    done: sqlite.prepare("UPDATE a2a_messages SET is_done = 1 WHERE owner = @owner AND message_id = @messageId"),
    refuse: sqlite.prepare("UPDATE a2a_tasks SET refused = @sentence WHERE owner = @owner AND tree = @id"),
    ...pushStatements(sqlite),
  };
}

function pushStatements(sqlite: Sqlite) {
  return {
    pushes: sqlite.prepare(`${PUSH} FROM a2a_pushes push WHERE push.tree = ? ORDER BY push.id`),
    push: sqlite.prepare(`${PUSH} FROM a2a_pushes push WHERE push.uid = ?`),
    openPushes: sqlite.prepare(`
      ${PUSH}, ifnull(given.refused, '') || ifnull(given.ended, '') || ifnull(tree.id, '') || ' ' ||
        ifnull((SELECT max(id) FROM messages WHERE tree_id = tree.id), 0) || ' ' ||
        (SELECT count(*) || ' ' || ifnull(max(id), 0) FROM reviews WHERE tree_id = tree.id AND status = 'open') AS mark
      FROM a2a_pushes push JOIN a2a_tasks given ON given.tree = push.tree LEFT JOIN trees tree ON tree.uid = push.tree
      WHERE push.told IS NULL OR push.told NOT LIKE '${TOLD_FINAL}%' ORDER BY push.id`),
    addPush: sqlite.prepare(`
      INSERT INTO a2a_pushes (uid, tree, name, url, has_secret, created_at_ms)
      VALUES (@uid, @task, @name, @url, @hasSecret, @now)
      ON CONFLICT (tree, name) DO UPDATE SET url = excluded.url, has_secret = excluded.has_secret`),
    removePush: sqlite.prepare("DELETE FROM a2a_pushes WHERE uid = ?"),
    removeDeliveries: sqlite.prepare("DELETE FROM webhook_deliveries WHERE webhook = ?"),
    tell: sqlite.prepare("UPDATE a2a_pushes SET told = @told WHERE uid = @uid"),
    addDelivery: sqlite.prepare(`
      INSERT INTO webhook_deliveries (uid, webhook, subject, body, status, created_at_ms, next_at_ms)
      VALUES (@uid, @webhook, @subject, @body, 'waiting', @now, @now)`),
    pushUids: sqlite.prepare("SELECT uid FROM a2a_pushes").pluck(),
  };
}

function keep(
  run: Statements,
  log: Writes,
  owner: string,
  message: Pick<A2aMessage, "messageId" | "task" | "hash" | "body" | "question">,
  begins: A2aBeginning | null,
): Promise<A2aMessage> {
  const { messageId } = message;
  return log.write(({ nowMs }) => {
    const known = messageOf(run.message.get({ owner, messageId }) as MessageRow | undefined);
    if (known) return known;
    if (begins) {
      const outputModes = begins.accepts && JSON.stringify(begins.accepts);
      run.addTask.run({ owner, task: message.task, context: begins.context, outputModes, now: nowMs });
    }
    run.addMessage.run({ ...message, owner, now: nowMs });
    return { ...message, isDone: false, atMs: nowMs };
  });
}

type MessageRow = Omit<A2aMessage, "isDone"> & { isDone: number };
type PushRow = Omit<A2aPush, "hasSecret"> & { hasSecret: number };

function messageOf(row: MessageRow | undefined): A2aMessage | null {
  return row ? shapeOfMessage(row) : null;
}

function shapeOfMessage(row: MessageRow): A2aMessage {
  return { ...row, isDone: row.isDone === 1 };
}

function shapeOfPush({ uid, task, owner, name, url, hasSecret, told }: PushRow): A2aPush {
  return { uid, task, owner, name, url, hasSecret: hasSecret === 1, told };
}

type TreeFacts = NonNullable<A2aTask["tree"]>;
type TaskRow = Pick<A2aTask, "id" | "context" | "refused" | "createdAtMs"> &
  Omit<TreeFacts, "rootTask" | "status"> & {
    ended: string | null;
    outputModes: string | null;
    rootTask: string | null;
    status: TreeFacts["status"];
    rootStatus: TreeFacts["status"];
    questionId: string | null;
    questionText: string;
    questionAtMs: number;
  };

function taskOf(row: TaskRow | undefined): A2aTask | null {
  return row ? shapeOf(row) : null;
}

function shapeOf(row: TaskRow): A2aTask {
  const { id, context, refused, createdAtMs, rootTask, reason, detail, turns, tasks, endedTasks } = row;
  const { workingSinceMs, endedAtMs, questionId, questionText, questionAtMs } = row;
  // After the root's end its documentation may still run, which the other agent does not wait for.
  const status = endedAtMs === null ? row.status : row.rootStatus;
  return {
    id,
    context,
    refused,
    createdAtMs,
    accepts: row.outputModes === null ? null : (JSON.parse(row.outputModes) as string[]),
    ended: row.ended === null ? null : (JSON.parse(row.ended) as A2aEnd),
    tree:
      rootTask === null
        ? null
        : { rootTask, status, reason, detail, turns, tasks, endedTasks, workingSinceMs, endedAtMs },
    question: questionId === null ? null : { id: questionId, text: questionText, atMs: questionAtMs },
  };
}
