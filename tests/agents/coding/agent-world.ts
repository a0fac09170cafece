/** Shared by tests of coding agents: the agents made for tests, and a model for them. */
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import type { CodingAgents } from "@/agents/tools/coding/prepare";
import type { ModelAccess } from "@/agents/tools/contract/models";
import { temporaryFolder } from "@/lib/sandbox/temporary";

const FILES = ["acp-agent.mjs", "claude-agent.mjs", "ask-model.mjs"];

/** Puts the agents into a folder of packages, as npm does. For other programs, the sandbox shows only their file. */
function installed(): string {
  const folder = path.join(temporaryFolder().path(), "node_modules", "test-agents");
  mkdirSync(folder, { recursive: true });
  for (const name of FILES) copyFileSync(path.resolve("tests/agents/coding", name), path.join(folder, name));
  return folder;
}

const PROGRAMS = installed();
const FILE = path.join(PROGRAMS, "acp-agent.mjs");
const CLAUDE = path.join(PROGRAMS, "claude-agent.mjs");

/** The value of BANYAN_CODING_AGENTS. */
export const TEST_AGENTS = `test=${FILE},forgetful=${FILE} --forgetful`;

export const CODING_AGENTS: CodingAgents = {
  configured: [
    { name: "test", file: FILE, args: [] },
    { name: "forgetful", file: FILE, args: ["--forgetful"] },
  ],
  searchPath: "",
};

/**
 * Makes a folder with the agents' programs, and returns its path. `claude` is Claude Code for tests; `acp` is a script
 * of bash in the place of its program for the Agent Client Protocol.
 */
export function programsIn(folder: string, { claude = true, acp }: { claude?: boolean; acp?: string } = {}): string {
  mkdirSync(folder, { recursive: true });
  if (claude) symlinkSync(CLAUDE, path.join(folder, "claude"));
  if (acp !== undefined) {
    const file = path.join(folder, "claude-agent-acp");
    writeFileSync(file, `#!/bin/bash\n${acp}\n`);
    chmodSync(file, 0o755);
  }
  return folder;
}

/** Opens the socket that a sandbox mounts, with nobody behind it. */
export async function openNoModels({ socket = "" }: { socket?: string }): Promise<ModelAccess> {
  const server = createServer((_, response) => void response.writeHead(503).end("{}"));
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  const end = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { ...noModels(socket), revoke: end };
}

/** Returns access to no model at all: nobody listens behind it. */
export function noModels(socket: string): ModelAccess {
  return {
    url: "http://127.0.0.1:1",
    token: "sk-banyan-none",
    socket,
    usage: () => ({ requests: 0, tokensIn: 0, tokensOut: 0, microUsd: 0 }),
    trouble: () => null,
    spoken: () => null,
    lack: () => null,
    lackFor: () => null,
    firstInputTokens: () => null,
    isWaiting: () => false,
    leftMicroUsd: () => null,
    revoke: async () => undefined,
  };
}
