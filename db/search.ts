/**
 * Full-text search over messages. The index is filled after the fact, a slice at a time, so that no turn pays for it;
 * how far it has come stands in `facts`. A tree's entries are deleted with the tree.
 */
import type { Entry } from "@/agents/core/entries";
import { createBodyReader } from "./bodies";
import type { Sqlite } from "./client";
import type { Log } from "./log";
import { decodeEntry, type MessageRow } from "./rows";

const SLICE_MESSAGES = 100;
/** A slice ends early once it holds so much text: it is written in one go, and the event loop waits for it. */
const SLICE_CHARS = 150_000;
/** Of one message; what a tool printed beyond that is not worth its place. */
const INDEXED_CHARS = 50_000;
const CURSOR = "search_cursor";

export interface SearchHit {
  seq: number;
  task_id: string;
}

export interface Search {
  /** Messages in which every word occurs, newest first; the last word may be the beginning of one. Without words: none. */
  search(text: string, options: { treeId?: string; limit: number }): SearchHit[];
  /** Indexes the next messages, in one transaction. False when there are none left. */
  indexNext(): Promise<boolean>;
}

type Row = Omit<MessageRow, "body"> & { id: number; body: string | null; blobId: number | null };

export function createSearch(sqlite: Sqlite, log: Log): Search {
  const bodies = createBodyReader(sqlite);
  const find = (filter: string) =>
    sqlite.prepare(`
      SELECT message.id AS seq, task.uid AS task_id
      FROM messages_fts JOIN messages message ON message.id = messages_fts.rowid JOIN tasks task ON task.id = message.task_id
      WHERE messages_fts MATCH @query ${filter} ORDER BY messages_fts.rowid DESC LIMIT @limit`);
  const findAll = find("");
  const findInTree = find("AND message.tree_id = (SELECT id FROM trees WHERE uid = @treeId)");
  const selectCursor = sqlite.prepare(`SELECT CAST(value AS INTEGER) FROM facts WHERE name = '${CURSOR}'`).pluck();
  const setCursor = sqlite.prepare(
    `INSERT INTO facts (name, value) VALUES ('${CURSOR}', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  );
  const selectNext = sqlite.prepare(`
    SELECT id, turn, kind, tool, call_id AS callId, body, blob_id AS blobId FROM messages WHERE id > ? ORDER BY id LIMIT ?`);
  const insert = sqlite.prepare("INSERT INTO messages_fts (rowid, text) VALUES (?, ?)");

  const cursor = () => (selectCursor.get() as number | undefined) ?? 0;

  /** Reads and writes in one transaction: another process may index too, and a tree may be deleted at any time. */
  function indexSlice(): void {
    let chars = 0;
    for (const row of selectNext.all(cursor(), SLICE_MESSAGES) as Row[]) {
      const text = indexedText({ ...row, body: bodies.read(row) });
      if (text) insert.run(row.id, text);
      setCursor.run(String(row.id));
      chars += text.length;
      if (chars > SLICE_CHARS) return;
    }
  }

  return {
    search(text, { treeId, limit }) {
      const query = queryOf(text);
      if (!query) return [];
      const rows = treeId === undefined ? findAll.all({ query, limit }) : findInTree.all({ query, limit, treeId });
      return rows as SearchHit[];
    },
    async indexNext() {
      if (selectNext.get(cursor(), 1) === undefined) return false;
      await log.write(indexSlice);
      return true;
    },
  };
}

/** Words are letters and digits, as the index cuts them; nothing of what is typed is taken for query syntax. */
function queryOf(text: string): string {
  const words = text.match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu) ?? [];
  return words.map((word, index) => (index === words.length - 1 ? `"${word}"*` : `"${word}"`)).join(" AND ");
}

/** What people look for in a message; empty when it holds nothing of that kind, or cannot be read. */
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
  /** Between two looks. */
  intervalMs: number;
  report(message: string, error: unknown): void;
}

/** Fills the index: slice after slice while nobody else writes, one slice an interval while somebody does. */
export function startIndexer(
  { search, log }: { search: Search; log: Log },
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
        // A disk that stays full is said once.
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
