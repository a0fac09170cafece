import { z } from "zod";
import { controlTool } from "@/agents/tools/contract/control";
import { response } from "@/core/notes";
import { configName } from "./config-name";
import { mayWait, propose } from "./propose";

export const proposeDocument = controlTool({
  name: "propose_document",
  description:
    "Proposes a new context document, or a new version of one, for a person to approve. Nothing reads it before that. Waits for the decision unless told not to.",
  input: z.strictObject({
    name: configName.describe("Of the document; the name of an existing one proposes a new version of it."),
    description: z.string().trim().min(20).max(240).describe("What it answers: agents choose by it."),
    body: z.string().trim().min(1).max(100_000).describe("The whole text, as Markdown."),
    why: z.string().trim().min(1).max(2_000).describe("Who needs it and for what."),
    sources: z
      .array(z.string().max(500))
      .max(100)
      .default([])
      .describe("Where it was taken from, as path:line or address."),
    wait: z.boolean().default(true).describe("false: go on without waiting for the decision."),
  }),
  settle({ name, description, body, why, sources, wait }, call, view) {
    const before = view.registry.documents.find((document) => document.name === name);
    if (before?.body.trim() === body) {
      return { entries: [response(view.state, call, `The document ${name} says exactly this already.`, true)] };
    }
    const from = sources.length > 0 ? `\n\nTaken from:\n${sources.map((source) => `- ${source}`).join("\n")}` : "";
    const item = {
      title: before ? `Change the document ${name}` : `New document ${name}`,
      detail: `${description}\n\n${why}`,
      evidence: `${body}${from}`,
      blastRadius: before ? 1 + Math.min(4, before.agents.length) : 2,
      uncertainty: sources.length > 0 ? 2 : 3,
    };
    const proposal = { kind: "document", name, body: { name, description, body }, why } as const;
    return propose({ ...proposal, ...item, waits: wait && mayWait(view) }, call, view);
  },
});
