/**
 * Full-text search over messages. The index is filled later, in slices, so that it does not slow down turns; its
 * progress is stored in `facts`. A tree's entries are deleted with the tree.
 */
import type { FoundInLog, FoundText } from "@/core/shapes/search";
import type { Page } from "@/core/shapes/shapes";
import type { FoundInTree } from "@/core/shapes/tree-views";
import { type BodyReader, createBodyReader } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { createFacts, type Facts } from "@/db/file/facts";
import type { MessageRow } from "@/db/file/rows";
import type { Writes } from "@/db/file/writes";
import type { Log } from "@/db/log/log";
import { excerptOf, hasWords, indexedText, PLACES, queryOf } from "./searched-text";

const SLICE_MESSAGES = 100;
/** A slice ends early at this much text, because the event loop waits while it is written. */
const SLICE_CHARS = 150_000;
/** Its name changes when more is indexed than before: then the index is filled again from the first message. */
const CURSOR = "search_cursor_2";
/** Of the newest matches of `searchAll`, this many are grouped by task. */
const MOST_GROUPED = 60;
/** The index is at most some seconds behind, so this many messages cover what it lacks. */
const MOST_UNINDEXED = 500;

interface SearchHit {
  seq: number;
  task_id: string;
}

export interface Search {
  /** Returns messages that contain every word, newest first. The last word may be a prefix. Without words it returns none. */
  search(text: string, options: { treeId?: string; limit: number }): SearchHit[];
  /** Searches one tree and returns its tasks, sorted by their newest matching message. */
  searchTree(text: string, options: { treeId: string; after?: string; limit: number }): Page<FoundInTree>;
  /** Searches all trees of people and returns tasks, sorted by their newest matching message. */
  searchAll(text: string, limit: number): FoundText[];
  /** Searches the log of one task, including messages that are not indexed yet. */
  searchTask(text: string, options: { taskId: string; limit: number }): FoundInLog;
  /** Indexes the next messages in one transaction. Resolves with false when none are left. */
  indexNext(): Promise<boolean>;
}

type Row = Omit<MessageRow, "body"> & { id: number; body: string | null; blobId: number | null };

interface SearchContext {
  run: ReturnType<typeof searchStatements>;
  facts: Facts;
  bodies: BodyReader;
}

export function createSearch(sqlite: Sqlite, log: Writes): Search {
  const context: SearchContext = {
    run: searchStatements(sqlite),
    facts: createFacts(sqlite),
    bodies: createBodyReader(sqlite),
  };
  return {
    search: (text, options) => search(context, text, options),
    searchTree: (text, options) => searchTree(context, text, options),
    searchAll: (text, limit) => searchAll(context, text, limit),
    searchTask: (text, options) => searchTask(context, text, options),
    async indexNext() {
      if (context.run.next.get(cursorOf(context) ?? 0, 1) === undefined) return false;
      await log.write(() => indexSlice(context));
      return true;
    },
  };
}

function searchStatements(sqlite: Sqlite) {
  const find = (filter: string) =>
    sqlite.prepare(`
      SELECT message.id AS seq, task.uid AS task_id
      FROM messages_fts JOIN messages message ON message.id = messages_fts.rowid JOIN tasks task ON task.id = message.task_id
      WHERE messages_fts MATCH @query ${filter} ORDER BY messages_fts.rowid DESC LIMIT @limit`);
  return {
    all: find(""),
    inTree: find("AND message.tree_id = (SELECT id FROM trees WHERE uid = @treeId)"),
    ends: sqlite.prepare(`
      SELECT id AS tree, (SELECT min(id) FROM messages WHERE tree_id = trees.id) AS first,
        (SELECT max(id) FROM messages WHERE tree_id = trees.id) AS last
      FROM trees WHERE uid = ?`),
    // The range of the tree's messages skips matches of a common word in other trees. CROSS JOIN makes SQLite go from
    // the index to the messages, never the other way.
    byTask: sqlite.prepare(`
      SELECT max(message.id) AS seq, task.uid AS task_id, count(*) AS messages
      FROM messages_fts CROSS JOIN messages message ON message.id = messages_fts.rowid
        CROSS JOIN tasks task ON task.id = message.task_id
      WHERE messages_fts MATCH @query AND messages_fts.rowid BETWEEN @first AND @last AND message.tree_id = @tree
      GROUP BY message.task_id HAVING @after IS NULL OR max(message.id) < @after ORDER BY seq DESC LIMIT @limit`),
    everywhere: sqlite.prepare(`
      SELECT message.id AS seq, task.uid AS task_id, tree.uid AS tree_id, task.title AS task
      FROM messages_fts CROSS JOIN messages message ON message.id = messages_fts.rowid
        CROSS JOIN tasks task ON task.id = message.task_id CROSS JOIN trees tree ON tree.id = message.tree_id
      WHERE messages_fts MATCH @query AND tree.is_system = 0 ORDER BY messages_fts.rowid DESC LIMIT ${MOST_GROUPED}`),
    endsOfTask: sqlite.prepare(`
      SELECT id AS task, (SELECT min(id) FROM messages WHERE task_id = tasks.id) AS first,
        (SELECT max(id) FROM messages WHERE task_id = tasks.id) AS last
      FROM tasks WHERE uid = ?`),
    inTask: sqlite
      .prepare(`
        SELECT message.id
        FROM messages_fts CROSS JOIN messages message ON message.id = messages_fts.rowid
        WHERE messages_fts MATCH @query AND messages_fts.rowid BETWEEN @first AND @last AND message.task_id = @task
        ORDER BY messages_fts.rowid DESC LIMIT @limit`)
      .pluck(),
    unindexed: sqlite.prepare(`
      SELECT id, turn, kind, tool, call_id AS callId, body, blob_id AS blobId FROM messages
      WHERE task_id = ? AND id > ? ORDER BY id DESC LIMIT ${MOST_UNINDEXED}`),
    message: sqlite.prepare(
      "SELECT id, turn, kind, tool, call_id AS callId, body, blob_id AS blobId FROM messages WHERE id = ?",
    ),
    clear: sqlite.prepare("INSERT INTO messages_fts (messages_fts) VALUES ('delete-all')"),
    next: sqlite.prepare(`
      SELECT id, turn, kind, tool, call_id AS callId, body, blob_id AS blobId FROM messages WHERE id > ? ORDER BY id LIMIT ?`),
    insert: sqlite.prepare("INSERT INTO messages_fts (rowid, text) VALUES (?, ?)"),
  };
}

