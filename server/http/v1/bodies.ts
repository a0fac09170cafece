/** Schemas of request bodies, with errors that name the field. The command checks the meaning. */
import { z } from "zod";
import { parse, text } from "@/agents/operations/parse";

/** Returns the schema of `{ NAME: "…" }` with a text that is not blank. `what` describes it. */
export function said<Name extends string>(name: Name, what: string) {
  const missing = "is missing: send it as a JSON string";
  const field = z.string({ error: ({ input }) => (input === undefined ? missing : "must be text") });
  return z.strictObject({ [name]: field.refine((value) => value.trim() !== "", missing).describe(what) } as Record<
    Name,
    typeof field
  >);
}

export const bodies = {
  gaps: z.strictObject({
    steps: z
      .array(z.strictObject({ step: text, need: text.optional() }))
      .min(1)
      .max(100),
    tree: text.optional().describe("Id of a tree whose libraries are looked at, too."),
  }),
  /** An OpenAPI document: its address or its text. */
  apiDocument: z.strictObject({
    url: text.optional().describe("Address of the OpenAPI document."),
    text: text.optional().describe("Text of the OpenAPI document, instead of its address."),
  }),
  /** The address of an outside agent, or of its card. */
  outsideAgentAddress: z.strictObject({ url: text.describe("Address of the agent, or of its card.") }),
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

const mends = z.object({
  mend: z.union([z.literal("all"), z.array(z.string())], 'must be "all" or a list of ids from the preview').optional(),
});

/** Returns the mends that are sent beside the text of a file. */
export function mendOf(servers: Record<string, unknown>): { mend?: string[] | "all" } {
  const { mend } = typeof servers.text === "string" ? parse(mends, { mend: servers.mend }) : {};
  return mend === undefined ? {} : { mend };
}
