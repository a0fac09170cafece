import { expect, test } from "vitest";
import { schemaRows } from "./schema-rows";

test("lists arguments with type and limits, nested arguments below their parent", () => {
  const schema = {
    required: ["path"],
    properties: {
      path: { type: "string", description: "Where.", minLength: 1 },
      how: { enum: ["a", "b"], default: "a" },
      filters: { type: "array", items: { type: "object", properties: { age: { type: ["integer", "null"] } } } },
    },
  };
  expect(schemaRows(schema).rows).toEqual([
    { name: "path", depth: 0, type: "string", required: true, about: "Where.", limits: "not empty" },
    { name: "how", depth: 0, type: 'one of "a", "b"', required: false, about: "", limits: 'default "a"' },
    { name: "filters", depth: 0, type: "array of object", required: false, about: "", limits: "" },
    { name: "age", depth: 1, type: "integer or null", required: false, about: "", limits: "" },
  ]);
});

test("truncates a hostile or broken schema and never throws", () => {
  const deep: Record<string, unknown> = { type: "object" };
  deep.properties = { again: deep };
  expect(schemaRows(deep).rows.map((row) => row.depth)).toEqual([0, 1, 2]);
  const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`a${at}`, {}]));
  expect(schemaRows({ properties: wide })).toMatchObject({ more: true, rows: { length: 100 } });
  for (const bad of [null, 1, "x", [], { properties: 1 }, { properties: { a: null, b: 1, c: { enum: [[]] } } }])
    expect(() => schemaRows(bad)).not.toThrow();
  const [row] = schemaRows({ properties: { "a\u202eb\n": { description: "x".repeat(9_000) } } }).rows;
  expect(row?.name).toBe("a b");
  expect(row?.about.length).toBeLessThan(500);
});
