/** Files that a scripted agent writes for a tool: an MCP server without dependencies, and its test. */

export const SERVER = `import { createInterface } from "node:readline";

const TOOL = {
  name: "count",
  description: "Counts the words of a text.",
  inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"], additionalProperties: false },
};

const send = (message) => process.stdout.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\\n");

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  if (method === "initialize")
    return send({ id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "word_count", version: "1.0.0" } } });
  if (method === "ping") return send({ id, result: {} });
  if (method === "tools/list") return send({ id, result: { tools: [TOOL] } });
  if (method === "tools/call" && params.name === "count") {
    const words = params.arguments.text.split(/\\s+/).filter(Boolean).length;
    return send({ id, result: { content: [{ type: "text", text: String(words) }] } });
  }
  send({ id, error: { code: -32601, message: "There is no method " + method + "." } });
});
`;

export const SERVER_TEST = `import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { test } from "node:test";

test("it counts words", async () => {
  const server = spawn("node", ["server.mjs"], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const ask = async (id, method, params) => {
    server.stdin.write(JSON.stringify({ jsonrpc: "2.0", id, method, params }) + "\\n");
    return JSON.parse((await lines.next()).value);
  };
  await ask(1, "initialize", { protocolVersion: "2025-11-25" });
  const { result } = await ask(2, "tools/call", { name: "count", arguments: { text: " one two  three " } });
  assert.equal(result.content[0].text, "3");
  server.kill();
});
`;

export const PROPOSAL = {
  name: "word_count",
  title: "Count words",
  description: "Counts the words of a text that is given to it.",
  why: "Nothing that is there counts words the same way everywhere.",
  level: "read",
  folder: "tools/word_count",
  args: ["server.mjs"],
  test: "node --test",
  probe: { tool: "count", arguments: { text: "a b" } },
};
