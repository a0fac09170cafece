/**
 * The user with which the launcher looks at a release on trial, and the user's session. This user may only look, and
 * exists only during a look: the launcher's probe begins and ends it, in a process of its own.
 */
import { createAuditWriter } from "@/db/audit/audit";
import type { Sqlite } from "@/db/file/client";

/** No address, so that nobody else can sign in with it. */
export const WATCHER = "Banyan (watch)";
/** A look that is killed leaves a session that ends by itself. */
const SESSION_MS = 120_000;

/** Begins a session of the watcher. `hash`: of the session's id, which is stored nowhere. */
export function beginWatcher(sqlite: Sqlite, hash: string, nowMs: number): void {
  const audit = createAuditWriter(sqlite);
  const begin = sqlite.transaction(() => {
    const user = sqlite
      .prepare(
        `INSERT INTO users (uid, email, name, role, created_at_ms) VALUES ('watch', @name, @name, 'viewer', @nowMs)
         ON CONFLICT (email) DO UPDATE SET role = 'viewer', removed_at_ms = NULL RETURNING id`,
      )
      .pluck()
      .get({ name: WATCHER, nowMs });
    sqlite.prepare("DELETE FROM sessions WHERE user_id = ?").run(user);
    sqlite
      .prepare("INSERT INTO sessions (hash, expires_at_ms, user_id) VALUES (?, ?, ?)")
      .run(hash, nowMs + SESSION_MS, user);
    if (!isWatching(sqlite)) {
      const detail = JSON.stringify({ role: "viewer", until: "the trial is over" });
      audit.insert({ actor: WATCHER, action: "signIn", subject: "release", tree: "", detail }, nowMs);
    }
  });
  begin.immediate();
}

/** The launcher's counts of the watcher's requests in a trial. */
export interface WatchCounts {
  release: number;
  asked: number;
  failed: number;
}

/**
 * Ends in the audit what the first look of a trial has begun. One row for each look would make sixty equal rows a
 * trial. `counts`: null when nothing was counted. Call inside a transaction.
 */
export function noteWatchEnded(sqlite: Sqlite, counts: WatchCounts | null, nowMs: number): void {
  if (!isWatching(sqlite)) return;
  const detail = JSON.stringify(counts ?? {});
  createAuditWriter(sqlite).insert({ actor: WATCHER, action: "signOut", subject: "release", tree: "", detail }, nowMs);
}

/** Whether the audit has the begin of a watch, and not its end. */
function isWatching(sqlite: Sqlite): boolean {
  const last = sqlite
    .prepare("SELECT action FROM audit WHERE actor = ? AND action IN ('signIn', 'signOut') ORDER BY id DESC LIMIT 1")
    .pluck()
    .get(WATCHER);
  return last === "signIn";
}

/** Lets the watcher decide what a canary asks, and nothing else (agents/queries/own-reviews.ts), or only look again. */
export function setWatcherRole(sqlite: Sqlite, role: "viewer" | "reviewer"): void {
  sqlite.prepare("UPDATE users SET role = ? WHERE email = ? AND removed_at_ms IS NULL").run(role, WATCHER);
}

export function endWatcher(sqlite: Sqlite, nowMs: number): void {
  const end = sqlite.transaction(() => {
    sqlite.prepare("DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE email = ?)").run(WATCHER);
    sqlite.prepare("UPDATE users SET removed_at_ms = ? WHERE email = ?").run(nowMs, WATCHER);
  });
  end.immediate();
}

/** Returns the public id of the newest tree of people, whose page a watcher looks at. */
export function treeToWatch(sqlite: Sqlite, isNotCanary: string): string | null {
  const sql = `SELECT tree.uid FROM trees tree WHERE ${isNotCanary} ORDER BY tree.id DESC LIMIT 1`;
  return (sqlite.prepare(sql).pluck().get() as string | undefined) ?? null;
}
