import { expect, test } from "vitest";
import type { ServerBody, ToolBody } from "@/core/rules/configuration";
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
