/**
 * Full-text search over messages. The index is filled later, in slices, so that it does not slow down turns; its
 * progress is stored in `facts`. A tree's entries are deleted with the tree.
 */
import type { Entry } from "@/core/log/entries";
import type { FoundInTree } from "@/core/shapes/tree-views";
import { type BodyReader, createBodyReader } from "@/db/file/bodies";
import type { Sqlite } from "@/db/file/client";
import { decodeEntry, type MessageRow } from "@/db/file/rows";
import type { Writes } from "@/db/file/writes";
import type { Log } from "@/db/log/log";

const SLICE_MESSAGES = 100;
/** A slice ends early at this much text, because the event loop waits while it is written. */
const SLICE_CHARS = 150_000;
/** Most characters indexed per message. More of a tool's output is not worth the space. */
const INDEXED_CHARS = 50_000;
const CURSOR = "search_cursor";

export interface SearchHit {
  seq: number;
  task_id: string;
}

export interface Search {
  /** Returns messages that contain every word, newest first. The last word may be a prefix. Without words it returns none. */
  search(text: string, options: { treeId?: string; limit: number }): SearchHit[];
  /** Searches one tree and returns its tasks, sorted by their newest matching message. */
  searchTree(text: string, options: { treeId: string; limit: number }): FoundInTree[];
  /** Indexes the next messages in one transaction. Resolves with false when none are left. */
  indexNext(): Promise<boolean>;
}

type Row = Omit<MessageRow, "body"> & { id: number; body: string | null; blobId: number | null };

interface SearchContext {
  run: ReturnType<typeof searchStatements>;
  bodies: BodyReader;
}

export function createSearch(sqlite: Sqlite, log: Writes): Search {
  const context: SearchContext = { run: searchStatements(sqlite), bodies: createBodyReader(sqlite) };
  return {
    search: (text, options) => search(context, text, options),
    searchTree: (text, options) => searchTree(context, text, options),
    async indexNext() {
      if (context.run.next.get(cursorOf(context), 1) === undefined) return false;
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
      GROUP BY message.task_id ORDER BY seq DESC LIMIT @limit`),
    message: sqlite.prepare(
      "SELECT id, turn, kind, tool, call_id AS callId, body, blob_id AS blobId FROM messages WHERE id = ?",
    ),
    cursor: sqlite.prepare(`SELECT CAST(value AS INTEGER) FROM facts WHERE name = '${CURSOR}'`).pluck(),
    setCursor: sqlite.prepare(
      `INSERT INTO facts (name, value) VALUES ('${CURSOR}', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
    ),
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
  { treeId, limit }: { treeId: string; limit: number },
): FoundInTree[] {
  const query = queryOf(text);
  if (!query) return [];
  const ends = run.ends.get(treeId) as { tree: number; first: number | null; last: number | null };
  const found = run.byTask.all({ query, limit, ...ends }) as Pick<FoundInTree, "seq" | "task_id" | "messages">[];
  return found.map((one) => {
    const row = run.message.get(one.seq) as Row;
    return {
      ...one,
      where: PLACES[row.kind] ?? "message",
      excerpt: excerptOf({ ...row, body: bodies.read(row) }, text),
    };
  });
}

function cursorOf({ run }: SearchContext): number {
  return (run.cursor.get() as number | undefined) ?? 0;
}

/** Reads and writes in one transaction, because another process may index too, and a tree may be deleted at any time. */
function indexSlice(context: SearchContext): void {
  const { run, bodies } = context;
  let chars = 0;
  for (const row of run.next.all(cursorOf(context), SLICE_MESSAGES) as Row[]) {
    const text = indexedText({ ...row, body: bodies.read(row) });
    if (text) run.insert.run(row.id, text);
    run.setCursor.run(String(row.id));
    chars += text.length;
    if (chars > SLICE_CHARS) return;
  }
}

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu) ?? [];

/** Returns the words of a query: letters and digits, as in the index. Query syntax has no effect. */
function queryOf(text: string): string {
  return wordsOf(text)
    .map((word, index, words) => (index === words.length - 1 ? `"${word}"*` : `"${word}"`))
    .join(" AND ");
}

/** By kind of the message, as in `KINDS`. */
const PLACES: Readonly<Record<number, FoundInTree["where"]>> = { 1: "instruction", 2: "reply", 4: "output" };
const EXCERPT_CHARS = 120;
/** Number of characters before the word. */
const BEFORE_CHARS = 30;

function excerptOf(row: MessageRow, words: string): string {
  const text = indexedText(row).replace(/\s+/g, " ");
  const lower = text.toLowerCase();
  const places = wordsOf(words.toLowerCase()).map((word) => lower.indexOf(word));
  const at = Math.max(0, Math.min(...places.filter((place) => place >= 0), text.length) - BEFORE_CHARS);
  const start = at === 0 ? 0 : text.indexOf(" ", at) + 1 || at;
  const cut = text.slice(start, start + EXCERPT_CHARS);
  return `${start > 0 ? "…" : ""}${cut}${start + EXCERPT_CHARS < text.length ? "…" : ""}`;
}

/** Returns the searchable text of a message; empty when it has none or cannot be read. */
function indexedText(row: MessageRow): string {
  try {
    return textOf(decodeEntry(row)).slice(0, INDEXED_CHARS);
  } catch {
    return "";
  }
}

function textOf(entry: Entry): string {
  switch (entry.kind) {
    case "instruction":
      return [entry.content.title, entry.content.instruction, entry.content.criteria ?? ""].join("\n");
    case "agent_response":
      return entry.content.parts.map((part) => (part.type === "text" ? part.text : "")).join("\n");
    case "tool_response":
    case "steer":
      return entry.content.text;
    case "event":
      if (entry.content.type === "ended") return entry.content.result ?? entry.content.summary;
      return "text" in entry.content ? entry.content.text : "";
    case "system":
    case "tool_call":
      return "";
  }
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

  function look(): void {
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
        timer = setTimeout(look, intervalMs);
        timer.unref();
      });
  }

  look();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
