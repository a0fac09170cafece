/** A tool server for the bench. Its tool answers with the milliseconds from reading a request's first byte to writing the answer. */
import { stdin, stdout } from "node:process";

/** @typedef {{ id?: number, method: string, params: { protocolVersion?: string } }} Request */

let rest = "";
stdin.on("data", (chunk) => {
  const startedAt = performance.now();
  rest += chunk;
  for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
    answer(JSON.parse(rest.slice(0, end)), startedAt);
    rest = rest.slice(end + 1);
  }
});

/** @param {Request} request @param {number} startedAt */
function answer({ id, method, params }, startedAt) {
  if (id === undefined) return;
  stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, result: resultOf(method, params, startedAt) })}\n`);
}

/** @param {string} method @param {Request["params"]} params @param {number} startedAt */
function resultOf(method, params, startedAt) {
  switch (method) {
    case "initialize": {
      const serverInfo = { name: "bench", version: "1" };
      return { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo };
    }
    case "tools/list":
      return { tools: [{ name: "took", description: "How long it took.", inputSchema: { type: "object" } }] };
    case "tools/call":
      return { content: [{ type: "text", text: String(performance.now() - startedAt) }] };
    default:
      return {};
  }
}
