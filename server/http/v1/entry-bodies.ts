/**
 * Schemas of agents, documents and runbooks in requests. The command checks the meaning, so that all interfaces give
 * the same errors.
 */
import { z } from "zod";
import { EFFORTS } from "@/core/log/model";
import { A2A_ANSWERS } from "@/core/log/terms";
import type { EntryKind } from "@/core/shapes/configuration";

const text = z.string("must be text");
const names = z.array(text, "must be a list of names");
const amount = z.number("must be a number").nullable().optional();
const choice = z.enum(["auto", "always", "never"], "must be auto, always or never").optional();
/** Appears in the list of versions. */
const why = text.optional().describe("The reason, which the list of versions shows.");

const agentBody = z.strictObject({
  name: text.optional(),
  description: text,
  instruction: text,
  model: text.default("inherit"),
  tools: names.default([]),
  documents: names.default([]),
  web_search: z.boolean("must be true or false").default(false),
  confined: z.boolean("must be true or false").default(false),
  rights: names.nullable().default(null),
  finishing: z.strictObject({ evaluate: choice, summarize: choice, document: choice }).default({}),
  grant: z
    .strictObject({ tokens: amount, cost_usd: amount, tasks: amount, depth: amount, seconds: amount })
    .default({}),
  effort: z.enum(EFFORTS).nullable().optional(),
  a2a_answer: z.enum(A2A_ANSWERS, "must be task or message").default("task"),
  limits: z
    .strictObject({
      timeout_seconds: amount,
      max_turns: amount,
      output_tokens: amount,
      ask_timeout_seconds: amount,
      ask_default: text.nullable().optional(),
    })
    .default({}),
  why,
});

const documentBody = z.strictObject({ name: text.optional(), description: text, body: text, why });

/** `text` is the whole file, with name and description in its front matter. */
const runbookBody = z.strictObject({ name: text.optional(), text, why });

export const entryBodies: Readonly<Record<EntryKind, z.ZodType<{ name?: string; why?: string }>>> = {
  agent: agentBody,
  document: documentBody,
  runbook: runbookBody,
};
