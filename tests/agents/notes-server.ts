/** A tool server without dependencies, with resources, a prompt, and a tool whose description comes from a file. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** An image of one pixel, which the server has as the resource `notes://picture`. */
export const PICTURE_BASE64 =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

const SOURCE = `import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const description = readFileSync(new URL("description.txt", import.meta.url), "utf8");
const TOOL = { name: "note", description, inputSchema: { type: "object", properties: {} } };
const PICTURE = { uri: "notes://picture", mimeType: "image/png", blob: "${PICTURE_BASE64}" };
const ANSWERS = {
  ping: () => ({}),
  "tools/list": () => ({ tools: [TOOL] }),
  "tools/call": () => ({ content: [{ type: "text", text: "noted" }] }),
  "resources/list": () => ({ resources: [{ uri: "notes://one", name: "The first note" }] }),
  "resources/templates/list": () => ({ resourceTemplates: [] }),
  "resources/read": ({ uri }) => ({ contents: [uri === "notes://picture" ? PICTURE : { uri, text: "what stands in " + uri }] }),
  "prompts/list": () => ({ prompts: [{ name: "greet", arguments: [{ name: "who", required: true }] }] }),
  "prompts/get": ({ arguments: { who } }) => ({ messages: [{ role: "user", content: { type: "text", text: "Greet " + who } }] }),
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {}, resources: {}, prompts: {} },
    serverInfo: { name: "notes", version: "1.0.0" },
  }),
};
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const result = ANSWERS[method]?.(params);
  const answer = result ? { result } : { error: { code: -32601, message: "There is no method " + method + "." } };
  process.stdout.write(JSON.stringify({ jsonrpc: "2.0", id, ...answer }) + "\\n");
});
`;

export interface NotesServer {
  /** Returns a person's file that adds the server. */
  file: string;
  /** Takes effect at the server's next start. */
  says(description: string): void;
  remove(): void;
}

export function notesServer(): NotesServer {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-notes-"));
  chmodSync(folder, 0o755);
  const says = (description: string) =>
    writeFileSync(path.join(folder, "description.txt"), description, { mode: 0o644 });
  const program = path.join(folder, "server.mjs");
  writeFileSync(program, SOURCE, { mode: 0o644 });
  says("Takes a note.");
  return {
    file: JSON.stringify({ mcpServers: { notes: { command: "node", args: [program] } } }),
    says,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
