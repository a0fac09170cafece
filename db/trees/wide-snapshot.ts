/**
 * Writes rows of several trees and the configuration into a separate SQLite file, for an agent to which a person gave
 * the right to look beyond its tree. Secrets, sessions, tokens, keys and people's addresses are not in it.
 */
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import type { Client, Sqlite } from "@/db/file/client";
import { type Completion, copyRows, makeTables, messageCompletion, type Row, taskCompletion } from "./sql-snapshot";

/** The further tables and columns of this snapshot, in order. */
export const WIDE_TABLES = {
  trees: ["id", "title", "status", "reason", "tokens_in", "tokens_out", "cost_usd", "created_at", "ended_at"],
  agents: ["name", "version", "description", "body"],
  documents: ["name", "version", "description", "body"],
  tools: ["name", "version", "title", "description", "level", "source", "available"],
} as const;

/** The newest trees in the list. */
const MOST_LISTED = 1_000;

/** The path of a new file, which the caller deletes, or the trees that do not exist. */
export type WideAnswer = { file: string } | { missing: string[] };

/**
 * Takes a snapshot of these trees, the list of trees, and the configuration. Rejects with the error of SQLite or the
 * system when the file cannot be written. `giveTo` hands the file over to the user who will read it.
 */
export async function takeWideSnapshot(
  client: Client,
  uids: readonly string[],
  folder: string,
  giveTo: (file: string) => void,
): Promise<WideAnswer> {
  const idOf = client.sqlite.prepare("SELECT id FROM trees WHERE uid = ? AND is_system = 0").pluck();
  const trees = [...new Set(uids)].map((uid) => ({ treeUid: uid, treeId: idOf.get(uid) as number | undefined }));
  const missing = trees.filter(({ treeId }) => treeId === undefined).map(({ treeUid }) => treeUid);
  if (missing.length > 0) return { missing };
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, `${randomUUID()}.db`);
  try {
    fs.closeSync(fs.openSync(file, "wx", 0o600));
    await fill(client.file, file, trees as { treeUid: string; treeId: number }[]);
    giveTo(file);
    return { file };
  } catch (error) {
    fs.rmSync(file, { force: true });
    throw error;
  }
}

async function fill(main: string, file: string, trees: readonly { treeUid: string; treeId: number }[]): Promise<void> {
  const from = new Database(main, { readonly: true, timeout: 5_000 });
  const to = new Database(file);
  try {
    // Needs no rollback journal, because nobody sees the file before it is complete.
    for (const pragma of ["journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE"]) to.pragma(pragma);
    from.exec("BEGIN");
    to.exec("BEGIN");
    makeTables(to, true);
    const masked = maskOf(from);
    // Messages first: the long texts of tasks are read from them.
    for (const tree of trees)
      await copyRows({ from, to, ...tree }, "messages", 0, maskedRow(masked, messageCompletion(from, to)));
    to.exec("CREATE INDEX messages_of_task ON messages (task_id)");
    for (const tree of trees) {
      const copy = { from, to, ...tree };
      await copyRows(copy, "tasks", 0, maskedRow(masked, taskCompletion(to)));
      for (const table of ["reviews", "attempts", "interventions"] as const)
        await copyRows(copy, table, 0, maskedRow(masked));
    }
    copyList(from, to, masked);
    to.exec("COMMIT");
  } finally {
    to.close();
    from.close();
  }
}

type Mask = (text: string) => string;

/** Returns what takes people's e-mail addresses out of a text. */
function maskOf(from: Sqlite): Mask {
  const emails = from.prepare("SELECT email FROM users WHERE email <> ''").pluck().all() as string[];
  if (emails.length === 0) return (text) => text;
  const escaped = emails.toSorted((a, b) => b.length - a.length).map((email) => email.replace(/[^\w@]/g, "\\$&"));
  const pattern = new RegExp(escaped.join("|"), "gi");
  return (text) => text.replace(pattern, "[person]");
}

function maskedRow(masked: Mask, complete?: Completion): Completion {
  const mask = (row: Row) => {
    for (const [name, value] of Object.entries(row)) if (typeof value === "string") row[name] = masked(value);
  };
  return (row) => {
    const waits = complete?.(row);
    if (waits) return waits.then(() => mask(row));
    mask(row);
  };
}

/** Copies the list of trees, and the live configuration. Of a tool it takes what agents see, nothing of its server. */
function copyList(from: Sqlite, to: Sqlite, masked: Mask): void {
  for (const table of Object.keys(WIDE_TABLES) as (keyof typeof WIDE_TABLES)[]) {
    const columns = WIDE_TABLES[table];
    to.exec(`CREATE TABLE ${table} (${columns.join(", ")})`);
    const insert = to.prepare(`INSERT INTO ${table} VALUES (${columns.map(() => "?").join(", ")})`);
    for (const row of from.prepare(LISTS[table]).raw().all() as (string | number | null)[][])
      insert.run(row.map((value) => (typeof value === "string" ? masked(value) : value)));
  }
}

const live = (kind: "agent" | "document" | "tool") => `FROM ${kind}s live JOIN config_versions version
  ON version.kind = '${kind}' AND version.name = live.name AND version.version = live.version ORDER BY live.name`;
const time = (column: string) => `strftime('%Y-%m-%dT%H:%M:%fZ', ${column} / 1000.0, 'unixepoch')`;

const LISTS: Record<keyof typeof WIDE_TABLES, string> = {
  trees: `SELECT tree.uid, tree.title, root.status, root.reason, tree.tokens_in, tree.tokens_out, tree.micro_usd / 1e6,
    ${time("tree.created_at_ms")}, ${time("tree.ended_at_ms")}
    FROM trees tree LEFT JOIN tasks root ON root.id = tree.root_id WHERE tree.is_system = 0
    ORDER BY tree.id DESC LIMIT ${MOST_LISTED}`,
  agents: `SELECT live.name, live.version, live.description, version.body ${live("agent")}`,
  documents: `SELECT live.name, live.version, live.description, version.body ->> '$.body' ${live("document")}`,
  tools: `SELECT live.name, live.version, version.body ->> '$.title', live.description, version.body ->> '$.level',
    version.body ->> '$.source', version.body ->> '$.availability.available' ${live("tool")}`,
};
