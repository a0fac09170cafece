/** Stores API tokens, as hashes only. A revoked token keeps its row, so that the audit still knows its name. */
import { type Actor, type ApiToken, lesserRole, may, type Role, tokenActorName } from "@/core/rules/roles";
import type { Sqlite } from "@/db/file/client";
import { iso } from "@/db/file/iso";
import type { Writes } from "@/db/file/writes";

/** Least time between two notes of a token's use, because a program may send many requests per second. */
const NOTE_USE_MS = 60_000;

interface NewToken {
  uid: string;
  hash: string;
  name: string;
  role: Role;
  task: string | null;
  /** Absent: none. */
  folders?: readonly string[];
  /** The person, even when one of their tokens created this token. */
  by: string;
  expiresAtMs: number | null;
}

export interface Tokens {
  /** Resolves with the token's actor; null when it is unknown, expired or revoked. Its role is never above its creator's. */
  ofToken(hash: string): Promise<Actor | null>;
  /** Returns all tokens, newest first, including expired and revoked tokens. */
  tokens(): ApiToken[];
  /** Returns the public ids with this prefix. */
  tokensLike(prefix: string): string[];
  addToken(token: NewToken): Promise<void>;
  /** Adds a folder in which its tasks may work. Resolves with false when the token is revoked or unknown. */
  allowFolder(uid: string, folder: string): Promise<boolean>;
  /** Resolves with false when it was revoked already. */
  revokeToken(uid: string, by: string): Promise<boolean>;
}

interface LiveRow {
  id: number;
  uid: string;
  name: string;
  role: Role;
  task: string | null;
  /** JSON. */
  folders: string;
  createdBy: string;
  /** Role of the creator; null when the creator is no user but the machine's owner. */
  makerRole: Role | null;
  lastUsedAtMs: number | null;
}

interface Row {
  uid: string;
  name: string;
  role: Role;
  task: string | null;
  /** JSON. */
  folders: string;
  createdBy: string;
  /** As in `LiveRow`. */
  makerRole: Role | null;
  createdAtMs: number;
  expiresAtMs: number | null;
  lastUsedAtMs: number | null;
  revokedBy: string | null;
  revokedAtMs: number | null;
}

/** `revokeAllOf` must be called inside a transaction. */
export function createTokens(
  sqlite: Sqlite,
  log: Writes,
  now: () => number,
  write: <T>(work: (nowMs: number) => T) => Promise<T>,
  endRules: (person: string, token: string, by: string, nowMs: number) => void,
): Tokens & { revokeAllOf(person: string, by: string, nowMs: number): void } {
  const { live, noteUse, all, like, insert, allow, revoke, revokeAll } = statements(sqlite);
  /** When a note of a token's use was last requested, written or not: a full disk must not make the notes queue up. */
  const noted = new Map<number, number>();

  function use(row: LiveRow, nowMs: number): void {
    // A clock that was set back makes a use look newer than now.
    if ([row.lastUsedAtMs, noted.get(row.id)].some((ms) => ms != null && Math.abs(nowMs - ms) < NOTE_USE_MS)) return;
    noted.set(row.id, nowMs);
    // Not awaited: a failed note is no reason to refuse the request.
    log.write(() => void noteUse.run(nowMs, row.id)).catch(() => undefined);
  }

  return {
    async ofToken(hash) {
      const nowMs = now();
      const row = live.get({ hash, now: nowMs }) as LiveRow | undefined;
      if (!row) return null;
      use(row, nowMs);
      return {
        id: `token:${row.uid}`,
        name: tokenActorName(row.createdBy, row.name),
        role: roleOf(row),
        ...(row.task !== null && { task: row.task }),
        ...(foldersOf(row).length > 0 && { folders: foldersOf(row) }),
      };
    },
    tokens: () => (all.all() as Row[]).map(shapeOf),
    tokensLike: (prefix) => like.all({ prefix }) as string[],
    addToken: (token) =>
      log.write(({ nowMs }) => void insert.run({ ...token, folders: JSON.stringify(token.folders ?? []), now: nowMs })),
    allowFolder: (uid, folder) => log.write(() => allow.run({ uid, folder }).changes > 0),
    revokeToken: (uid, by) =>
      write((nowMs) => {
        const revoked = revoke.get(by, nowMs, uid) as Pick<Row, "createdBy" | "name"> | undefined;
        if (revoked) endRules(revoked.createdBy, revoked.name, by, nowMs);
        return revoked !== undefined;
      }),
    revokeAllOf: (person, by, nowMs) => void revokeAll.run({ person, by, now: nowMs }),
  };
}

