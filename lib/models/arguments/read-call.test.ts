import { expect, test } from "vitest";
import type { ToolSpec } from "@/core/log/model";
import { readCalls } from "./read-call";

const tool = (name: string, properties: object, required: string[] = [], more: object = {}): ToolSpec => ({
  name,
  description: name,
  inputSchema: { type: "object", properties, required, ...more },
});
const text = { type: "string" };
const TOOLS = [
  tool("read_file", { path: text, limit_lines: { type: "integer" }, offset_lines: { type: "integer" } }, ["path"]),
  tool("run", { command: text, tty: { type: "boolean" }, network: { type: "array", items: text } }, ["command"]),
  tool("end_task", { status: { enum: ["success", "failure"] }, result: text }, ["status"]),
  tool("plan", {
    units: { type: "array", items: { type: "object", properties: { n: { type: "integer" } }, required: ["n"] } },
  }),
  tool("either", {
    value: { anyOf: [{ type: "integer" }, { type: "object", properties: { a: text }, required: ["a"] }] },
  }),
  tool("mixed", { value: { anyOf: [text, { type: "integer" }] }, any: {} }),
  tool("file_path", { file_path: text }, ["file_path"]),
];
const reading = { offered: TOOLS, own: TOOLS, callOf: <Call>(call: Call) => call };
const read = (name: string, json: string) => readCalls(name, json, reading);
const inputOf = (name: string, json: string) => read(name, json)[0]?.input;

test.each([
  [
    "text for numbers, null for absent",
    "read_file",
    '{"path":"a","limit_lines":"5","offset_lines":null}',
    { path: "a", limit_lines: 5 },
  ],
  ["an empty text for an absent number", "read_file", '{"path":"a","limit_lines":""}', { path: "a" }],
  [
    "text for booleans and JSON",
    "run",
    '{"command":"x","tty":"False","network":"[\\"a.b\\"]"}',
    { command: "x", tty: false, network: ["a.b"] },
  ],
  ["one item for a list", "run", '{"command":"x","network":"example.com"}', { command: "x", network: ["example.com"] }],
  ["a list of one for a text", "read_file", '{"path":["a.txt"]}', { path: "a.txt" }],
  ["a number for a text", "read_file", '{"path":2024}', { path: "2024" }],
  ["a word in other case", "end_task", '{"status":"Success"}', { status: "success" }],
  ["an object for a list of objects, text within", "plan", '{"units":{"n":"3"}}', { units: [{ n: 3 }] }],
  ["the whole object as text", "read_file", JSON.stringify('{"path":"a.txt"}'), { path: "a.txt" }],
  ["empty objects before the object", "read_file", '{}{"path":"a.txt"}', { path: "a.txt" }],
  ["the same object twice", "read_file", '{"path":"a.txt"}{"path":"a.txt"}', { path: "a.txt" }],
  ["a fence", "read_file", '```json\n{"path":"a.txt"}\n```', { path: "a.txt" }],
  ["raw line feeds and tabs", "run", '{"command":"one\n\ttwo"}', { command: "one\n\ttwo" }],
  ["a comma at the end", "read_file", '{"path":"a.txt",}', { path: "a.txt" }],
  ["a closing bracket too many", "read_file", '{"path":"a.txt"}}', { path: "a.txt" }],
  ["as Python writes it", "run", "{'command': 'x', 'tty': True}", { command: "x", tty: true }],
  [
    "marks of the model's own form",
    "read_file",
    '<tool_call>{"path":"a.txt"}</tool_call><|im_end|>',
    { path: "a.txt" },
  ],
  ["arguments within arguments", "read_file", '{"arguments":{"path":"a.txt"}}', { path: "a.txt" }],
  ["arguments as text within arguments", "read_file", '{"input":"{\\"path\\":\\"a.txt\\"}"}', { path: "a.txt" }],
  ["the object in a list", "read_file", '[{"path":"a.txt"}]', { path: "a.txt" }],
  ["a required key in another spelling", "file_path", '{"filePath":"a.txt"}', { file_path: "a.txt" }],
  ["one of two ways", "either", '{"value":"7"}', { value: 7 }],
  ["the other of two ways", "either", '{"value":"{\\"a\\":\\"b\\"}"}', { value: { a: "b" } }],
  ["what fits as it is", "mixed", '{"value":"7","any":"8"}', { value: "7", any: "8" }],
  ["no arguments", "plan", "", {}],
])("takes %s", (_, name, json, expected) => {
  expect(inputOf(name, json)).toEqual(expected);
  expect(read(name, json)[0]?.malformed).toBeUndefined();
});

