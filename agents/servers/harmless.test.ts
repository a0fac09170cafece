import { expect, test } from "vitest";
import { harmlessInput } from "./harmless";

const tool = (inputSchema: Record<string, unknown>, readOnly = true) => ({
  inputSchema: { type: "object", ...inputSchema },
  ...(readOnly && { readOnly: true as const }),
});

test.each([
  ["without arguments", tool({}), {}],
  ["with optional arguments only", tool({ properties: { tag: { type: "string" } } }), {}],
  ["with an example of each", tool({ required: ["id"], properties: { id: { examples: ["rex"] } } }), { id: "rex" }],
  [
    "with a default or choices",
    tool({ required: ["a", "b"], properties: { a: { default: 0 }, b: { enum: ["x", "y"] } } }),
    { a: 0, b: "x" },
  ],
  ["with a whole example", tool({ required: ["id"], examples: [{ id: 7 }] }), { id: 7 }],
  ["with an example that lacks one", tool({ required: ["id"], examples: [{}] }), null],
  ["that needs something", tool({ required: ["id"], properties: { id: { type: "string" } } }), null],
  ["that needs what an object has by itself", tool({ required: ["constructor"], properties: {} }), null],
  ["that may change something", tool({}, false), null],
])("a tool %s", (_, given, expected) => {
  expect(harmlessInput(given)).toEqual(expected);
});
