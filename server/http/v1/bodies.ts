/** Schemas of request bodies, with errors that name the field. The command checks the meaning. */
import { z } from "zod";
import { number, text, yesOrNo } from "@/agents/operations/parse";

/** Returns the schema of `{ NAME: "…" }` with a text that is not blank. */
export function said<Name extends string>(name: Name) {
  const missing = "is missing: send it as a JSON string";
  const field = z.string({ error: ({ input }) => (input === undefined ? missing : "must be text") });
  return z.strictObject({ [name]: field.refine((value) => value.trim() !== "", missing) } as Record<
    Name,
    typeof field
  >);
}

export const bodies = {
  reason: z.strictObject({ reason: text.optional() }),
  pause: z.strictObject({ alone: yesOrNo.optional() }),
  fork: z.strictObject({
    at: number.int("must be a whole number").positive("must be a whole number from 1 up").optional(),
    instruction: text.optional(),
    agent: text.optional(),
    model: text.optional(),
    message: text.optional(),
    steer: text.optional(),
  }),
  retry: z.strictObject({
    message: text.optional(),
    agent: text.optional(),
    model: text.optional(),
    cost_usd: number.optional(),
    tokens: number.optional(),
  }),
  continue: z.strictObject({
    text: said("text").shape.text,
    agent: text.optional(),
    model: text.optional(),
    cost_usd: number.optional(),
    tokens: number.optional(),
  }),
  change: z.strictObject({
    agent: text.optional(),
    model: text.optional(),
    priority: number.optional(),
    alike: yesOrNo.optional(),
  }),
  grant: z.strictObject({ cost_usd: number.optional(), tokens: number.optional() }),
  decision: z.strictObject({
    reason: text.optional(),
    alike: yesOrNo.optional(),
    edited: z.record(z.string(), text, "must be an object that maps parts to texts").optional(),
  }),
  changedCall: z.strictObject({ arguments: text, reason: text.optional() }),
  keep: z.strictObject({ instead_of: text }),
  apply: z.strictObject({ branch: text.optional(), repository: text.optional(), task: text.optional() }).optional(),
  gaps: z.strictObject({
    steps: z
      .array(z.strictObject({ step: text, need: text.optional() }))
      .min(1)
      .max(100),
    tree: text.optional(),
  }),
  /** An OpenAPI document: its address or its text. */
  apiDocument: z.strictObject({ url: text.optional(), text: text.optional() }),
  /** The address of an outside agent, or of its card. */
  outsideAgentAddress: z.strictObject({ url: text }),
  /** A configuration file of servers as JSON, or `{ text }` with the text of such a file. */
  servers: z.record(
    z.string(),
    z.unknown(),
    'Send an object such as {"mcpServers": {…}}, or {"text": "…"} with a file\'s text.',
  ),
};

/** Returns the text of the configuration file. */
export function fileOf(servers: Record<string, unknown>): string {
  return typeof servers.text === "string" ? servers.text : JSON.stringify(servers);
}