test.each([
  ["a list in some notation", "run", '{"command":"x","network":"a.b, c.d"}'],
  ["words that are no boolean", "run", '{"command":"x","tty":"yes"}'],
  ["a fraction for a whole number", "read_file", '{"path":"a","limit_lines":"5.5"}'],
  ["digits that a number would lose", "read_file", '{"path":"a","limit_lines":"12345678901234567890"}'],
  ["an object for a text", "read_file", '{"path":{"a":1}}'],
  ["null for a required value", "read_file", '{"path":null}'],
])("leaves %s for the check of the call", (_, name, json) => {
  expect(inputOf(name, json)).toEqual(JSON.parse(json));
});

test.each([
  ["two different objects", '{"path":"a"}{"path":"b"}', /character 13 .* second value/],
  ["a key with two values", '{"path":"a","path":"b"}', /character 13 .*"path" a second, different value/],
  ["an open object", '{"path":"a"', /ends before the \{ of character 1/],
  ["an open text", '{"path":"a}', /character 9 .*no closing quotation mark/],
  ["an unknown escape", '{"path":"\\d"}', /character 10 .*\\d.*write \\\\d/],
  ["a missing comma", '{"path":"a" "limit_lines":1}', /character 13 .*comma or \}/],
  ["a number that loses digits", '{"path":12345678901234567890}', /as text/],
  ["words", "read the file a.txt", /character 1 /],
])("names the place of %s", (_, json, fault) => {
  expect(read("read_file", json)[0]).toMatchObject({
    malformed: true,
    input: json,
    fault: expect.stringMatching(fault),
  });
});

test.each([
  "functions.read_file",
  "default_api.read_file",
  "functions.read_file:0",
  "read_file<|channel|>commentary",
  "Read-File",
  " read_file ",
  "read_file()",
  "tools/read_file",
  "read_file</arg_value>",
  'read_file" />',
])("knows the tool that %s means", (name) =>
  expect(read(name, '{"path":"a"}')).toEqual([{ name: "read_file", input: { path: "a" } }]),
);

test("a name that no tool has stays as it is", () => {
  expect(read("functions.write", "{}")[0]?.name).toBe("functions.write");
  const withArguments = "read_file<arg_key>path</arg_key><arg_value>a</arg_value>";
  expect(read(withArguments, "{}")[0]?.name).toBe(withArguments);
});

test("calls within a call of an invented tool are calls", () => {
  const uses = [
    { recipient_name: "functions.read_file", parameters: { path: "a" } },
    { recipient_name: "functions.run", parameters: { command: "x", tty: "true" } },
  ];
  expect(read("multi_tool_use.parallel", JSON.stringify({ tool_uses: uses }))).toEqual([
    { name: "read_file", input: { path: "a" } },
    { name: "run", input: { command: "x", tty: true } },
  ]);
});

test("a key of JavaScript's own is only a key", () => {
  expect(Object.keys(inputOf("mixed", '{"__proto__":1}') as object)).toEqual(["__proto__"]);
});

test("long texts of spaces and brackets are read in time", () => {
  const long = `{"path":"${" ".repeat(500_000)}","x":"${"}".repeat(500_000)}"}`;
  expect(inputOf("read_file", long)).toMatchObject({ path: " ".repeat(500_000) });
});
