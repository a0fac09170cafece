import { copyFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test, vi } from "vitest";
import { uniteDatabase } from "./union";

// A test lets one of them throw, as a kill or a full disk ends the step.
vi.mock("node:fs", async (load) => {
  const real = await load<typeof import("node:fs")>();
  return { ...real, copyFileSync: vi.fn(real.copyFileSync), renameSync: vi.fn(real.renameSync) };
});

const SCHEMA = `
  CREATE TABLE tasks (id INTEGER PRIMARY KEY, title TEXT NOT NULL, note TEXT);
  CREATE TABLE messages (id INTEGER PRIMARY KEY, body TEXT);
  CREATE TABLE audit (id INTEGER PRIMARY KEY, action TEXT);
  CREATE TABLE letters (id INTEGER PRIMARY KEY, body TEXT);
  CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE dependencies (task_id INTEGER, on_id INTEGER, PRIMARY KEY (task_id, on_id)) WITHOUT ROWID;
  CREATE VIRTUAL TABLE messages_fts USING fts5(text, content='', contentless_delete=1);
  CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'append only'); END;
  INSERT INTO tasks VALUES (1, 'one', 'kept'), (2, 'two', 'kept');
  INSERT INTO messages VALUES (1, 'first');
  INSERT INTO audit VALUES (1, 'began');
  INSERT INTO letters VALUES (1, 'read already');
  INSERT INTO facts VALUES ('search_cursor_2', '1'), ('halt', 'off');
  INSERT INTO dependencies VALUES (1, 2);
  INSERT INTO messages_fts (rowid, text) VALUES (1, 'first');
`;

