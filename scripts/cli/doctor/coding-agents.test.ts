import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { codingAgents } from "./coding-agents";

test("names each agent that is installed, with its version and licence, and those of the settings that are missing", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-agents-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const own = path.join(folder, "lib/node_modules/@scope/codex-acp");
  mkdirSync(path.join(own, "dist"), { recursive: true });
  mkdirSync(path.join(folder, "bin"));
  writeFileSync(path.join(own, "package.json"), JSON.stringify({ version: "2.6.0", license: "Apache-2.0" }));
  writeFileSync(path.join(own, "dist/index.js"), "#!/usr/bin/env node\n", { mode: 0o755 });
  symlinkSync(path.join(own, "dist/index.js"), path.join(folder, "bin/codex-acp"));
  const codingAgent = { name: "mine", file: path.join(folder, "mine"), args: [] };
  const found = codingAgents({ codingAgents: [codingAgent], searchPath: path.join(folder, "bin") });
  expect(found.map(({ name, mark }) => [name, mark])).toEqual([
    ["Coding agent codex", "ok"],
    ["Coding agent mine", "warn"],
  ]);
  expect(found[0]?.text).toContain("Codex 2.6.0, licence Apache-2.0,");
  symlinkSync(path.join(own, "dist/index.js"), path.join(folder, "bin/claude"));
  const [claude] = codingAgents({ codingAgents: [], searchPath: path.join(folder, "bin") });
  expect([claude?.name, claude?.mark]).toEqual(["Coding agent claude", "ok"]);
  expect(claude?.text).toContain("by stream-json, because claude-agent-acp is not there.");
  expect(codingAgents({ codingAgents: [], searchPath: "" })).toMatchObject([{ name: "Coding agents", mark: "off" }]);
});
