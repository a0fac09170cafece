import { expect, test } from "vitest";
import { blobOf, createBlobWriter, LARGE_BYTES, wholeBody } from "./bodies";
import { openClient } from "./client";

test("a query reads large bodies like small ones, row by row, as a condition and in a transaction", async () => {
  const { sqlite, close } = openClient(":memory:", { migrations: "drizzle" });
  const large = JSON.stringify({ type: "large", by: "ada", text: "x".repeat(LARGE_BYTES) });
  const blob = createBlobWriter(sqlite)(await blobOf(large));
  sqlite.exec("CREATE TEMP TABLE notes (body TEXT, blob_id INTEGER)");
  const add = sqlite.prepare("INSERT INTO notes VALUES (?, ?)");
  add.run('{"type":"small","by":"bob"}', null);
  add.run(null, blob);
  add.run(null, null);
  const all = sqlite.prepare(`SELECT ${wholeBody("n")} ->> '$.by' FROM notes AS n ORDER BY rowid`).pluck();
  expect(all.all()).toEqual(["bob", "ada", null]);
  expect([...all.iterate()]).toEqual(["bob", "ada", null]);
  const found = sqlite.prepare(`SELECT ${wholeBody()} FROM notes WHERE ${wholeBody()} LIKE '{"type":"large"%'`).pluck();
  expect(sqlite.transaction(() => found.get())()).toBe(large);
  close();
});