function statements(sqlite: Sqlite) {
  const live = sqlite.prepare(`
    SELECT token.id, token.uid, token.name, token.role, task, token.folders, created_by AS createdBy, maker.role AS makerRole,
      last_used_at_ms AS lastUsedAtMs
    FROM api_tokens token LEFT JOIN users maker ON maker.email = created_by
    WHERE hash = @hash AND revoked_at_ms IS NULL AND (expires_at_ms IS NULL OR expires_at_ms > @now)
      AND maker.removed_at_ms IS NULL`);
  const noteUse = sqlite.prepare("UPDATE api_tokens SET last_used_at_ms = ? WHERE id = ?");
  const all = sqlite.prepare(`
    SELECT token.uid, token.name, token.role, task, token.folders, created_by AS createdBy, maker.role AS makerRole,
      token.created_at_ms AS createdAtMs, expires_at_ms AS expiresAtMs, last_used_at_ms AS lastUsedAtMs,
      revoked_by AS revokedBy, revoked_at_ms AS revokedAtMs
    FROM api_tokens token LEFT JOIN users maker ON maker.email = created_by ORDER BY token.id DESC`);
  const like = sqlite
    .prepare("SELECT uid FROM api_tokens WHERE uid >= @prefix AND uid < @prefix || '~' LIMIT 2")
    .pluck();
  const insert = sqlite.prepare(`
    INSERT INTO api_tokens (uid, hash, name, role, task, folders, created_by, created_at_ms, expires_at_ms)
    VALUES (@uid, @hash, @name, @role, @task, @folders, @by, @now, @expiresAtMs)`);
  // A folder that is allowed already stays once.
  const allow = sqlite.prepare(`
    UPDATE api_tokens SET folders = CASE
      WHEN EXISTS (SELECT 1 FROM json_each(folders) WHERE value = @folder) THEN folders
      ELSE json_insert(folders, '$[#]', @folder) END
    WHERE uid = @uid AND revoked_at_ms IS NULL`);
  const revoke = sqlite.prepare(`
    UPDATE api_tokens SET revoked_by = ?, revoked_at_ms = ? WHERE uid = ? AND revoked_at_ms IS NULL
    RETURNING created_by AS createdBy, name`);
  const revokeAll = sqlite.prepare(
    "UPDATE api_tokens SET revoked_by = @by, revoked_at_ms = @now WHERE created_by = @person AND revoked_at_ms IS NULL",
  );
  return { live, noteUse, all, like, insert, allow, revoke, revokeAll };
}

type Given = Pick<LiveRow, "role" | "folders" | "makerRole">;

/** Returns the role of now. `makerRole` null: the machine's owner, who has all rights. */
function roleOf({ role, makerRole }: Given): Role {
  return makerRole === null ? role : lesserRole(role, makerRole);
}

/** Returns the folders that are open to the token now: they were an admin's to open, who may be one no longer. */
function foldersOf({ folders, makerRole }: Given): string[] {
  return makerRole === null || may(makerRole, "administer") ? (JSON.parse(folders) as string[]) : [];
}

function shapeOf(row: Row): ApiToken {
  return {
    id: row.uid,
    name: row.name,
    role: roleOf(row),
    ...(roleOf(row) !== row.role && { given_role: row.role }),
    task: row.task,
    folders: foldersOf(row),
    created_by: row.createdBy,
    created_at: iso(row.createdAtMs),
    expires_at: iso(row.expiresAtMs),
    last_used_at: iso(row.lastUsedAtMs),
    revoked_by: row.revokedBy,
    revoked_at: iso(row.revokedAtMs),
  };
}
