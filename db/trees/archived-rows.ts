/** Reads everything that an archive holds of an ended tree, in the order of the archive. Keys of this database stay here. */
import { inflateRawSync } from "node:zlib";
import type { ArchivedRow } from "@/core/archive/rows";
import type { Sqlite } from "@/db/file/client";

/** A row whose text or file is too large for it: `content` is null in the row, and the bytes are beside it. */
export interface ReadRow {
  row: ArchivedRow;
  /** Its text, or a file that nobody may change. */
  content: { text: string } | { bytes: Buffer } | null;
}

export interface ArchivableTree {
  id: number;
  uid: string;
  title: string;
  workspace: string;
  status: string;
  createdAtMs: number;
  /** null: it has not ended, or one of its tasks has not. */
  endedAtMs: number | null;
  isSystem: boolean;
  tasks: number;
  microUsd: number;
  /** Changes whenever something of the tree does. */
  mark: string;
}

/** The newest snapshot of a folder that Banyan made for a tree. */
export interface FolderSnapshot {
  /** The task whose own folder it is; null: the tree's. */
  owner: string | null;
  commit: string;
  /** The folder is not on this machine. */
  isOnRunner: boolean;
}

export interface ArchivedRows {
  /** Returns null when there is no such tree. */
  head(treeUid: string): ArchivableTree | null;
  /** Returns the folders that go with the tree and had a snapshot. */
  folders(treeId: number): FolderSnapshot[];
  rows(treeId: number): Generator<ReadRow>;
}

const PAGE = 200;
/** Takes the place of the hash of a content in a row: only the code that redacts the content knows its hash. */
const LATER = "0".repeat(64);

export function createArchivedRows(sqlite: Sqlite): ArchivedRows {
  const run = statements(sqlite);
  return {
    head(treeUid) {
      const row = run.head.get(treeUid) as (Omit<ArchivableTree, "isSystem"> & { isSystem: number }) | undefined;
      return row ? { ...row, isSystem: Boolean(row.isSystem) } : null;
    },
    folders(treeId) {
      const rows = run.newest.all({ tree: treeId }) as (Omit<FolderSnapshot, "isOnRunner"> & { isOnRunner: number })[];
      return rows.map((row) => ({ ...row, isOnRunner: Boolean(row.isOnRunner) }));
    },
    *rows(treeId) {
      for (const kind of ONES) {
        for (const json of run[kind].all(treeId) as string[]) yield { row: JSON.parse(json), content: null };
      }
      for (const kind of MANY) {
        // In pages, because a query that is still being read keeps its connection from everybody else.
        for (let after = 0; ; ) {
          const page = run[kind].all({ tree: treeId, after, most: PAGE }) as PagedRow[];
          for (const row of page) yield withContent(row);
          if (page.length < PAGE) break;
          after = page.at(-1)?.id ?? after;
        }
      }
    },
  };
}

/** Few of a tree, and many. Tasks come before what names them, parents before their subtasks. */
const ONES = ["tree", "tasks", "folders", "verdict", "pauses", "interventions", "reviews"] as const;
const MANY = ["messages", "outputs", "attachments"] as const;

interface PagedRow {
  id: number;
  json: string;
  data: Buffer | null;
}

function withContent({ json, data }: PagedRow): ReadRow {
  const row = JSON.parse(json) as ArchivedRow;
  if (data === null) return { row, content: null };
  const bytes = inflateRawSync(data);
  return { row, content: row.row === "attachment" ? { bytes } : { text: bytes.toString() } };
}

const TASK = "(SELECT uid FROM tasks WHERE id = source.task_id)";
const amounts = (prefix: string) =>
  `json_object('tokens', ${prefix}_tokens, 'micro_usd', ${prefix}_micro_usd, 'tasks', ${prefix}_tasks,
    'depth', ${prefix}_depth, 'seconds', ${prefix}_seconds)`;
const bool = (column: string) => `json(iif(${column}, 'true', 'false'))`;

function statements(sqlite: Sqlite) {
  return { ...headStatements(sqlite), ...rowStatements(sqlite), ...logStatements(sqlite) };
}

