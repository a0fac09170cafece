import { expect, test } from "vitest";
import { blobOf, createBlobWriter, createBodyReader, fieldOf, LARGE_BYTES, wholeBody } from "./bodies";
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

test("a damaged large body is no JSON, and a query over many goes on", async () => {
  const { sqlite, close } = openClient(":memory:", { migrations: "drizzle" });
  const large = JSON.stringify({ type: "large", text: "x".repeat(LARGE_BYTES) });
  const blob = createBlobWriter(sqlite)(await blobOf(large));
  sqlite.exec("CREATE TEMP TABLE notes (body TEXT, blob_id INTEGER)");
  sqlite.prepare('INSERT INTO notes VALUES (NULL, ?), (\'{"type":"small"}\', NULL)').run(blob);
  sqlite.prepare("UPDATE blobs SET data = zeroblob(40)").run();
  expect(
    sqlite
      .prepare(`SELECT ${fieldOf("type")} FROM notes ORDER BY rowid`)
      .pluck()
      .all(),
  ).toEqual([null, "small"]);
  expect(createBodyReader(sqlite).read({ body: null, blobId: blob })).toBe("");
  close();
});
