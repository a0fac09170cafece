/** What tests of coding agents share: the agent made for tests as a setting, and a model for it. */
import path from "node:path";
import type { CodingAgents } from "@/agents/tools/coding/run-coding-agent";
import type { ModelAccess } from "@/agents/tools/contract/models";

const FILE = path.resolve("agents/testing/coding/acp-agent.mjs");

/** The value of BANYAN_CODING_AGENTS. */
export const TEST_AGENTS = `test=${FILE},forgetful=${FILE} --forgetful`;

export const CODING_AGENTS: CodingAgents = {
  configured: [
    { name: "test", file: FILE, args: [] },
    { name: "forgetful", file: FILE, args: ["--forgetful"] },
  ],
  searchPath: "",
};

/** Returns access to no model at all: nobody listens behind it. */
export function noModels(socket: string): ModelAccess {
  return {
    ...{ url: "http://127.0.0.1:1", token: "sk-banyan-none", socket },
    usage: () => ({ requests: 0, tokensIn: 0, tokensOut: 0, microUsd: 0 }),
    isSpent: () => false,
    revoke: async () => undefined,
  };
}