/** Makes a database with a snapshot of it, changes the database, and unites the two. `more`: SQL of the database's other tables. */
function united(change: (file: string) => void, more = "") {
  const dir = mkdtempSync(join(tmpdir(), "banyan-union-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const [file, snapshot, kept] = ["data.db", "snapshot.db", "kept.db"].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  const sqlite = new Database(file);
  sqlite.pragma("journal_mode = WAL");
  sqlite.exec(SCHEMA + more);
  sqlite.prepare("VACUUM INTO ?").run(snapshot);
  sqlite.close();
  change(file);
  const union = uniteDatabase(file, snapshot, kept);
  const result = new Database(file, { readonly: true });
  onTestFinished(() => void result.close());
  return { union, kept, all: (sql: string) => result.prepare(sql).raw().all(), result };
}

const run = (sql: string) => (file: string) => {
  const sqlite = new Database(file);
  sqlite.exec(sql);
  sqlite.close();
};

test("lost columns and rows come back, rows of the trial stay, and the newer value counts", () => {
  const { union, all, kept, result } = united(
    run(`
      ALTER TABLE tasks DROP COLUMN note;
      UPDATE tasks SET title = 'ONE' WHERE id = 1;
      DELETE FROM tasks WHERE id = 2;
      INSERT INTO tasks (id, title) VALUES (3, 'three');
      INSERT INTO messages VALUES (2, 'of the trial');
      DELETE FROM letters;
      INSERT INTO letters VALUES (2, 'unread');
      UPDATE facts SET value = '9';
      DELETE FROM dependencies;
      DROP TRIGGER audit_stays;
      UPDATE audit SET action = 'forged';
      INSERT INTO audit VALUES (2, 'went on');
    `),
  );
  expect(all("SELECT * FROM tasks")).toEqual([
    [1, "ONE", "kept"],
    [2, "two", "kept"],
    [3, "three", null],
  ]);
  expect(all("SELECT * FROM messages")).toEqual([
    [1, "first"],
    [2, "of the trial"],
  ]);
  // What was written once is as it was written; what was used up stays used up.
  expect(all("SELECT * FROM audit")).toEqual([
    [1, "began"],
    [2, "went on"],
  ]);
  expect(all("SELECT * FROM letters")).toEqual([[2, "unread"]]);
  expect(all("SELECT * FROM facts ORDER BY name")).toEqual([
    ["halt", "9"],
    ["search_cursor_2", "1"],
  ]);
  expect(all("SELECT * FROM dependencies")).toEqual([[1, 2]]);
  expect(all("SELECT rowid FROM messages_fts WHERE messages_fts MATCH 'first'")).toEqual([[1]]);
  expect(all("SELECT name FROM sqlite_master WHERE type = 'trigger'")).toEqual([["audit_stays"]]);
  expect(union).toEqual({ restored: ["tasks.note"], broughtBack: { tasks: 1, dependencies: 1 }, unread: [] });
  expect(result.pragma("integrity_check", { simple: true })).toBe("ok");
  expect(existsSync(kept)).toBe(true);
});

test("each row keeps its large text, whatever number the text has, and every use of it counts", () => {
  const { union, all } = united(
    run(`
      INSERT INTO outputs VALUES (4, 1);
      UPDATE blobs SET uses = 2 WHERE id = 1;
      DELETE FROM outputs WHERE id IN (2, 3);
      DELETE FROM blobs WHERE id IN (2, 3);
      INSERT INTO blobs VALUES (2, x'04', 1, 'new'), (3, x'02', 1, 'stored again');
      INSERT INTO outputs VALUES (5, 2), (6, 3);
    `),
    `
      CREATE TABLE blobs (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, uses INTEGER NOT NULL, data TEXT NOT NULL);
      CREATE TABLE outputs (id INTEGER PRIMARY KEY, blob_id INTEGER NOT NULL);
      INSERT INTO blobs VALUES (1, x'01', 1, 'shared'), (2, x'02', 1, 'stored again'), (3, x'03', 1, 'gave its number away');
      INSERT INTO outputs VALUES (1, 1), (2, 2), (3, 3);
    `,
  );
  const used = "SELECT outputs.id, data, uses FROM outputs LEFT JOIN blobs ON blobs.id = blob_id ORDER BY outputs.id";
  expect(all(used)).toEqual([
    [1, "shared", 2],
    [2, "stored again", 2],
    [3, "gave its number away", 1],
    [4, "shared", 2],
    [5, "new", 1],
    [6, "stored again", 2],
  ]);
  expect(union).toEqual({ restored: [], broughtBack: { blobs: 1, outputs: 2 }, unread: [] });
});

test("a table that is gone comes back whole", () => {
  const { union, all } = united(run("DROP TABLE messages; INSERT INTO tasks (id, title) VALUES (3, 'three');"));
  expect(all("SELECT * FROM messages")).toEqual([[1, "first"]]);
  expect(all("SELECT count(*) FROM tasks")).toEqual([[3]]);
  expect(union.restored).toEqual(["messages"]);
});

test("of a damaged page only its own rows are lost, and of a file that is no database the snapshot is left", () => {
  const filled = run(
    "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO messages SELECT i, hex(randomblob(100)) FROM n; PRAGMA wal_checkpoint(TRUNCATE)",
  );
  const { union, all } = united((file) => {
    filled(file);
    const bytes = readFileSync(file);
    // A page in the middle of the rows, far from the tables' roots.
    const page = Math.floor(bytes.length / 4096 / 2);
    bytes.fill(0xff, page * 4096, (page + 1) * 4096);
    writeFileSync(file, bytes);
  });
  const [[count]] = all("SELECT count(*) FROM messages") as [[number]];
  expect(union.unread).toEqual(["messages"]);
  expect(count).toBeGreaterThan(2_900);
  expect(all("SELECT title FROM tasks")).toEqual([["one"], ["two"]]);

  const none = united((file) => writeFileSync(file, "no database"));
  expect(none.union.unread).toEqual(["all"]);
  expect(none.all("SELECT count(*) FROM tasks")).toEqual([[2]]);
  expect(readFileSync(none.kept, "utf8")).toBe("no database");
});

test("of a queue that cannot be read to its end the snapshot's rows stay, and what can be read is newer", () => {
  const { union, all } = united((file) => {
    const sqlite = new Database(file);
    sqlite.exec("DELETE FROM letters; UPDATE facts SET value = 'lost'; PRAGMA wal_checkpoint(TRUNCATE)");
    const root = sqlite.prepare("SELECT rootpage FROM sqlite_master WHERE name = 'facts'").pluck().get() as number;
    sqlite.close();
    const bytes = readFileSync(file);
    bytes.fill(0xff, (root - 1) * 4096, root * 4096);
    writeFileSync(file, bytes);
  });
  expect(union.unread).toEqual(["facts"]);
  expect(all("SELECT * FROM facts ORDER BY name")).toEqual([
    ["halt", "off"],
    ["search_cursor_2", "1"],
  ]);
  expect(all("SELECT * FROM letters")).toEqual([]);

  // A damaged page in the middle: rows of both ends are as they were last.
  const part = united((file) => {
    const sqlite = new Database(file);
    sqlite.exec(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
        INSERT OR REPLACE INTO letters SELECT i, hex(randomblob(100)) FROM n;
      PRAGMA wal_checkpoint(TRUNCATE)`);
    sqlite.close();
    const bytes = readFileSync(file);
    const page = Math.floor(bytes.length / 4096 / 2);
    bytes.fill(0xff, page * 4096, (page + 1) * 4096);
    writeFileSync(file, bytes);
  });
  expect(part.union.unread).toEqual(["letters"]);
  expect(part.all("SELECT body FROM letters WHERE id = 1")).not.toEqual([["read already"]]);
  expect((part.all("SELECT count(*) FROM letters") as [[number]])[0][0]).toBeGreaterThan(2_900);
});

test("interrupted at any step and done again, it keeps what was only in the log beside the database", async () => {
  const real = await vi.importActual<typeof import("node:fs")>("node:fs");
  onTestFinished(() => void vi.mocked(copyFileSync).mockImplementation(real.copyFileSync));
  onTestFinished(() => void vi.mocked(renameSync).mockImplementation(real.renameSync));
  const dir = mkdtempSync(join(tmpdir(), "banyan-union-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const [file, snapshot] = [join(dir, "data.db"), join(dir, "snapshot.db")];
  const sqlite = new Database(file);
  onTestFinished(() => void sqlite.close());
  sqlite.pragma("journal_mode = WAL");
  sqlite.pragma("wal_autocheckpoint = 0");
  sqlite.exec(SCHEMA);
  sqlite.prepare("VACUUM INTO ?").run(snapshot);
  sqlite.exec("ALTER TABLE tasks DROP COLUMN note; INSERT INTO messages VALUES (2, 'of the trial');");
  for (let step = 1; step <= 7; step++) {
    const left = join(dir, `left-${step}.db`);
    for (const ending of ["", "-wal"]) real.copyFileSync(file + ending, left + ending);
    let steps = 0;
    const next = () => {
      steps += 1;
      if (steps === step) throw new Error("killed");
    };
    vi.mocked(copyFileSync).mockImplementation((...given) => {
      next();
      real.copyFileSync(...given);
    });
    vi.mocked(renameSync).mockImplementation((...given) => {
      next();
      real.renameSync(...given);
    });
    try {
      uniteDatabase(left, snapshot, join(dir, `kept-${step}.db`));
    } catch (error) {
      expect(String(error)).toContain("killed");
    }
    // Nothing fails from now on.
    steps = step;
    uniteDatabase(left, snapshot, join(dir, `again-${step}.db`));
    const result = new Database(left, { readonly: true });
    const rows = result.prepare("SELECT body FROM messages").pluck().all();
    const columns = result.prepare("SELECT note FROM tasks").pluck().all();
    result.close();
    expect([step, rows, columns]).toEqual([step, ["first", "of the trial"], ["kept", "kept"]]);
  }
});
