/** V9: backup files that somebody else has made: a restore refuses them and leaves the database as it is. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "@/db/store";
import { checkBackup, restoreDatabase } from "./backup";

const migrations = "drizzle";

/** A database in use and a file that was a backup before `attack` changed it. */
function prepared(attack: (sqlite: Database.Database, file: string) => void) {
  const at = mkdtempSync(join(tmpdir(), "banyan-hostile-backup-"));
  onTestFinished(() => rmSync(at, { recursive: true, force: true }));
  const [file, target] = [join(at, "stranger.db"), join(at, "data", "banyan.db")];
  openStore(file, { migrations }).client.close();
  openStore(target, { migrations }).client.close();
  const sqlite = new Database(file);
  sqlite.pragma("journal_mode = DELETE");
  attack(sqlite, file);
  sqlite.close();
  return { at, file, target };
}

const asSql = (sql: string) => (sqlite: Database.Database) => void sqlite.exec(sql);

const ATTACKS: [string, (sqlite: Database.Database, file: string) => void, RegExp][] = [
  [
    "a trigger that makes everybody an admin",
    asSql("CREATE TRIGGER grab AFTER INSERT ON facts BEGIN UPDATE users SET role = 'admin'; END"),
    /it holds the trigger grab/,
  ],
  [
    "a view that never ends in the place of a table",
    asSql(
      "ALTER TABLE trees RENAME TO old_trees; CREATE VIEW trees AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS id, x AS ended_at_ms FROM n",
    ),
    /it holds the view trees/,
  ],
  ["another virtual table", asSql("CREATE VIRTUAL TABLE spy USING fts5(text)"), /it holds the virtual table spy/],
  [
    "the search index with other options",
    asSql("DROP TABLE messages_fts; CREATE VIRTUAL TABLE messages_fts USING fts5(text)"),
    /it holds the virtual table messages_fts/,
  ],
  [
    "a name that forges lines of the terminal",
    asSql('CREATE VIEW "x\n\u001b[2KRestored the database" AS SELECT 1'),
    /it holds the view x_2KRestored_the_database, which/,
  ],
  [
    "a view instead of the record of migrations",
    asSql("DROP TABLE migrations; CREATE VIEW migrations AS SELECT 'x' AS name, 'y' AS hash"),
    /it holds the view migrations/,
  ],
  ["a table missing", asSql("DROP TABLE messages"), /is not a Banyan database/],
  [
    "a level of a later version",
    asSql("INSERT OR REPLACE INTO facts VALUES ('data_level', '999')"),
    /newer|later version/i,
  ],
  ["a huge size without content", (_, file) => truncateSync(file, 2 ** 42), /needs .* and the disk of .* has/],
  ["a folder as its write-ahead log", (_, file) => mkdirSync(`${file}-wal`), /stranger\.db-wal is not a file/],
  ["a device as its write-ahead log", (_, file) => symlinkSync("/dev/zero", `${file}-wal`), /-wal is not a file/],
];

test.each(ATTACKS)("refuses a file with %s, and changes nothing", (_, attack, expected) => {
  const { at, file, target } = prepared(attack);
  const before = readFileSync(target);
  expect(() => checkBackup(file, join(at, "check"), migrations)).toThrow(expected);
  expect(() => restoreDatabase(file, target, migrations)).toThrow(expected);
  expect(readFileSync(target).equals(before)).toBe(true);
  expect(readdirSync(join(at, "data"))).toEqual(["banyan.db"]);
  expect(readdirSync(join(at, "check"))).toEqual([]);
});

test("a table and an index of a newer release are no obstacle", () => {
  const { at, file } = prepared(asSql("CREATE TABLE later (x TEXT) STRICT; CREATE INDEX later_x ON later (x)"));
  expect(checkBackup(file, join(at, "check"), migrations)).toMatchObject({ trees: 0, older: false });
});
