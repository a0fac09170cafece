/**
 * Writes one tree's rows into a separate SQLite file, for agents that query their work with SQL. A read-only connection
 * to the main database would not isolate trees; a separate file does. Names and values follow the JSON shapes: public
 * ids, ISO times, dollars, kinds as words. It does not block turns: it reads through its own connection and yields to
 * the event loop between slices.
 */
import { createHash, randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { inflateRaw } from "node:zlib";
import Database from "better-sqlite3";
import type { Client, Sqlite } from "@/db/file/client";
import { KINDS } from "@/db/file/rows";
import { messageShape, SHOWN_STATUS, type StoredMessage } from "@/db/queries/shapes";
import { lastMessageBefore } from "@/db/reviews/interventions";

/** The tables and columns of a snapshot, in order. Nothing else leaves the main database. */
export const SNAPSHOT_TABLES = {
  tasks: [
    "id",
    "tree_id",
    "parent_id",
    "role",
    "title",
    "agent",
    "model",
    "instruction",
    "status",
    "reason",
    "reason_detail",
    "waiting_for",
    "parked_until",
    "depth",
    "attempt",
    "turns",
    "headline",
    "result",
    "summary",
    "verdict",
    "grant_tokens",
    "grant_cost_usd",
    "grant_tasks",
    "grant_depth",
    "grant_seconds",
    "tokens_in",
    "tokens_out",
    "cost_usd",
    "created_at",
    "started_at",
    "ended_at",
  ],
  messages: ["seq", "tree_id", "task_id", "turn", "kind", "content", "tool", "tool_call_id", "usage", "created_at"],
  reviews: [
    "id",
    "tree_id",
    "task_id",
    "kind",
    "title",
    "detail",
    "evidence",
    "blast_radius",
    "uncertainty",
    "if_ignored",
    "status",
    "answer",
    "created_at",
    "decided_by",
    "decided_at",
  ],
  attempts: ["tree_id", "task_id", "attempt", "status", "reason", "result_seq", "ended_at"],
  interventions: ["tree_id", "task_id", "rule", "action", "evidence", "seq", "created_at"],
} as const;

export type SnapshotTable = keyof typeof SNAPSHOT_TABLES;
const TABLES = Object.keys(SNAPSHOT_TABLES) as SnapshotTable[];

/** Raise this number with every change of the file's content: files of another format are not used. */
const FORMAT = 2;
const SLICE_ROWS = 250;
/** Larger bodies are left out, and all further bodies when a tree's messages exceed the limit of a snapshot. */
const BODY_MAX_BYTES = 1024 * 1024;
const CONTENT_MAX_BYTES = 256 * 1024 * 1024;
/** Keeps two files, because a reader may not have opened the previous one yet. */
const KEPT_FILES = 2;
/** An incomplete file counts as being written by another process until this long after its last change. */
const ABANDONED_MS = 10 * 60_000;

const inflate = promisify(inflateRaw);
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));

export interface SqlSnapshots {
  /**
   * Resolves with the path of a file with one tree's rows as of its newest message. `folder` must hold only snapshots.
   * The file stays at least until the snapshot after the next is taken. Rejects when there is no such tree, or with the
   * error of SQLite or the system when the file cannot be written.
   */
  take(treeUid: string, folder: string): Promise<string>;
}

/** `giveTo` hands a file over to the user who will read it, before anybody knows its name. */
export function createSqlSnapshots(client: Client, giveTo: (file: string) => void = () => undefined): SqlSnapshots {
  const newest = client.sqlite.prepare(`
    SELECT id, coalesce((SELECT max(id) FROM messages WHERE tree_id = trees.id), 0) AS seq FROM trees WHERE uid = ?`);
  const building = new Map<string, Promise<string>>();
  const naming = namingFor(client.file);

  return {
    async take(treeUid, folder) {
      for (;;) {
        const tree = newest.get(treeUid) as { id: number; seq: number } | undefined;
        if (!tree) throw new Error("The tree no longer exists.");
        const file = path.join(folder, naming.nameOf(tree.seq));
        if (fs.existsSync(file)) return file;
        const underWay = building.get(folder);
        if (!underWay) {
          const built = build({ main: client.file, naming, treeUid, treeId: tree.id, folder, giveTo });
          building.set(folder, built);
          return built.finally(() => building.delete(folder));
        }
        // The result may be older than the newest message by now; then check again.
        await underWay.catch(() => undefined);
      }
    },
  };
}

