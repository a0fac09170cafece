import { expect, test } from "vitest";
import type { ServerBody, ToolBody } from "@/core/rules/configuration";
import type { ServerConfig } from "@/lib/mcp/config/types";
import { codeOf, versionTexts } from "./tool-versions";

const SERVER: ServerBody = {
  config: { kind: "stdio", name: "notes", command: "node", args: [], env: { KEY: { secret: "mcp/notes/key" } } },
  tools: [{ name: "note", description: "Takes a note.", inputSchema: {}, hash: "abc" }],
  scope: "tree",
  workspace: "none",
};
const TOOL: ToolBody = {
  name: "notes",
  title: "Notes",
  description: "Notes.",
  level: "write",
  source: "mcp",
  optional: true,
  policy: "inherit",
  availability: { available: true, since: "" },
  server: SERVER,
};

test("a version is told beside the one before, with what it takes to go back to it", () => {
  const bodies: Record<number, unknown> = { 1: TOOL, 2: { ...TOOL, policy: "ask" } };
  const texts = versionTexts(2, (version) => bodies[version] ?? null);
  expect(texts?.before?.version).toBe(1);
  expect(texts?.text.replace('"policy": "ask"', '"policy": "inherit"')).toBe(texts?.before?.text);
  expect(texts?.entry).toEqual({ command: "node", args: [], env: { KEY: `\${key}` } });
  expect(texts?.text).not.toContain("abc");
  expect(versionTexts(1, (version) => bodies[version] ?? null)?.before).toBeNull();
  expect(versionTexts(3, (version) => bodies[version] ?? null)).toBeNull();
});

test("without settings, a version says where a server starts and which settings it has, and none of their values", () => {
  const canary = "canary-5e1f";
  const configs: ServerConfig[] = [
    { kind: "stdio", name: "notes", command: "node", args: [], env: { KEY: canary }, folders: { "/srv/read": "read" } },
    { kind: "http", name: "notes", url: "https://notes.example/mcp", headers: { "x-key": canary } },
  ];
  for (const config of configs) {
    const bodyOf = () => ({ ...TOOL, server: { ...SERVER, config } });
    expect(JSON.stringify(versionTexts(2, bodyOf)).match(/canary-5e1f/g)).toHaveLength(3);
    const texts = versionTexts(2, bodyOf, true);
    expect(JSON.stringify(texts)).not.toContain(canary);
    expect(texts?.entry).toBeNull();
    expect(texts?.text).toMatch(/"settings": \[\s+"(KEY|x-key)"/);
  }
});

test("of what an agent made the code and what its test put out are shown, and nothing is there to go back to", () => {
  const made = { ...SERVER, files: { "server.mjs": "code" }, test: "node --test" };
  const tested = "The host ran the test (node --test): it passed.\nok 1";
  expect(codeOf(made, tested)).toEqual({
    files: [{ path: "server.mjs", text: "code" }],
    test: "node --test",
    tested,
    probe: null,
  });
  expect(codeOf(made, null)?.tested).toBeNull();
  expect(codeOf(SERVER, tested)).toBeNull();
  expect(versionTexts(1, (version) => (version === 1 ? { ...TOOL, server: made } : null))?.entry).toBeNull();
});
