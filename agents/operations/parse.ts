import { z } from "zod";
import { UserError } from "@/agents/application";

export const text = z.string("must be text");
export const number = z.number("must be a number");
export const yesOrNo = z.boolean("must be true or false");

/** Whether a change names anything to change. */
export function hasAny(change: object): boolean {
  return Object.values(change).some((value) => value !== undefined);
}

const MISSING = "is missing: send it as a JSON string";
/** A text whose error says when it is missing. */
export const present = z.string({ error: ({ input }) => (input === undefined ? MISSING : "must be text") });
/** The same, for a text that must not be blank. */
export const filled = present.refine((value) => value.trim() !== "", MISSING);

/** Returns the checked body; a missing body has no fields. Throws `UserError` invalid. */
export function parse<Shape>(schema: z.ZodType<Shape>, body: unknown): Shape {
  if (body !== undefined && (typeof body !== "object" || body === null || Array.isArray(body)))
    throw new UserError("invalid", "The body must be a JSON object.");
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  throw new UserError("invalid", sentenceOf(parsed.error));
}

function sentenceOf(error: z.ZodError): string {
  const issue = error.issues[0];
  if (issue?.code === "unrecognized_keys") return `There is no field "${issue.keys[0]}" in this request.`;
  if (issue?.path.length === 0) return issue.message;
  return `"${issue?.path.join(".")}" ${issue?.message ?? "has an unknown form"}.`;
}