interface Naming {
  nameOf(seq: number): string;
  /** -1 when the file is not a snapshot. */
  seqOf(name: string): number;
}

/**
 * A file's name distinguishes formats, databases (a restored database reuses numbers of messages), and starts of the
 * machine, because files are not synced to disk.
 */
function namingFor(main: string): Naming {
  const { ino, birthtimeMs } = fs.statSync(main);
  const origin = createHash("sha256").update(`${bootId()} ${ino} ${birthtimeMs}`).digest("hex").slice(0, 16);
  const prefix = `${FORMAT}-${origin}-`;
  return {
    nameOf: (seq) => `${prefix}${seq}.db`,
    seqOf: (name) =>
      name.startsWith(prefix) && name.endsWith(".db") ? Number.parseInt(name.slice(prefix.length), 10) : -1,
  };
}

function bootId(): string {
  try {
    return fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8");
  } catch {
    return "";
  }
}

interface Build {
  main: string;
  naming: Naming;
  treeUid: string;
  treeId: number;
  folder: string;
  giveTo(file: string): void;
}

async function build(job: Build): Promise<string> {
  fs.mkdirSync(job.folder, { recursive: true, mode: 0o700 });
  removeOld(job);
  const unfinished = path.join(job.folder, `${randomUUID()}.new`);
  try {
    const lastSeq = await beginFile(job, unfinished);
    const seq = await fill(job, unfinished, lastSeq);
    job.giveTo(unfinished);
    const file = path.join(job.folder, job.naming.nameOf(seq));
    fs.renameSync(unfinished, file);
    return file;
  } catch (error) {
    fs.rmSync(unfinished, { force: true });
    throw error;
  }
}

