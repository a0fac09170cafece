/** A server over standard streams that lists what `lists.json` holds for its argument, page by page, and answers calls with what it was asked. */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const pages = JSON.parse(readFileSync(new URL("./lists.json", import.meta.url), "utf8"))[process.argv[2]];
const send = (id, result) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id, result })}\n`);
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  if (method === "initialize")
    send(id, {
      protocolVersion: params.protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: "field", version: "1" },
    });
  else if (method === "tools/list") send(id, pages[Number(params?.cursor ?? 0)] ?? pages.at(-1));
  else if (method === "tools/call") send(id, { content: [{ type: "text", text: JSON.stringify(params) }] });
  else
    process.stdout.write(
      `${JSON.stringify({ jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } })}\n`,
    );
});
