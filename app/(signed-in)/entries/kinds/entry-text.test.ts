import { expect, test } from "vitest";
import type { AgentFields } from "@/core/shapes/configuration";
import { entryText, mergeFields } from "./entry-text";

const AGENT: AgentFields = {
  name: "reader",
  description: "Reads.",
  instruction: "Read.",
  model: "inherit",
  tools: ["read_file"],
  documents: [],
  web_search: false,
  confined: false,
  rights: null,
  finishing: { evaluate: "auto", summarize: "auto", document: "auto" },
  grant: { tokens: null, cost_usd: null, tasks: null, depth: null, seconds: null },
  effort: null,
  a2a_answer: "task",
  limits: { timeout_seconds: null, max_turns: 4, output_tokens: null, ask_timeout_seconds: null, ask_default: null },
};

test("every change to an agent changes its text, so that the diff shows it", () => {
  const plain = entryText("agent", AGENT);
  const changes: Partial<AgentFields>[] = [
    { description: "Writes." },
    { instruction: "Write." },
    { model: "runbook" },
    { tools: [] },
    { documents: ["x"] },
    { web_search: true },
    { confined: true },
    { rights: [] },
    { finishing: { ...AGENT.finishing, document: "never" } },
    { grant: { ...AGENT.grant, tokens: 5 } },
    { effort: "low" },
    { a2a_answer: "message" },
    { limits: { ...AGENT.limits, max_turns: null } },
  ];
  const texts = changes.map((change) => entryText("agent", { ...AGENT, ...change }));
  expect(new Set([plain, ...texts]).size).toBe(changes.length + 1);
});

test("merges two changes; a field that both changed keeps mine and is reported", () => {
  const mine = { ...AGENT, instruction: "Read twice.", model: "runbook" };
  const theirs = { ...AGENT, instruction: "Read slowly.", documents: ["notes"] };
  const { fields, both } = mergeFields(AGENT, mine, theirs);
  expect(fields).toEqual({ ...AGENT, instruction: "Read twice.", model: "runbook", documents: ["notes"] });
  expect(both).toEqual(["instruction"]);
  expect(mergeFields(AGENT, mine, mine)).toEqual({ fields: mine, both: [] });
});
