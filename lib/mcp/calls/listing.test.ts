import { expect, test } from "vitest";
import { DEFAULT_MCP_LIMITS, type McpLimits } from "./limits";
import { type AskPage, eachPage, readPrompts, readResources, toolReader } from "./listing";

const SCHEMA = { type: "object", properties: { a: { type: "string" } } };

async function listed(pages: object[], given: Partial<McpLimits> = {}) {
  const limits = { ...DEFAULT_MCP_LIMITS, ...given };
  const problems: string[] = [];
  const asked: unknown[] = [];
  const reader = toolReader(limits, problems);
  const ask: AskPage = async (cursor) => {
    asked.push(cursor);
    return pages[asked.length - 1] ?? pages.at(-1);
  };
  await eachPage("tools", ask, limits, problems, reader.take);
  return { names: reader.tools().map(({ name }) => name), tools: reader.tools(), problems, asked };
}

const tool = (name: unknown, more: object = {}) => ({ name, description: "Does it.", inputSchema: SCHEMA, ...more });

test("names of every kind are offered; of the others each has its reason", async () => {
  const names = [
    "a.b",
    "a/b",
    "Do It",
    "ümlaut",
    "搜索",
    "a:b",
    "💾 save",
    "constructor",
    "__proto__",
    "x".repeat(256),
  ];
  const bad = ["", "  ", "x".repeat(257), "a\u200Bb", "a\nb", 7, null];
  const { names: found, problems } = await listed([{ tools: [...names, ...bad].map((name) => tool(name)) }]);
  expect(found).toEqual([...names].sort());
  expect(problems).toHaveLength(bad.length);
});

test("null in an optional field counts as absent, and the tool's hash is that of a tool without it", async () => {
  const nulls = { description: null, annotations: null, title: null, outputSchema: null, execution: null, _meta: null };
  const one = await listed([{ tools: [tool("one", nulls)], nextCursor: null }]);
  const same = await listed([{ tools: [{ name: "one", inputSchema: SCHEMA }] }]);
  expect(one.tools).toEqual(same.tools);
  expect([one.problems, same.problems]).toEqual([[], []]);
  expect((await listed([{ tools: [tool("one", { annotations: [] })] }])).names).toEqual(["one"]);
  expect((await listed([{ tools: null }])).problems).toEqual([]);
});

test("a schema that can be used keeps its text, so that its approval stays", async () => {
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    properties: { a: { title: null } },
  };
  const { tools } = await listed([{ tools: [tool("one", { inputSchema: schema })] }]);
  expect(tools[0]?.inputSchema).toEqual(schema);
});

test("the same tool twice is one tool; two that differ are none, with the reason", async () => {
  const again = await listed([{ tools: [tool("one"), tool("two")], nextCursor: "same" }]);
  expect(again.names).toEqual(["one", "two"]);
  expect(again.problems).toEqual(["Its list of tools does not end: reading stopped after 2 pages."]);
  const other = await listed([{ tools: [tool("one"), tool("two"), tool("one", { description: "Other." })] }]);
  expect(other.names).toEqual(["two"]);
  expect(other.problems).toEqual([
    'The tool "one" was left out, because the server lists it more than once, each time different.',
  ]);
});

test("hundreds of tools in many pages are all read, and a cursor may be a number", async () => {
  const page = (from: number) => Array.from({ length: 50 }, (_, at) => tool(`tool_${from + at}`));
  const pages = Array.from({ length: 14 }, (_, at) => ({ tools: page(at * 50), ...(at < 13 && { nextCursor: at }) }));
  const { names, problems, asked } = await listed(pages);
  expect(names).toHaveLength(700);
  expect(problems).toEqual([]);
  expect(asked).toEqual([undefined, ...Array.from({ length: 13 }, (_, at) => at)]);
});

test("definitions that are too long together are left out, each with its reason", async () => {
  const { names, problems } = await listed([{ tools: ["a", "b", "c"].map((name) => tool(name)) }], {
    listCharacters: 400,
  });
  expect(names).toEqual(["a", "b"]);
  expect(problems).toEqual(['The tool "c" was left out, because the definitions before it are too long together.']);
});

test("null counts as absent in resources and prompts too", () => {
  const problems: string[] = [];
  const nulls = { description: null, mimeType: null, size: null, title: null };
  expect(readResources([{ uri: "a:b", name: "a", ...nulls }], problems)).toHaveLength(1);
  const argument = { name: "x", description: null, required: null };
  const prompts = [
    { name: "p", description: null, arguments: [argument] },
    { name: "q", arguments: null },
  ];
  expect(readPrompts(prompts, problems).map(({ arguments: given }) => given.length)).toEqual([1, 0]);
  expect(problems).toEqual([]);
});
