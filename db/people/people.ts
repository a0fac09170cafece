/** Stores users, and the hashes of their sessions and sign-in links. */
import { type Actor, may, ownerCalled, type Role, type User } from "@/core/rules/roles";
import type { ListedUser } from "@/core/shapes/installation/people";
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import { iso } from "@/db/file/iso";
import type { Writes } from "@/db/file/writes";
import { createMadeRules } from "./made-rules";
import { createTokens, type Tokens } from "./tokens";
import { noteWatchEnded, WATCHER, type WatchCounts } from "./watcher";

/** Why a user cannot be changed. */
type NotChanged = "unknown" | "last_admin";

export interface People extends Tokens {
  create(hash: string, expiresAtMs: number, userId?: string | null): Promise<void>;
  /** Stores a sign-in link in place of the one before it. */
  createLink(hash: string, expiresAtMs: number): Promise<void>;
  /** Resolves with the owner of the session; null when it is unknown, expired, or its user was removed. */
  ofSession(hash: string): Promise<Actor | null>;
  /** Whether a person is signed in, in any browser. */
  hasSession(): boolean;
  delete(hash: string): Promise<boolean>;
  /** Calls the listener when a session, role or token changes in this process. */
  onChange(listener: () => void): () => void;
  users(): User[];
  /** Returns the users with when they were last seen and their number of open sessions. */
  listedUsers(): ListedUser[];
  /** Returns the user with this address, public id or unique prefix of an id, unless removed. */
  findUser(idOrEmail: string): User | null;
  /** Adds a user. A removed user comes back with the new name and role. Resolves with null when the address is in use. */
  addUser(user: { uid: string; email: string; name: string; role: Role }): Promise<User | null>;
  /**
   * Resolves with the user of an address that may sign in, or null when that user was removed. Creates a new user as
   * operator, or with `isFirst` as admin while no user is one.
   */
  admit(user: { uid: string; email: string; name: string; isFirst: boolean }): Promise<User | null>;
  /** Changes the role, and switches off the user's rules in the same transaction when the role may not decide. */
  setRole(uid: string, role: Role, by: string): Promise<NotChanged | null>;
  /** Removes a user, and ends their sessions, tokens and rules in the same transaction. */
  removeUser(uid: string, by: string): Promise<NotChanged | null>;
  /** Returns the names of all users who may decide; see `mayDecide`. */
  reviewers(): string[];
  /** Ends the watch of a release in the audit, if one has begun there. */
  endWatch(counts: WatchCounts | null): Promise<void>;
}

interface UserRow {
  uid: string;
  email: string;
  name: string;
  role: Role;
  createdAtMs: number;
}

interface SeenRow extends UserRow {
  /** When the user was last seen, according to the database. */
  lastMs: number | null;
  sessions: number;
}

/** The fact with the hash of the newest sign-in link. */
const LINK = "signin_link";

/** Number of newest audit rows that are searched for when a user was last seen. */
const LATEST_ACTS = 20_000;

/** Runs a function in the next transaction, then calls the listeners. */
type Write = <T>(work: (nowMs: number) => T) => Promise<T>;