function headStatements(sqlite: Sqlite) {
  return {
    head: sqlite.prepare(`
      SELECT tree.id, tree.uid, tree.title, tree.workspace, root.status, tree.created_at_ms AS createdAtMs,
        CASE WHEN NOT EXISTS (SELECT 1 FROM tasks WHERE tree_id = tree.id AND ended_at_ms IS NULL)
          THEN tree.ended_at_ms END AS endedAtMs,
        tree.is_system AS isSystem, tree.tasks_total AS tasks, tree.micro_usd AS microUsd,
        (SELECT max(id) FROM messages WHERE tree_id = tree.id)
          || ' ' || (SELECT count(*) FROM messages WHERE tree_id = tree.id)
          || ' ' || (SELECT json_group_array(status || ifnull(decided_at_ms, '')) FROM reviews WHERE tree_id = tree.id)
          || ' ' || ifnull((SELECT created_at_ms || outcome FROM person_verdicts WHERE tree_id = tree.id), '') AS mark
      FROM trees tree JOIN tasks root ON root.id = tree.root_id WHERE tree.uid = ?`),
    newest: sqlite.prepare(`
      SELECT owner, newest AS "commit",
        EXISTS (SELECT 1 FROM places WHERE tree_id = @tree AND runner IS NOT NULL) AS isOnRunner
      FROM (
        SELECT NULL AS owner, coalesce(pending_snapshot, snapshot) AS newest FROM trees WHERE id = @tree AND in_place = 0
        UNION ALL SELECT task_uid, coalesce(snapshot, base) FROM folders WHERE tree_id = @tree)
      WHERE newest IS NOT NULL`),
    tree: sqlite
      .prepare(`
      SELECT json_object('row', 'tree', 'id', uid, 'root', (SELECT uid FROM tasks WHERE id = source.root_id), 'title', title,
        'priority', priority, 'created_by', created_by, 'created_at_ms', created_at_ms, 'forked_from', forked_from,
        'fork_seq', fork_seq, 'copied_tokens', copied_tokens, 'copied_micro_usd', copied_micro_usd,
        'snapshot', coalesce(pending_snapshot, snapshot), 'is_tainted', ${bool("is_tainted")}, 'caps', ${amounts("cap")})
      FROM trees source WHERE id = ?`)
      .pluck(),
    tasks: sqlite
      .prepare(`
      SELECT json_object('row', 'task', 'id', uid, 'parent', (SELECT uid FROM tasks WHERE id = source.parent_id),
        'priority', priority, 'lease', lease, 'active_ms', active_ms, 'created_at_ms', created_at_ms,
        'started_at_ms', started_at_ms, 'grant', ${amounts("grant")},
        'given', json_object('tokens', given_tokens, 'micro_usd', given_micro_usd, 'tasks', given_tasks))
      FROM tasks source WHERE tree_id = ? ORDER BY id`)
      .pluck(),
  };
}

function rowStatements(sqlite: Sqlite) {
  const rows = (json: string, from: string, order = "source.id") =>
    sqlite.prepare(`SELECT json_object(${json}) FROM ${from} source WHERE tree_id = ? ORDER BY ${order}`).pluck();
  return {
    folders: rows(
      `'row', 'folder', 'task', task_uid, 'copied_from', copied_from, 'base', base, 'snapshot', snapshot,
        'is_tainted', ${bool("is_tainted")}`,
      "folders",
    ),
    verdict: rows(
      `'row', 'verdict', 'outcome', outcome, 'reason', reason, 'by', source.by, 'created_at_ms', created_at_ms`,
      "person_verdicts",
      "tree_id",
    ),
    pauses: rows(
      `'row', 'pause', 'task', ${TASK}, 'scope', scope, 'by', source.by, 'created_at_ms', created_at_ms,
        'closed_by', closed_by,
        'closed_at_ms', coalesce(closed_at_ms, (SELECT ended_at_ms FROM trees WHERE trees.id = source.tree_id))`,
      "pauses",
    ),
    // An open case is one of the supervisor, which would act on it.
    interventions: rows(
      `'row', 'intervention', 'task', ${TASK}, 'rule', rule, 'action', iif(action = 'asked', 'none', action),
        'evidence', evidence, 'asked_in', asked_in, 'created_at_ms', created_at_ms`,
      "interventions",
    ),
    reviews: rows(
      `'row', 'review', 'id', uid, 'task', ${TASK}, 'addressee', (SELECT uid FROM tasks WHERE id = source.addressee_id),
        'kind', kind, 'title', title, 'detail', detail, 'evidence', evidence, 'blast_radius', blast_radius,
        'uncertainty', uncertainty, 'if_ignored', if_ignored, 'subject', subject, 'level', level, 'why', why, 'facts', facts,
        'message', iif(seq IS NULL, NULL, (SELECT count(*) FROM messages WHERE tree_id = source.tree_id AND messages.id <= source.seq)),
        'status', iif(status = 'open', 'withdrawn', status), 'answer', answer, 'created_at_ms', created_at_ms,
        'decided_by', decided_by, 'decided_at_ms', decided_at_ms`,
      "reviews",
    ),
  };
}

function logStatements(sqlite: Sqlite) {
  const paged = (json: string, from: string, content: string) =>
    sqlite.prepare(`
      SELECT source.id, json_object(${json}) AS json, blobs.data FROM ${from} source ${content} JOIN blobs ON blobs.id = source.blob_id
      WHERE source.tree_id = @tree AND source.id > @after ORDER BY source.id LIMIT @most`);
  const later = `'content', '${LATER}'`;
  return {
    messages: paged(
      `'row', 'message', 'task', ${TASK}, 'turn', turn, 'kind', kind, 'tool', tool, 'call', call_id, 'body', body,
        'content', iif(blob_id IS NULL, NULL, '${LATER}'), 'at_ms', created_at_ms`,
      "messages",
      "LEFT",
    ),
    outputs: paged(
      `'row', 'output', 'task', ${TASK}, 'call', call_id, 'turn', turn, 'chars', chars, ${later}`,
      "outputs",
      "",
    ),
    attachments: paged(`'row', 'attachment', 'task', ${TASK}, 'turn', turn, ${later}`, "attachments", ""),
  };
}
