import { readdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { expandOnlyProblem, expandOnlyProblems, schemaOf } from "./expand-only";
import { applyMigrations, type Migration, readMigrations } from "./migrations";

const SCHEMA = [
  "CREATE TABLE notes (id integer PRIMARY KEY, text text NOT NULL) STRICT",
  "CREATE INDEX notes_of_text ON notes (text)",
];
const problem = (...statements: string[]) => expandOnlyProblem(statements.join("\n--> statement-breakpoint\n"), SCHEMA);

test("tables, indexes and columns that may stay empty are additions", () => {
  expect(
    problem(
      "-- Why: an author; DROP TABLE notes is only said here.\nALTER TABLE `notes` ADD `by` text;",
      "ALTER TABLE `notes` ADD COLUMN `rank` integer DEFAULT 0 NOT NULL;",
      "ALTER TABLE notes ADD state text DEFAULT 'CHECK (it); DROP' NOT NULL",
      "CREATE INDEX `by_rank` ON `notes` (`rank`) WHERE rank > 0;",
      "CREATE TABLE `tags` (`name` text CHECK (name <> ''), `note` integer REFERENCES notes(id) ON DELETE cascade) STRICT;",
      "CREATE UNIQUE INDEX `tags_once` ON `tags` (`name`, lower(`name`));",
    ),
  ).toBeNull();
});

const REFUSED: [name: string, statements: string[], said: RegExp][] = [
  ["a dropped table", ["DROP TABLE notes"], /^DROP TABLE notes is not allowed/],
  ["a dropped column", ["ALTER TABLE notes DROP COLUMN text"], /is not allowed/],
  ["a renamed column", ["ALTER TABLE notes RENAME COLUMN text TO body"], /is not allowed/],
  ["a renamed table", ["ALTER TABLE notes RENAME TO adds"], /is not allowed/],
  ["a dropped index", ["DROP INDEX notes_of_text"], /is not allowed/],
  ["rows that change", ["UPDATE notes SET text = ''"], /is not allowed/],
  ["rows that are deleted", ["DELETE FROM notes"], /is not allowed/],
  ["a trigger", ["CREATE TRIGGER t AFTER INSERT ON notes BEGIN DELETE FROM notes; END"], /is not allowed/],
  ["a view", ["CREATE VIEW v AS SELECT * FROM notes"], /is not allowed/],
  ["a setting of SQLite", ["PRAGMA writable_schema = ON"], /is not allowed/],
  ["a table of another schema", ["CREATE TABLE temp.notes (id integer)"], /is not allowed/],
  ["a table that hides another", ["CREATE TEMP TABLE notes (id integer)"], /is not allowed/],
  ["a table from a query", ["CREATE TABLE copied AS SELECT * FROM notes"], /is not allowed/],
  ["a column with a check", ["ALTER TABLE notes ADD rank integer CHECK (length(text) < 9)"], /is not allowed/],
  ["a computed column", ["ALTER TABLE notes ADD rank text AS (json_extract(text, '$'))"], /is not allowed/],
  ["a hidden second statement", ["CREATE INDEX a ON notes (id); DROP TABLE notes"], /more than one statement/],
  ["one behind a comment", ["/* CREATE TABLE a (b) */ DROP TABLE notes"], /is not allowed/],
  ["one behind a literal", ["CREATE TABLE a (b DEFAULT '--'); DROP TABLE notes"], /more than one statement/],
  [
    "a column that must be filled",
    ["ALTER TABLE notes ADD rank integer NOT NULL"],
    /not null and has no default|NOT NULL/,
  ],
  ["a unique index", ["CREATE UNIQUE INDEX once ON notes (text)"], /the index once, which is unique/],
  ["a computed index", ["CREATE INDEX of_json ON notes (json_extract(text, '$'))"], /which is computed/],
  ["a reference that keeps rows", ["CREATE TABLE a (note integer REFERENCES notes(id))"], /ON DELETE CASCADE/],
  ["a table that is there", ["CREATE TABLE notes (id integer)"], /already exists/],
];

test.each(REFUSED)("%s is refused", (_, statements, said) => expect(problem(...statements)).toMatch(said));

const migration = (name: string, sql: string): Migration => ({ name, hash: sql, whenMs: 1, statements: [sql] });
const FIRST = migration("0000_first", SCHEMA.join(";"));
const MORE = migration("0001_more", "CREATE TABLE more (id integer PRIMARY KEY)");

test("a candidate keeps the base's migrations as they are, and adds some", () => {
  expect(expandOnlyProblems([FIRST], [FIRST, MORE])).toEqual([]);
  expect(expandOnlyProblems([FIRST, MORE], [FIRST])).toEqual(["The migration 0001_more is missing."]);
  const edited = { ...MORE, hash: "another" };
  expect(expandOnlyProblems([FIRST, MORE], [FIRST, edited])).toEqual([
    expect.stringContaining("is not the one of the"),
  ]);
  const drops = migration("0002_drops", "DROP TABLE more");
  expect(expandOnlyProblems([FIRST], [FIRST, MORE, drops])).toEqual([
    expect.stringMatching(/^The migration 0002_drops: DROP TABLE more is not allowed/),
  ]);
});

test("a unique index of a later migration on a table that the candidate creates is an addition", () => {
  const unique = migration("0002_unique", "CREATE UNIQUE INDEX once ON more (id)");
  expect(expandOnlyProblems([FIRST], [FIRST, MORE, unique])).toEqual([]);
  expect(expandOnlyProblems([FIRST, MORE], [FIRST, MORE, unique])).toEqual([expect.stringContaining("is unique")]);
});

test("Banyan's own migrations are their own base, and its schema can be made again", () => {
  const own = readMigrations(join(import.meta.dirname, "../../drizzle"));
  const files = readdirSync(join(import.meta.dirname, "../../drizzle")).filter((name) => name.endsWith(".sql"));
  expect(own.length).toBe(files.length);
  expect(expandOnlyProblems(own, own)).toEqual([]);
  const sqlite = new Database(":memory:");
  applyMigrations(sqlite, "banyan.db", own);
  const schema = schemaOf(sqlite);
  sqlite.close();
  expect(expandOnlyProblem("ALTER TABLE `tasks` ADD `noted` text;", schema)).toBeNull();
  expect(expandOnlyProblem("ALTER TABLE `tasks` DROP COLUMN `uid`;", schema)).not.toBeNull();
});