export function createPeople(sqlite: Sqlite, log: Writes, now: () => number): People {
  const listeners = new Set<() => void>();
  const write: Write = async (work) => {
    const result = await log.write(({ nowMs }) => work(nowMs));
    for (const listener of listeners) listener();
    return result;
  };
  const rules = createMadeRules(sqlite);
  const tokens = createTokens(sqlite, log, now, write, rules.endOfToken);
  const sessions = sessionStatements(sqlite);
  const facts = createFacts(sqlite);
  /** When a session was last used, by public id of the user. Kept in memory, so that requests need no write. */
  const seenMs = new Map<string, number>();
  return {
    ...tokens,
    ...createUsers(sqlite, write, {
      decisions: rules.endOfPerson,
      all: (uid, email, by, nowMs) => {
        sessions.removeOf.run(uid);
        tokens.revokeAllOf(email, by, nowMs);
        rules.endOfPerson(email, by, nowMs);
      },
    }),
    endWatch: (counts) => log.write(({ nowMs }) => noteWatchEnded(sqlite, counts, nowMs)),
    create: (hash, expiresAtMs, userId = null) =>
      log.write(({ nowMs }) => {
        sessions.sweep.run(nowMs);
        // A session without a user belongs to the machine's owner, so an unknown user must not get one.
        if (sessions.insert.run({ hash, expiresAtMs, userId }).changes === 0) throw new Error("There is no such user.");
      }),
    createLink: (hash, expiresAtMs) =>
      log.write(() => {
        const before = facts.read(LINK);
        if (before !== undefined) sessions.remove.get(before);
        sessions.insert.run({ hash, expiresAtMs, userId: null });
        facts.write(LINK, hash);
      }),
    async ofSession(hash) {
      const row = sessions.find.get(hash, now()) as { uid: string | null; email: string; role: Role } | undefined;
      if (!row) return null;
      if (row.uid === null) return ownerCalled("you");
      seenMs.set(row.uid, now());
      return { id: `user:${row.uid}`, name: row.email, role: row.role };
    },
    hasSession: () => sessions.any.get({ now: now(), link: facts.read(LINK) ?? null, watcher: WATCHER }) !== undefined,
    listedUsers: () =>
      (sessions.listed.all({ now: now() }) as SeenRow[]).map(({ lastMs, sessions: open, ...row }) => {
        const seen = Math.max(lastMs ?? 0, seenMs.get(row.uid) ?? 0);
        return { ...shapeOf(row), last_seen_at: seen === 0 ? null : iso(seen), sessions: open };
      }),
    // A guessed link costs a read only: no write, and no check of everybody's access.
    delete: async (hash) =>
      sessions.has.get(hash) !== undefined &&
      write((nowMs) => ((sessions.remove.get(hash) as number | undefined) ?? 0) > nowMs),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

type Users = Pick<People, "users" | "findUser" | "addUser" | "admit" | "setRole" | "removeUser" | "reviewers">;

/** What ends in the transaction that changes a user. */
interface Ends {
  /** For a user who may no longer decide. */
  decisions(email: string, by: string, nowMs: number): void;
  /** For a user who is removed. */
  all(uid: string, email: string, by: string, nowMs: number): void;
}

function createUsers(sqlite: Sqlite, write: Write, end: Ends): Users {
  const users = userStatements(sqlite);
  /** Returns why the user cannot lose the role of admin, or null. Call inside a transaction. */
  function fault(uid: string): NotChanged | null {
    const user = users.byUid.get(uid) as UserRow | undefined;
    if (!user) return "unknown";
    return user.role === "admin" && users.admins.get() === 1 ? "last_admin" : null;
  }

  return {
    users: () => (users.all.all() as UserRow[]).map(shapeOf),
    findUser(idOrEmail) {
      const found = users.like.all({ given: idOrEmail }) as UserRow[];
      const exact = found.find((row) => row.uid === idOrEmail || row.email === idOrEmail.toLowerCase());
      const user = exact ?? (found.length === 1 ? found[0] : undefined);
      return user ? shapeOf(user) : null;
    },
    addUser: (user) =>
      write((nowMs) => {
        const row = users.add.get({ ...user, now: nowMs }) as UserRow | undefined;
        return row ? shapeOf(row) : null;
      }),
    admit: ({ isFirst, ...user }) =>
      write((nowMs) => {
        const role: Role = isFirst && users.admins.get() === 0 ? "admin" : "operator";
        users.make.run({ ...user, role, now: nowMs });
        const row = users.byEmail.get(user.email) as UserRow | undefined;
        return row ? shapeOf(row) : null;
      }),
    setRole: (uid, role, by) =>
      write((nowMs) => {
        const why = fault(uid);
        if (why === "unknown" || (why === "last_admin" && role !== "admin")) return why;
        users.setRole.run(role, uid);
        if (!may(role, "decide")) end.decisions((users.byUid.get(uid) as UserRow).email, by, nowMs);
        return null;
      }),
    removeUser: (uid, by) =>
      write((nowMs) => {
        const why = fault(uid);
        if (why) return why;
        const { email } = users.byUid.get(uid) as UserRow;
        users.remove.run(nowMs, uid);
        end.all(uid, email, by, nowMs);
        return null;
      }),
    reviewers: () => users.reviewers.all() as string[],
  };
}

function sessionStatements(sqlite: Sqlite) {
  return {
    insert: sqlite.prepare(`
      INSERT OR REPLACE INTO sessions (hash, expires_at_ms, user_id)
      SELECT @hash, @expiresAtMs, (SELECT id FROM users WHERE uid = @userId)
      WHERE @userId IS NULL OR EXISTS (SELECT 1 FROM users WHERE uid = @userId AND removed_at_ms IS NULL)`),
    has: sqlite.prepare("SELECT 1 FROM sessions WHERE hash = ?"),
    find: sqlite.prepare(`
      SELECT users.uid, users.email, users.role FROM sessions LEFT JOIN users ON users.id = sessions.user_id
      WHERE hash = ? AND expires_at_ms > ? AND users.removed_at_ms IS NULL`),
    listed: sqlite.prepare(`
      WITH acts AS (
        SELECT actor, max(at_ms) AS ms FROM (SELECT actor, at_ms FROM audit ORDER BY id DESC LIMIT ${LATEST_ACTS}) GROUP BY actor
      )
      SELECT users.uid, email, users.name, users.role, users.created_at_ms AS createdAtMs,
        (SELECT count(*) FROM sessions WHERE user_id = users.id AND expires_at_ms > @now) AS sessions,
        (SELECT max(ms) FROM (
          SELECT ms FROM acts WHERE actor = email
          UNION ALL SELECT max(last_used_at_ms) FROM api_tokens WHERE created_by = email)) AS lastMs
      FROM users WHERE removed_at_ms IS NULL ORDER BY email`),
    any: sqlite.prepare(`
      SELECT 1 FROM sessions LEFT JOIN users ON users.id = sessions.user_id
      WHERE expires_at_ms > @now AND hash IS NOT @link AND users.email IS NOT @watcher LIMIT 1`),
    remove: sqlite.prepare("DELETE FROM sessions WHERE hash = ? RETURNING expires_at_ms").pluck(),
    removeOf: sqlite.prepare("DELETE FROM sessions WHERE user_id = (SELECT id FROM users WHERE uid = ?)"),
    sweep: sqlite.prepare("DELETE FROM sessions WHERE expires_at_ms <= ?"),
  };
}

function userStatements(sqlite: Sqlite) {
  const columns = "uid, email, name, role, created_at_ms AS createdAtMs";
  const live = "FROM users WHERE removed_at_ms IS NULL";
  return {
    all: sqlite.prepare(`SELECT ${columns} ${live} ORDER BY email`),
    byUid: sqlite.prepare(`SELECT ${columns} ${live} AND uid = ?`),
    like: sqlite.prepare(`
      SELECT ${columns} ${live} AND @given <> '' AND (email = lower(@given) OR (uid >= @given AND uid < @given || '~')) LIMIT 3`),
    admins: sqlite.prepare(`SELECT count(*) ${live} AND role = 'admin'`).pluck(),
    // The watch of a release reviews nothing of people, so it is nobody's other reviewer.
    reviewers: sqlite
      .prepare(`SELECT email ${live} AND role IN ('reviewer', 'admin') AND email <> '${WATCHER}' ORDER BY email`)
      .pluck(),
    add: sqlite.prepare(`
      INSERT INTO users (uid, email, name, role, created_at_ms) VALUES (@uid, @email, @name, @role, @now)
      ON CONFLICT (email) DO UPDATE SET name = @name, role = @role, removed_at_ms = NULL WHERE removed_at_ms IS NOT NULL
      RETURNING ${columns}`),
    make: sqlite.prepare(`
      INSERT INTO users (uid, email, name, role, created_at_ms) VALUES (@uid, @email, @name, @role, @now)
      ON CONFLICT (email) DO NOTHING`),
    byEmail: sqlite.prepare(`SELECT ${columns} ${live} AND email = ?`),
    setRole: sqlite.prepare("UPDATE users SET role = ? WHERE uid = ?"),
    remove: sqlite.prepare("UPDATE users SET removed_at_ms = ? WHERE uid = ?"),
  };
}

function shapeOf({ uid, createdAtMs, ...row }: UserRow): User {
  return { id: uid, ...row, created_at: iso(createdAtMs) };
}
