import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type FoundSources, foundAgents } from "@/agents/tools/coding/detected-agents";
import { codingAgents } from "./coding-agents";

const findingsOf = (sources: FoundSources) => codingAgents(foundAgents(sources));

test("names each coding agent with its version, licence, sign-in and cap, or how to install it", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-agents-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const own = path.join(folder, "lib/node_modules/@scope/codex-acp");
  mkdirSync(path.join(own, "dist"), { recursive: true });
  mkdirSync(path.join(folder, "bin"));
  writeFileSync(path.join(own, "package.json"), JSON.stringify({ version: "2.6.0", license: "Apache-2.0" }));
  writeFileSync(path.join(own, "dist/index.js"), "#!/usr/bin/env node\n", { mode: 0o755 });
  symlinkSync(path.join(own, "dist/index.js"), path.join(folder, "bin/codex-acp"));
  const mine = { name: "mine", file: path.join(folder, "mine"), args: [] };
  const searchPath = path.join(folder, "bin");
  const found = findingsOf({ configured: [mine], searchPath, isAvailable: (name) => name === "openai" });
  expect(found.map(({ name, mark }) => [name, mark])).toEqual([
    ["Coding agent claude", "off"],
    ["Coding agent codex", "ok"],
    ["Coding agent opencode", "off"],
    ["Coding agent gemini", "off"],
    ["Coding agent mine", "warn"],
  ]);
  expect(found[0]).toMatchObject({
    text: "Claude Code is not installed (licence Apache-2.0 (the agent in it is proprietary)).",
    remedy: "To install it: npm install -g @agentclientprotocol/claude-agent-acp",
  });
  expect(found[1]?.text).toBe(
    `Codex 2.6.0, licence Apache-2.0, ${path.join(own, "dist/index.js")}. Signed in through Banyan's model gateway, with this server's access to OpenAI. Hard cap: the gateway refuses each request that the task's grant does not cover.`,
  );
  const [, unsigned] = findingsOf({ configured: [], searchPath, isAvailable: () => false });
  expect(unsigned).toMatchObject({
    mark: "off",
    remedy: "To let tasks use it, set that provider's key (docs/models.md).",
  });
  expect(unsigned?.text).toContain("Not signed in: this server has no access to OpenAI.");
  symlinkSync(path.join(own, "dist/index.js"), path.join(folder, "bin/claude"));
  const [claude] = findingsOf({ configured: [], searchPath, isAvailable: () => true });
  expect([claude?.name, claude?.mark]).toEqual(["Coding agent claude", "ok"]);
  expect(claude?.text).toContain(
    "Banyan talks with it by stream-json, because no program for the Agent Client Protocol",
  );
});
