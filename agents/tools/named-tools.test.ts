import { expect, test } from "vitest";
import { FINISHING_AGENTS } from "@/core/ending";
import type { Setup } from "@/core/log/entries";
import type { AgentBody } from "@/core/rules/configuration";
import { systemPrompt } from "@/core/rules/prompt";
import { loadSeeds, type Seeds } from "@/seeds/load";
import { createCatalogue } from "./catalogue";
import { NO_SERVICES, worldTools } from "./world-tools";

const catalogue = createCatalogue(worldTools(NO_SERVICES));
const seeds = await loadSeeds("seeds");
const known = new Set(catalogue.specs().map((spec) => spec.name));

function setupOf({ name, tools, webSearch }: AgentBody): Setup {
  const setup: Setup = {
    agent: name,
    agentVersion: 1,
    model: "anthropic/model",
    tools,
    documents: [],
    runbook: null,
    rights: ["read", "write", "network", "host", "change"],
    finishing: { evaluate: "auto", summarize: "auto", document: "auto" },
    maxTurns: null,
    timeoutMs: 1,
    askTimeoutMs: null,
    askDefault: null,
  };
  return webSearch ? { ...setup, webSearch } : setup;
}

function specsOf(agent: AgentBody) {
  const role = Object.values(FINISHING_AGENTS).includes(agent.name) ? "finishing" : "work";
  return catalogue.specsFor(setupOf(agent), role, [], () => []);
}

function promptOf(agent: AgentBody, { documents }: Seeds): string {
  const given = documents.filter((document) => agent.documents.includes(document.name));
  return systemPrompt(setupOf(agent), { instruction: agent.instruction, documents: given, runbook: null });
}

/** Returns the tools that a text names. A name that is also an English word counts only between backticks. */
function namedIn(text: string): string[] {
  const plain = text.match(/\b[a-z]+(?:_[a-z]+)+\b/g) ?? [];
  const ticked = [...text.matchAll(/`([a-z_]+)(?:\([^`]*\))?`/g)].map((match) => match[1] ?? "");
  return [...new Set([...plain, ...ticked])].filter((name) => known.has(name));
}

test.each(seeds.agents.map((agent) => [agent.name, agent] as const))(
  "%s has every tool that its prompt and its tools' descriptions name",
  (_, agent) => {
    const specs = specsOf(agent);
    const own = new Set(specs.map((spec) => spec.name));
    const texts = [promptOf(agent, seeds), ...specs.map((spec) => JSON.stringify(spec))];
    expect(texts.flatMap(namedIn).filter((name) => !own.has(name))).toEqual([]);
  },
);

test("use_terminal brings the tools for background commands, and every list of tools read_output", () => {
  const named = (tools: string[], added: string[] = []) => {
    const setup = setupOf({ ...seeds.agents[0], name: "own", tools } as AgentBody);
    return catalogue.specsFor(setup, "work", added, () => []).map((spec) => spec.name);
  };
  const terminal = ["use_terminal", "terminal_output", "terminal_input", "terminal_stop"];
  expect(named(["use_terminal"])).toEqual(expect.arrayContaining([...terminal, "read_output"]));
  const before = named(["read_file"]);
  const after = named(["read_file"], ["use_terminal"]);
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after.slice(before.length)).toEqual(terminal);
});
