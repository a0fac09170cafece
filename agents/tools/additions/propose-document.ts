import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import { response } from "@/core/notes";
import { configName } from "./config-name";
import { mayWait, preventedFaults, propose } from "./propose";

export const proposeDocument = controlTool({
  name: "propose_document",
  description:
    "Proposes a new context document, or a new version of an existing document, for a person to approve. No agent reads it before the approval. Waits for the decision unless wait is false.",
  input: z.strictObject({
    name: configName.describe("Name of the document. The name of an existing document proposes a new version."),
    description: z
      .string()
      .trim()
      .min(20)
      .max(240)
      .describe("What the document answers. Agents choose documents by this text."),
    body: z.string().trim().min(1).max(100_000).describe("The whole text, as Markdown."),
    why: z.string().trim().min(1).max(2_000).describe("Who needs it and for what."),
    sources: z.array(z.string().max(500)).max(100).default([]).describe("Sources of the text, as path:line or URL."),
    faults: preventedFaults,
    wait: z.boolean().default(true).describe("false: continue without waiting for the decision."),
  }),
  settle({ name, description, body, why, sources, faults, wait }, call, view) {
    const before = view.registry.documents.find((document) => document.name === name);
    if (before?.body.trim() === body) {
      return {
        entries: [
          response(view.state, call, `Nothing would change: the document ${name} already has this text.`, true),
        ],
      };
    }
    const from = sources.length > 0 ? `\n\nSources:\n${sources.map((source) => `- ${source}`).join("\n")}` : "";
    const item = {
      title: before ? `Change the document ${name}` : `New document ${name}`,
      detail: `${description}\n\n${why}`,
      evidence: `${body}${from}`,
      blastRadius: before ? 1 + Math.min(4, before.agents.length) : 2,
      uncertainty: sources.length > 0 ? 2 : 3,
    };
    const proposal = { kind: "document", name, body: { name, description, body }, why } as const;
    return propose({ ...proposal, ...(faults && { faults }), ...item, waits: wait && mayWait(view) }, call, view);
  },
});
