import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { makeTables } from "@/db/trees/sql-snapshot";
import { ending, endTask, given, reply, task } from "@/tests/agents/specification";
import { materialFor } from "./finishing";

const materialOf = (result: string) =>
  materialFor("evaluate", "abc", given(...task(), reply(1, endTask()), ending(1, { result })).state()).material;

test("a finishing agent reads a result of usual length whole", () => {
  const result = "row\n".repeat(15_000).trim();
  expect(materialOf(result)).toContain(`<result>\n${result}\n</result>`);
});

test("of a very long result it reads beginning and end, and the query that shows the rest", () => {
  const rows = Array.from({ length: 12_000 }, (_, at) => `row ${at} 😀`).join("\n");
  const material = materialOf(rows);
  expect(material.length).toBeLessThan(65_000);
  const shape =
    /<result>\n(.*)\n\[… \d+ characters left out: query_database shows them with (SELECT .*) …\]\n(.*)\n<\/result>/s;
  const [, head, sql, tail] = shape.exec(material) ?? [];
  const sqlite = new Database(":memory:");
  makeTables(sqlite, true);
  const content = JSON.stringify({ type: "ending", result: rows });
  sqlite.prepare("INSERT INTO messages (seq, task_id, kind, content) VALUES (1, 'abc', 'event', ?)").run(content);
  const page = String(
    sqlite
      .prepare(sql ?? "")
      .pluck()
      .get(),
  );
  sqlite.close();
  expect(rows.startsWith(`${head}${page}`)).toBe(true);
  expect(rows.endsWith(tail ?? "none")).toBe(true);
});
