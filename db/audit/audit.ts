/**
 * The audit: who did what, append-only. Each row's hash covers the row and the previous hash, so that audit-check.ts
 * finds altered, inserted and deleted rows. Ids have no gaps. Somebody who can write the file could recompute all
 * hashes, so the newest hash is also saved outside the database (lib/audit-anchor.ts).
 */
import { hash } from "node:crypto";
import type { Sqlite } from "@/db/file/client";
import { iso } from "@/db/file/iso";
import type { Writes } from "@/db/file/writes";

/** A row to append. It must not contain a secret. `detail` is short, and JSON when it has parts. */
export interface AuditEntry {
  /** A person's or program's name, or the agent that acted. */
  actor: string;
  action: string;
  /** Id or name of the thing acted on; may be empty. */
  subject: string;
  /** Public id of the row's tree; empty when it belongs to none. */
  tree: string;
  detail: string;
}

export interface AuditRow extends AuditEntry {
  id: number;
  atMs: number;
  hash: Buffer;
}

interface ListedAudit extends AuditEntry {
  id: number;
  at: string;
}

/** The newest row, as the anchor stores it. */
interface AuditHead {
  id: number;
  hash: string;
}

interface AuditFilter {
  /** The cursor that the previous page returned. */
  after?: string;
  limit: number;
  actor?: string;
  action?: string;
  subject?: string;
  tree?: string;
  fromMs?: number;
  untilMs?: number;
}

export interface Audit {
  append(rows: readonly AuditEntry[]): Promise<void>;
  /** Returns a page of rows, newest first. */
  list(filter: AuditFilter): { items: ListedAudit[]; next: string | null };
  head(): AuditHead | null;
  /** Returns at most `limit` rows with ids above `after`, ascending, for a check. */
  slice(after: number, limit: number): AuditRow[];
  /** Returns the largest id ever used, also when its row was deleted. */
  lastId(): number;
}

/** A comment on a review item. */
export const COMMENT_ACTION = "review_comment";

/** Longer details are cut; the log has the whole text. */
const MOST_DETAIL = 2_000;
const MOST_WORD = 300;
/** The hash before the first row. */
export const FIRST_HASH: Buffer = Buffer.alloc(32);

/** Hashes every column of a row. JSON keeps the columns apart. */
export function auditHash(before: Buffer, row: Omit<AuditRow, "hash">): Buffer {
  const { id, atMs, actor, action, subject, tree, detail } = row;
  const content = JSON.stringify([id, atMs, actor, action, subject, tree, detail]);
  return hash("sha256", Buffer.concat([before, Buffer.from(content)]), "buffer");
}

/**
 * Appends inside the caller's transaction, which must hold the write lock (BEGIN IMMEDIATE): it reads the previous row,
 * and several processes write.
 */
export function createAuditWriter(sqlite: Sqlite) {
  const newest = sqlite.prepare(`
    SELECT seq AS lastId, (SELECT hash FROM audit ORDER BY id DESC LIMIT 1) AS hash FROM sqlite_sequence WHERE name = 'audit'`);
  const insert = sqlite.prepare(`
    INSERT INTO audit (id, at_ms, actor, action, subject, tree, detail, hash)
    VALUES (@id, @atMs, @actor, @action, @subject, @tree, @detail, @hash)`);
  return {
    insert(entry: AuditEntry, nowMs: number): void {
      const last = newest.get() as { lastId: number; hash: Buffer | null } | undefined;
      const row = {
        // Not the newest row's id plus one: a deleted last row must leave a gap, which a check finds.
        id: (last?.lastId ?? 0) + 1,
        atMs: Math.round(nowMs),
        actor: cut(entry.actor, MOST_WORD),
        action: cut(entry.action, MOST_WORD),
        subject: cut(entry.subject, MOST_WORD),
        tree: cut(entry.tree, MOST_WORD),
        detail: cut(entry.detail, MOST_DETAIL),
      };
      insert.run({ ...row, hash: auditHash(last?.hash ?? FIRST_HASH, row) });
    },
  };
}

const UNUSUAL = /[\0\ud800-\udfff]/;

/** Cuts a text to the form that SQLite returns: half a surrogate pair would be read back, and hashed, differently. */
function cut(text: string, most: number): string {
  const short = text.length > most ? text.slice(0, most) : text;
  return UNUSUAL.test(short) ? Buffer.from(short).toString().replaceAll("\0", "\u2400") : short;
}

export function createAudit(sqlite: Sqlite, log: Writes): Audit {
  const writer = createAuditWriter(sqlite);
  const columns = "id, at_ms AS atMs, actor, action, subject, tree, detail, hash";
  // A list of one tree uses that tree's index, others read from the newest row on.
  const listOf = (tree: string) =>
    sqlite.prepare(`
      SELECT ${columns} FROM audit
      WHERE (@after IS NULL OR id < @after) AND (@actor IS NULL OR actor = @actor)
        AND (@action IS NULL OR action = @action) AND (@subject IS NULL OR subject = @subject) AND (@from IS NULL OR at_ms >= @from)
        AND (@until IS NULL OR at_ms < @until) AND ${tree}
      ORDER BY id DESC LIMIT @limit`);
  const list = listOf("@tree IS NULL");
  const listOfTree = listOf("tree = @tree");
  const slice = sqlite.prepare(`SELECT ${columns} FROM audit WHERE id > ? ORDER BY id LIMIT ?`);
  const head = sqlite.prepare("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1");
  const lastId = sqlite.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").pluck();

  return {
    append: (rows) => log.write(({ nowMs }) => rows.forEach((row) => void writer.insert(row, nowMs))),
    list({ after, limit, actor, action, subject, tree, fromMs, untilMs }) {
      const rows = (tree === undefined ? list : listOfTree).all({
        after: after === undefined ? null : Number(after),
        actor: actor ?? null,
        action: action ?? null,
        subject: subject ?? null,
        tree: tree ?? null,
        from: fromMs ?? null,
        until: untilMs ?? null,
        limit: limit + 1,
      }) as AuditRow[];
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        items: page.map(({ atMs, hash: _, ...rest }) => ({ ...rest, at: iso(atMs) })),
        next: rows.length > limit && last ? String(last.id) : null,
      };
    },
    head() {
      const found = head.get() as { id: number; hash: Buffer } | undefined;
      return found ? { id: found.id, hash: found.hash.toString("hex") } : null;
    },
    slice: (after, limit) => slice.all(after, limit) as AuditRow[],
    lastId: () => (lastId.get() as number | undefined) ?? 0,
  };
}
