import { expect, test } from "vitest";
import { schemaRows } from "./schema-rows";

test("arguments are told in words, nested ones below theirs", () => {
  const schema = {
    required: ["path"],
    properties: {
      path: { type: "string", description: "Where.", minLength: 1 },
      how: { enum: ["a", "b"], default: "a" },
      filters: { type: "array", items: { type: "object", properties: { age: { type: ["integer", "null"] } } } },
    },
  };
  expect(schemaRows(schema).rows).toEqual([
    { name: "path", depth: 0, type: "text", required: true, about: "Where.", limits: "at least 1 characters" },
    { name: "how", depth: 0, type: 'one of "a", "b"', required: false, about: "", limits: '"a" when left out' },
    { name: "filters", depth: 0, type: "list of object", required: false, about: "", limits: "" },
    { name: "age", depth: 1, type: "whole number or nothing", required: false, about: "", limits: "" },
  ]);
});

test("a schema of somebody who means harm, or of nobody who can write one, is cut and never throws", () => {
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