/** Deletes old files to make room for a new one. */
function removeOld({ folder, naming }: Build): void {
  const names = fs.readdirSync(folder).sort((a, b) => naming.seqOf(b) - naming.seqOf(a));
  for (const name of names.slice(KEPT_FILES - 1)) {
    const file = path.join(folder, name);
    const age = Date.now() - (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (!name.endsWith(".new") || age > ABANDONED_MS) fs.rmSync(file, { force: true });
  }
}

/** Starts a file as a copy of the last one, because messages never change. Returns the newest message in it, or 0 for an empty file. */
async function beginFile({ folder, naming }: Build, unfinished: string): Promise<number> {
  fs.closeSync(fs.openSync(unfinished, "wx", 0o600));
  const last = Math.max(0, ...fs.readdirSync(folder).map(naming.seqOf));
  if (last === 0) return 0;
  try {
    await fs.promises.copyFile(path.join(folder, naming.nameOf(last)), unfinished, fs.constants.COPYFILE_FICLONE);
    return last;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    // Another process has just deleted it.
    return 0;
  }
}

/** Fills the file. Returns the newest message in it. */
async function fill(job: Build, file: string, lastSeq: number): Promise<number> {
  const from = new Database(job.main, { readonly: true, timeout: 5_000 });
  const to = new Database(file);
  try {
    // Needs no rollback journal, because nobody sees the file before it is complete.
    for (const pragma of ["journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE"]) to.pragma(pragma);
    from.exec("BEGIN");
    to.exec("BEGIN");
    makeTables(to, lastSeq === 0);
    const copy = { ...job, from, to };
    const newest = await copyRows(copy, "messages", lastSeq, messageCompletion(from, to));
    // Building the index at the end is cheaper than updating it with each row.
    if (lastSeq === 0) to.exec("CREATE INDEX messages_of_task ON messages (task_id)");
    await copyRows(copy, "tasks", 0, taskCompletion(to));
    for (const table of ["reviews", "attempts", "interventions"] as const) await copyRows(copy, table, 0);
    to.exec("COMMIT");
    return Math.max(newest, lastSeq);
  } finally {
    to.close();
    from.close();
  }
}

/** Declarations of the columns that find rows. */
const KEYS: Partial<Record<SnapshotTable, string>> = { messages: "seq INTEGER PRIMARY KEY", tasks: "id UNIQUE" };

/** Makes the tables of a snapshot, or empties those that are copied again. */
export function makeTables(to: Sqlite, isNew: boolean): void {
  for (const table of TABLES) {
    const [first, ...rest] = SNAPSHOT_TABLES[table];
    // A column without a declared type stores any value unchanged.
    const key = KEYS[table] ?? first;
    if (isNew) to.exec(`CREATE TABLE ${table} (${[key, ...rest].join(", ")})`);
    else if (table !== "messages") to.exec(`DELETE FROM ${table}`);
  }
}

type Value = string | number | null;
export type Row = Record<string, Value> & { row_key: number };
export type Completion = (row: Row) => Promise<void> | void;

interface Copy extends Build {
  from: Sqlite;
  to: Sqlite;
}

/** Copies the rows of a table with keys above `after`, in slices. Returns the last key. */
export async function copyRows(
  { from, to, treeUid, treeId }: Pick<Copy, "from" | "to" | "treeUid" | "treeId">,
  table: SnapshotTable,
  after: number,
  complete?: Completion,
): Promise<number> {
  const columns = SNAPSHOT_TABLES[table];
  const select = from.prepare(
    `${SELECTS[table]} WHERE source.tree_id = ? AND source.rowid > ? ORDER BY source.rowid LIMIT ?`,
  );
  const insert = to.prepare(`INSERT INTO ${table} VALUES (${columns.map(() => "?").join(", ")})`);
  for (let last = after; ; ) {
    const rows = select.all(treeId, last, SLICE_ROWS) as Row[];
    for (const row of rows) {
      row.tree_id = treeUid;
      // Awaits only real promises, because awaiting each of ten thousand rows is slow.
      const waits = complete?.(row);
      if (waits) await waits;
      insert.run(columns.map((column) => row[column] ?? null));
    }
    last = rows.at(-1)?.row_key ?? last;
    if (rows.length < SLICE_ROWS) return last;
    await breathe();
  }
}

const time = (column: string, name: string) =>
  `strftime('%Y-%m-%dT%H:%M:%fZ', source.${column} / 1000.0, 'unixepoch') AS ${name}`;
const dollars = (column: string, name: string) => `source.${column} / 1e6 AS ${name}`;
const TASK_ID = "(SELECT uid FROM tasks WHERE id = source.task_id) AS task_id";

/** The query for each table. Columns outside SNAPSHOT_TABLES only help to complete the row. */
const SELECTS: Record<SnapshotTable, string> = {
  tasks: `SELECT source.rowid AS row_key, uid AS id, (SELECT uid FROM tasks WHERE id = source.parent_id) AS parent_id, role,
    title, agent, model, ${SHOWN_STATUS} AS status, reason, detail AS reason_detail,
    CASE WHEN status = 'waiting' THEN wait_kind END AS waiting_for, ${time("parked_until_ms", "parked_until")}, depth,
    attempt, turns, headline, grant_tokens, ${dollars("grant_micro_usd", "grant_cost_usd")}, grant_tasks, grant_depth,
    grant_seconds, tokens_in, tokens_out, ${dollars("micro_usd", "cost_usd")}, ${time("created_at_ms", "created_at")},
    ${time("started_at_ms", "started_at")}, ${time("ended_at_ms", "ended_at")}, result_seq FROM tasks source`,
  messages: `SELECT source.id AS row_key, source.id AS seq, ${TASK_ID}, turn, kind, tool, call_id AS tool_call_id,
    ${time("created_at_ms", "created_at")}, body, blob_id, created_at_ms FROM messages source`,
  reviews: `SELECT source.rowid AS row_key, uid AS id, ${TASK_ID}, kind, title, detail, evidence, blast_radius, uncertainty,
    if_ignored, status, answer, ${time("created_at_ms", "created_at")}, decided_by,
    ${time("decided_at_ms", "decided_at")} FROM reviews source`,
  attempts: `SELECT source.rowid AS row_key, ${TASK_ID}, attempt, status, reason, result_seq,
    ${time("ended_at_ms", "ended_at")} FROM attempts source`,
  interventions: `SELECT source.rowid AS row_key, ${TASK_ID}, rule, action, evidence,
    ${lastMessageBefore("source")} AS seq, ${time("created_at_ms", "created_at")} FROM interventions source`,
};

/** Returns kind, content and usage of a stored message. */
export function messageCompletion(from: Sqlite, to: Sqlite): Completion {
  const blob = from.prepare("SELECT size_bytes AS sizeBytes, data FROM blobs WHERE id = ?");
  const size = to.prepare("SELECT coalesce(sum(octet_length(content)), 0) FROM messages").pluck();
  let room = CONTENT_MAX_BYTES - (size.get() as number);

  function complete(row: Row, body: string): void {
    const kind = KINDS[Number(row.kind)] ?? null;
    room -= Buffer.byteLength(body);
    // All kinds except replies are stored in their shown form.
    const reply = kind === "agent_response" ? messageShape(storedMessage(row), body, true) : null;
    row.usage = reply && JSON.stringify(reply.usage);
    row.content = reply ? JSON.stringify(reply.content) : body;
    row.kind = kind;
  }

  function leaveOut(row: Row, sizeBytes: number): void {
    row.kind = KINDS[Number(row.kind)] ?? null;
    row.content = JSON.stringify({ truncated: true, size_bytes: sizeBytes });
  }

  return (row) => {
    if (typeof row.body === "string") {
      const sizeBytes = Buffer.byteLength(row.body);
      return sizeBytes > room ? leaveOut(row, sizeBytes) : complete(row, row.body);
    }
    const stored = blob.get(row.blob_id) as { sizeBytes: number; data: Buffer } | undefined;
    if (!stored || stored.sizeBytes > Math.min(BODY_MAX_BYTES, room)) return leaveOut(row, stored?.sizeBytes ?? 0);
    return inflate(stored.data, { maxOutputLength: BODY_MAX_BYTES }).then(
      (body) => complete(row, body.toString()),
      // A message that somebody damaged must not make the others unreadable.
      () => leaveOut(row, stored.sizeBytes),
    );
  };
}

function storedMessage(row: Row): StoredMessage {
  return {
    id: row.row_key,
    treeUid: String(row.tree_id),
    taskUid: String(row.task_id),
    turn: Number(row.turn),
    kind: Number(row.kind),
    tool: null,
    callId: null,
    createdAtMs: Number(row.created_at_ms),
  };
}

/** Reads a task's long texts from its messages, which the file already has. */
export function taskCompletion(to: Sqlite): Completion {
  const first = to
    .prepare("SELECT content FROM messages WHERE task_id = ? AND kind = 'instruction' ORDER BY seq LIMIT 1")
    .pluck();
  const end = to.prepare("SELECT content FROM messages WHERE seq = ?").pluck();
  return (row) => {
    const given = contentIn(first.get(row.id));
    const ended = contentIn(end.get(row.result_seq));
    row.instruction = textIn(given.instruction) ?? "";
    row.result = textIn(ended.result);
    row.summary = textIn(ended.summary);
    row.verdict = ended.verdict ? JSON.stringify(ended.verdict) : null;
  };
}

/** Parses a message; returns an empty object for a damaged or left-out message. */
function contentIn(content: unknown): Record<string, unknown> {
  try {
    return Object(JSON.parse(String(content ?? "{}")));
  } catch {
    return {};
  }
}

const textIn = (value: unknown) => (typeof value === "string" ? value : null);
