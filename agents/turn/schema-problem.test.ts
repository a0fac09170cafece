import { expect, onTestFinished, test } from "vitest";
import { schemaProblem } from "./schema-problem";

test("a server's schema that makes the check a promise refuses what it refuses, and rejects nothing later", async () => {
  const faults: unknown[] = [];
  const note = (error: unknown) => void faults.push(error);
  process.on("unhandledRejection", note);
  onTestFinished(() => void process.off("unhandledRejection", note));
  const inputSchema = { $async: true, type: "object", required: ["x"] };
  expect(schemaProblem({ hash: "async", inputSchema }, {})).toContain("required");
  expect(schemaProblem({ hash: "async", inputSchema }, { x: 1 })).toBeNull();
  await new Promise((resolve) => setImmediate(resolve));
  expect(faults).toEqual([]);
});

test.each([
  ["refers to nothing", { type: "object", properties: { x: { $ref: "https://nowhere.example/x" } } }],
  ["has a type that there is not", { type: "object", properties: { x: { type: "nonsense" } } }],
  ["calls itself the standard", { $defs: { m: { $id: "https://json-schema.org/draft/2020-12/schema", not: {} } } }],
])("a schema that %s accepts everything, because the server checks too", (hash, inputSchema) => {
  expect(schemaProblem({ hash, inputSchema }, { x: 1 })).toBeNull();
});