function search(
  { run }: SearchContext,
  text: string,
  { treeId, limit }: { treeId?: string; limit: number },
): SearchHit[] {
  const query = queryOf(text);
  if (!query) return [];
  const rows = treeId === undefined ? run.all.all({ query, limit }) : run.inTree.all({ query, limit, treeId });
  return rows as SearchHit[];
}

function searchTree(
  { run, bodies }: SearchContext,
  text: string,
  { treeId, after, limit }: { treeId: string; after?: string; limit: number },
): Page<FoundInTree> {
  const query = queryOf(text);
  if (!query) return { items: [], next: null };
  const ends = run.ends.get(treeId) as { tree: number; first: number | null; last: number | null };
  const asked = { query, after: after === undefined ? null : Number(after), limit: limit + 1, ...ends };
  const found = run.byTask.all(asked) as Pick<FoundInTree, "seq" | "task_id" | "messages">[];
  const items = found.slice(0, limit).map((hit) => {
    const row = run.message.get(hit.seq) as Row;
    return {
      ...hit,
      where: PLACES[row.kind] ?? "message",
      excerpt: excerptOf({ ...row, body: bodies.read(row) }, text),
    };
  });
  const last = items.at(-1);
  return { items, next: found.length > limit && last ? String(last.seq) : null };
}

function searchAll({ run, bodies }: SearchContext, text: string, limit: number): FoundText[] {
  const query = queryOf(text);
  if (!query) return [];
  const byTask = new Map<string, Omit<FoundText, "excerpt">>();
  for (const row of run.everywhere.all({ query }) as Omit<FoundText, "excerpt">[]) {
    if (!byTask.has(row.task_id)) byTask.set(row.task_id, row);
  }
  return [...byTask.values()].slice(0, limit).map((hit) => {
    const row = run.message.get(hit.seq) as Row;
    return { ...hit, excerpt: excerptOf({ ...row, body: bodies.read(row) }, text) };
  });
}

function searchTask(
  context: SearchContext,
  text: string,
  { taskId, limit }: { taskId: string; limit: number },
): FoundInLog {
  const { run, bodies } = context;
  const query = queryOf(text);
  if (!query) return { seqs: [], more: false };
  const ends = run.endsOfTask.get(taskId) as { task: number; first: number | null; last: number | null };
  const indexed = run.inTask.all({ query, limit: limit + 1, ...ends }) as number[];
  const fresh = (run.unindexed.all(ends.task, cursorOf(context) ?? 0) as Row[])
    .filter((row) => hasWords(indexedText({ ...row, body: bodies.read(row) }), text))
    .map((row) => row.id);
  const newest = [...fresh, ...indexed];
  return { seqs: newest.slice(0, limit).reverse(), more: newest.length > limit };
}

/** Returns the last indexed message; undefined before the first. */
function cursorOf({ facts }: SearchContext): number | undefined {
  const cursor = facts.read(CURSOR);
  return cursor === undefined ? undefined : Number(cursor);
}

/** Reads and writes in one transaction, because another process may index too, and a tree may be deleted at any time. */
function indexSlice(context: SearchContext): void {
  const { run, facts, bodies } = context;
  let chars = 0;
  const cursor = cursorOf(context);
  if (cursor === undefined) run.clear.run();
  let last = cursor;
  for (const row of run.next.all(cursor ?? 0, SLICE_MESSAGES) as Row[]) {
    const text = indexedText({ ...row, body: bodies.read(row) });
    if (text) run.insert.run(row.id, text);
    last = row.id;
    chars += text.length;
    if (chars > SLICE_CHARS) break;
  }
  if (last !== cursor) facts.write(CURSOR, String(last));
}

export interface IndexerOptions {
  /** Time between two checks for new messages. */
  intervalMs: number;
  report(message: string, error: unknown): void;
}

/** Fills the index: slice after slice while nothing else is written, else one slice per interval. */
export function startIndexer(
  { search, log }: { search: Search; log: Pick<Log, "commits"> },
  { intervalMs, report }: IndexerOptions,
): { stop(): Promise<void> } {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let current = Promise.resolve();

  async function fill(): Promise<void> {
    for (;;) {
      const before = log.commits();
      const isMore = await search.indexNext();
      const isBusy = log.commits() > before + 1;
      if (!isMore || isBusy || isStopped) return;
    }
  }

  let said = "";

  function fillNext(): void {
    current = fill()
      .then(() => {
        said = "";
      })
      .catch((error) => {
        // Reports a disk that stays full only once.
        const message = (error as Error).message;
        if (message !== said) report("The search index could not be filled.", error);
        said = message;
      })
      .then(() => {
        if (isStopped) return;
        timer = setTimeout(fillNext, intervalMs);
        timer.unref();
      });
  }

  fillNext();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
