import { expect, onTestFinished, test, vi } from "vitest";
import { inputChecks } from "./input-check";
import { canonicalJson, changesAgainst, hashOfTool } from "./schema";
import type { ListedTool } from "./types";

const TOOL = {
  name: "echo",
  description: "Says it.",
  inputSchema: { type: "object", properties: { a: { type: "string" }, b: {} } },
};

function listed(tool: Omit<ListedTool, "hash">): ListedTool {
  return { ...tool, hash: hashOfTool(tool) };
}

test("the same definition has the same hash, however it was written; any change gives another hash", () => {
  const same = {
    inputSchema: { properties: { b: {}, a: { type: "string" } }, type: "object" },
    description: "Says it.",
    name: "echo",
  };
  expect(hashOfTool(same)).toBe(hashOfTool(TOOL));
  expect(hashOfTool({ ...TOOL, annotations: {} })).toBe(hashOfTool(TOOL));
  const changed = [
    { ...TOOL, name: "echo2" },
    { ...TOOL, description: "Says it. " },
    { ...TOOL, inputSchema: { ...TOOL.inputSchema, required: ["a"] } },
    { ...TOOL, annotations: { destructiveHint: true } },
  ];
  expect(new Set([TOOL, ...changed].map(hashOfTool)).size).toBe(changed.length + 1);
});

test("canonical JSON sorts keys at every depth and keeps lists", () => {
  expect(canonicalJson({ b: [2, { d: 1, c: undefined }], a: "x", __proto__: null })).toBe('{"a":"x","b":[2,{"d":1}]}');
  expect(canonicalJson(JSON.parse('{"__proto__":1}'))).toBe('{"__proto__":1}');
});

test("pinned tools are unchanged, changed, new or gone", () => {
  const [a, b, c] = ["a", "b", "c"].map((name) => listed({ ...TOOL, name }));
  const pinned = { a: a?.hash ?? "", b: "another", gone: "x" };
  expect(
    changesAgainst(
      pinned,
      [c, b, a].flatMap((tool) => tool ?? []),
    ),
  ).toEqual([
    { name: "a", change: "unchanged" },
    { name: "b", change: "changed" },
    { name: "c", change: "new" },
    { name: "gone", change: "gone" },
  ]);
  expect(changesAgainst({}, [listed({ ...TOOL, name: "constructor" })])).toEqual([
    { name: "constructor", change: "new" },
  ]);
});

test("arguments are checked against a server's schema, without its regular expressions", () => {
  const checks = inputChecks();
  const schema = {
    $id: "https://example.com/shared",
    type: "object",
    required: ["a"],
    // As a keyword this pattern would never end for the text below; as a property's name it stays.
    properties: { a: { type: "string", pattern: "^(a+)+$" }, pattern: { type: "number" } },
  };
  expect(checks.argumentFault(schema, { a: `${"a".repeat(60)}!`, pattern: 1 })).toBeUndefined();
  expect(checks.argumentFault(schema, { pattern: "x" })).toContain("pattern");
  expect(checks.argumentFault(schema, {})).toContain("required property 'a'");
  expect(checks.schemaFault({ ...schema, type: "nonsense" })).toContain("nonsense");
  expect(checks.schemaFault({ type: "object", $ref: "#/nowhere" })).toContain("nowhere");
});

test("a format that nobody knows is no fault, and writes nothing to the terminal", () => {
  const warn = vi.spyOn(console, "warn").mockReturnValue(undefined);
  onTestFinished(() => warn.mockRestore());
  // The server of Notion has such fields.
  const schema = {
    type: "object",
    properties: { icon: { type: "string", format: "json" }, format: { type: "string" } },
  };
  expect(inputChecks().schemaFault(schema)).toBeUndefined();
  expect(inputChecks().argumentFault(schema, { format: 1 })).toContain("format");
  expect(warn).not.toHaveBeenCalled();
});
