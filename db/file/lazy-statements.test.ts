import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { openStore } from "@/db/store";
import { prepareLazily } from "./lazy-statements";

test("every statement of the store compiles", () => {
  const { close } = openStore(":memory:", { migrations: "drizzle", compilesAtOnce: true }).client;
  close();
});

test("a store that compiles at once refuses a fault when it opens", () => {
  const { sqlite, close } = openStore(":memory:", { migrations: "drizzle", compilesAtOnce: true }).client;
  expect(() => sqlite.prepare("SELECT name FROM nowhere")).toThrow("no such table: nowhere");
  close();
});

test("a statement that nobody has used yet does what one of SQLite does, with each way to return rows", () => {
  const sqlite = new Database(":memory:");
  sqlite.exec("CREATE TABLE fruit (name TEXT, grams INTEGER); INSERT INTO fruit VALUES ('fig', 50), ('plum', 60)");
  const all = "SELECT name, grams FROM fruit ORDER BY name";
  const ways = {
    rows: (db: typeof sqlite) => db.prepare(all).all(),
    one: (db: typeof sqlite) => db.prepare("SELECT * FROM fruit WHERE name = @name").get({ name: "plum" }),
    none: (db: typeof sqlite) => db.prepare("SELECT * FROM fruit WHERE name = ?").get("kiwi"),
    plucked: (db: typeof sqlite) => db.prepare(all).pluck().all(),
    pluckedAndBack: (db: typeof sqlite) => db.prepare(all).pluck().pluck(false).all(),
    raw: (db: typeof sqlite) => db.prepare(all).raw().get(),
    expanded: (db: typeof sqlite) => db.prepare(all).expand().get(),
    large: (db: typeof sqlite) => db.prepare("SELECT 9007199254740993").safeIntegers().pluck().get(),
    iterated: (db: typeof sqlite) => [...db.prepare(all).iterate()],
    columns: (db: typeof sqlite) => db.prepare(all).columns(),
    bound: (db: typeof sqlite) => db.prepare("SELECT ? + 1 AS sum").bind(2).get(),
    facts: (db: typeof sqlite) => {
      const { source, reader, readonly, busy } = db.prepare("DELETE FROM fruit");
      return { source, reader, readonly, busy };
    },
    changedAfterUse: (db: typeof sqlite) => {
      const statement = db.prepare(all);
      return [statement.get(), statement.pluck().get(), statement.get()];
    },
    written: (db: typeof sqlite) => db.prepare("UPDATE fruit SET grams = grams + ?").run(0),
    inTransaction: (db: typeof sqlite) => db.transaction(() => db.prepare("SELECT 1 AS x").get())(),
    whileAnotherIsRead: (db: typeof sqlite) => {
      const count = db.prepare("SELECT count(*) FROM fruit").pluck();
      return [...db.prepare(all).iterate()].map(() => count.get());
    },
  };
  const seen = () => Object.entries(ways).map(([name, way]) => [name, way(sqlite)]);
  const expected = seen();
  prepareLazily(sqlite);
  expect(seen()).toEqual(expected);
  sqlite.close();
});

test("a fault shows at the first use, and at every later one", () => {
  const sqlite = new Database(":memory:");
  prepareLazily(sqlite);
  const statement = sqlite.prepare("SELECT name FROM fruit").pluck();
  expect(() => statement.get()).toThrow("no such table: fruit");
  expect(() => statement.get()).toThrow("no such table: fruit");
  sqlite.exec("CREATE TABLE fruit (name TEXT); INSERT INTO fruit VALUES ('fig')");
  expect(statement.get()).toBe("fig");
  sqlite.close();
});
