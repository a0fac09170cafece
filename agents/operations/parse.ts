import { z } from "zod";
import { UserError } from "@/agents/application";

export const text = z.string("must be text");
export const number = z.number("must be a number");
/** A number that a form may send: NaN for a text that is none, which the operation refuses in its own words. */
export const typedNumber = z
  .custom<number>((value) => typeof value === "number", "must be a number")
  .meta({ type: "number" });

export const yesOrNo = z.boolean("must be true or false");

/** Whether a change names anything to change. */
export function hasAny(change: object): boolean {
  return Object.values(change).some((value) => value !== undefined);
}

/** Returns the schema of a change, which names at least one of its fields. */
export function changeOf<Shape extends z.ZodRawShape>(fields: Shape) {
  const names = Object.keys(fields).map((name) => `"${name}"`);
  const choice = [names.slice(0, -1).join(", "), names.at(-1)].filter(Boolean).join(" or ");
  return z.strictObject(fields).refine(hasAny, `Nothing to change: give ${choice}.`);
}

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
