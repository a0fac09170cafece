import { z } from "zod";
import { UserError } from "@/agents/application";
import type { FieldIssue } from "@/core/shapes/refusal";

export const text = z.string("must be text");
export const number = z.number("must be a number");
/** A number that a form may send: NaN for a text that is none, which the operation refuses in its own words. */
export const typedNumber = z
  .custom<number>((value) => typeof value === "number", "must be a number")
  .meta({ type: "number" });

/** Such a number within bounds. `sentence` says the bounds; of a text, what was sent is added to it. */
export const numberWithin = (isFine: (value: number) => boolean, sentence: string | ((value: number) => string)) =>
  typedNumber
    .refine(isFine, whole(typeof sentence === "string" ? (value: number) => `${sentence}${notThis(value)}.` : sentence))
    .meta({ type: "number" });

const notThis = (value: number) => (Number.isNaN(value) ? "" : `, not ${value}`);

/** Such a whole number; `what` names it. */
export const wholeNumber = (what: string, least: number, most: number) =>
  numberWithin(isWholeFrom(least, most), (value) =>
    Number.isNaN(value)
      ? `The ${what} is not a number: give a whole number from ${least} to ${most}.`
      : `The ${what} cannot be ${value}: give a whole number from ${least} to ${most}.`,
  );

export const isWholeFrom = (least: number, most: number) => (value: number) =>
  Number.isInteger(value) && value >= least && value <= most;

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
const MISSING = "is missing: send it as a JSON string";
/** A text whose error says when it is missing. */
export const present = z.string({ error: ({ input }) => (input === undefined ? MISSING : "must be text") });

/** Returns the checked body; a missing body has no fields. Throws `UserError` invalid with every issue. */
export function parse<Shape>(schema: z.ZodType<Shape>, body: unknown): Shape {
  if (body !== undefined && (typeof body !== "object" || body === null || Array.isArray(body)))
    throw new UserError("invalid", "The body must be a JSON object.");
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.flatMap(issuesOf);
  throw new UserError("invalid", sentenceOf(parsed.error), undefined, issues);
}

/**
 * Returns the error of a refinement as a whole sentence, which stands alone. Other errors are the end of a sentence
 * that begins with the field's name.
 */
export function whole<Value>(sentence: string | ((value: Value) => string)) {
  const error = (issue: { input?: unknown }) =>
    typeof sentence === "string" ? sentence : sentence(issue.input as Value);
  return { error, params: { isWhole: true } };
}

type Found = z.core.$ZodIssue;

const isWhole = (issue: Found) => issue.code === "custom" && issue.params?.isWhole === true;

function sentenceOf(error: z.ZodError): string {
  const issue = error.issues[0];
  if (!issue) return "The request has an unknown form.";
  if (issue.code === "unrecognized_keys") return unknownField(issue.keys[0]);
  if (issue.path.length === 0 || isWhole(issue)) return issue.message;
  return `"${issue.path.join(".")}" ${issue.message}.`;
}

/** An issue of the whole request belongs to no field. */
function issuesOf(issue: Found): FieldIssue[] {
  const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownField(key) }));
  if (path.length === 0) return [];
  return [{ path, message: isWhole(issue) ? issue.message : `${capital(issue.message)}.` }];
}

const unknownField = (key: string | undefined) => `There is no field "${key}" in this request.`;

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
