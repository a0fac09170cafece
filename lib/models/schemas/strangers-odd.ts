/** Schemas that no well-kept server publishes, and that an added server may publish all the same. */
import type { ToolSpec } from "@/core/log/model";

const text = { type: "string" };

function tool(name: string, inputSchema: unknown, description = `Calls ${name}.`): ToolSpec {
  return { name, description, inputSchema: inputSchema as ToolSpec["inputSchema"] };
}

function nested(levels: number): Record<string, unknown> {
  return levels === 0
    ? text
    : { type: "object", properties: { inner: nested(levels - 1), list: { type: "array", items: text } } };
}

const treeNode = {
  type: "object",
  properties: { value: text, children: { type: "array", items: { $ref: "#/definitions/node" } } },
};

/** Each level refers twice to the next one, so that written out it has 2^20 leaves. */
function doubling(): Record<string, unknown> {
  const levels = Array.from({ length: 20 }, (_, at) => {
    const next = at === 19 ? text : { $ref: `#/$defs/level${at + 1}` };
    return [`level${at}`, { type: "object", properties: { left: next, right: next } }];
  });
  return { type: "object", properties: { start: { $ref: "#/$defs/level0" } }, $defs: Object.fromEntries(levels) };
}

export const oddTools: ToolSpec[] = [
  tool("tree__put", {
    type: "object",
    properties: { root: { $ref: "#/definitions/node" } },
    definitions: { node: treeNode },
  }),
  tool("self__put", { type: "object", properties: { again: { $ref: "#" } } }),
  tool("doubling__put", doubling()),
  tool("deep__put", nested(30)),
  tool("remote__put", {
    type: "object",
    properties: { a: { $ref: "https://example.org/schema.json" }, b: { $ref: "#/$defs/absent" } },
  }),
  tool("empty__put", {}),
  tool("none__put", null),
  tool("list__put", []),
  tool("wrong-type__put", { type: "string" }),
  tool("nullable__put", { type: ["object", "null"], properties: { a: text } }),
  tool("enums__put", {
    type: "object",
    properties: {
      mixed: { enum: ["a", 1, null] },
      numbers: { type: "integer", enum: [1, 2] },
      none: { enum: [] },
      only: { const: 4 },
      empty: { type: "string", enum: [""] },
    },
  }),
  tool("types__put", {
    type: "object",
    properties: {
      some: { type: ["string", "array", "object"], items: text, properties: { a: text } },
      any: true,
      never: false,
      wrong: "object",
    },
  }),
  tool("unions__put", {
    type: "object",
    properties: {
      deep: { anyOf: [{ anyOf: [text, { type: "null" }] }, { type: "array" }], description: "outer" },
      none: { anyOf: [] },
    },
  }),
  tool("a.name/with spaces", { type: "object", properties: { "": text, ключ: text, "a b": text, a_b: text } }, ""),
  tool("7_begins_with_a_number", { type: "object", properties: {} }),
  tool("a_name_of_a_server_that_is_long__and_a_name_of_a_tool_that_is_longer_still", {
    type: "object",
    properties: {},
  }),
  tool("a_name_of_a_server_that_is_long__and_a_name_of_a_tool_that_is_longer_than", { type: "object", properties: {} }),
  tool("limits__put", {
    type: "object",
    properties: {
      text: { type: "string", minLength: "3", maxLength: 5.5, pattern: "[" },
      list: { type: "array", items: text, minItems: -1, uniqueItems: "yes" },
    },
  }),
];
