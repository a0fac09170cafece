import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import { response } from "@/core/notes";
import { configName } from "./config-name";
import { mayWait, preventedFaults, propose } from "./propose";

export const proposeAgent = controlTool({
  name: "propose_agent",
  description:
    "Proposes a new agent, or changes to an existing agent, for a person to approve. Nothing changes before the approval. Fields that you omit keep their values.",
  input: z.strictObject({
    name: configName,
    description: z.string().trim().min(20).max(240).optional(),
    instruction: z.string().trim().min(1).max(100_000).optional(),
    tools: z.array(z.string().max(64)).max(100).optional(),
    documents: z.array(configName).max(50).optional(),
    why: z.string().trim().min(1).max(2_000).describe("What goes wrong today, with evidence, and how this fixes it."),
    faults: preventedFaults,
    wait: z.boolean().default(false).describe("true: wait for the decision."),
  }),
  settle({ name, why, wait, faults, ...changed }, call, view) {
    const before = view.agentBody(name);
    const refuse = (text: string) => ({ entries: [response(view.state, call, text, true)] });
    const { description = before?.description, instruction = before?.instruction } = changed;
    if (description === undefined || instruction === undefined)
      return refuse(`There is no agent ${name}. A new agent needs a description and an instruction.`);
    const known = new Set(view.registry.documents.map((document) => document.name));
    const missing = (changed.documents ?? []).filter((document) => !known.has(document));
    if (missing.length > 0) return refuse(`There is no document ${missing.join(", ")}.`);
    const body = {
      ...(before ?? NEW_AGENT),
      name,
      description,
      instruction,
      ...(changed.tools && { tools: changed.tools }),
      ...(changed.documents && { documents: changed.documents }),
    };
    const lines = Object.entries(body)
      .filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(before?.[field as keyof typeof before]))
      .map(([field, value]) => `${field}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
    if (lines.length === 0) return refuse(`Nothing would change: the agent ${name} already has these values.`);
    const item = {
      title: before ? `Change the agent ${name}` : `New agent ${name}`,
      detail: why,
      evidence: lines.join("\n\n"),
      blastRadius: before ? 4 : 3,
      uncertainty: 4,
    };
    return propose(
      { kind: "agent", name, body, why, ...(faults && { faults }), ...item, waits: wait && mayWait(view) },
      call,
      view,
    );
  },
});

const NEW_AGENT = {
  tools: [],
  documents: [],
  model: "inherit",
  webSearch: false,
  finishing: { evaluate: "auto", summarize: "auto", document: "auto" },
  limits: {},
} as const;
