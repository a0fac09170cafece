/**
 * Forms by which a server asks a person during a call (elicitation). Everything in them is a stranger's: their size is
 * bounded, and of their schemas only the known keywords are kept.
 */
import { z } from "zod";
import { plain } from "./plain";

interface FormChoice {
  value: string;
  /** How the server names the value for people; null: not at all. */
  title: string | null;
}

export interface FormField {
  name: string;
  title: string | null;
  description: string | null;
  type: "text" | "number" | "integer" | "boolean" | "choice" | "choices";
  isRequired: boolean;
  /** The allowed values of a choice; empty for the other types. */
  choices: FormChoice[];
  /** The value that the server proposes; undefined: none. */
  proposed: string | number | boolean | string[] | undefined;
  /** The JSON Schema of its value. */
  schema: Record<string, unknown>;
}

/** Without fields it asks only whether the server may continue. */
export interface ServerForm {
  message: string;
  fields: FormField[];
}

/** The answer in the words of MCP. */
export type FormAnswer =
  | { action: "accept"; content: Record<string, FormValue> }
  | { action: "decline" }
  | { action: "cancel" };

export type FormValue = string | number | boolean | string[];

/** Why nobody is shown a form. `why` completes a sentence that begins with "it". */
export interface RefusedForm {
  /** Whether the request breaks the protocol. */
  isInvalid: boolean;
  why: string;
}

const MOST_MESSAGE = 4_000;
const MOST_FIELDS = 20;
const MOST_CHOICES = 100;
const MOST_NAME = 100;
const MOST_ABOUT = 500;
/** What the server asks in one form, as JSON. */
const MOST_CHARACTERS = 32_000;

const choice = z.looseObject({ const: z.string(), title: z.string().optional() });
const choices = z.union([
  z.looseObject({ enum: z.array(z.string()).min(1), enumNames: z.array(z.string()).optional() }),
  z.looseObject({ oneOf: z.array(choice).min(1) }),
  z.looseObject({ anyOf: z.array(choice).min(1) }),
]);
const field = z.looseObject({
  type: z.enum(["string", "number", "integer", "boolean", "array"]),
  title: z.string().optional(),
  description: z.string().optional(),
  items: choices.optional(),
});
const form = z.looseObject({
  mode: z.string().optional(),
  message: z.string(),
  requestedSchema: z.looseObject({
    type: z.literal("object"),
    properties: z.record(z.string(), field).default({}),
    required: z.array(z.string()).default([]),
  }),
});

/** Keywords that are kept, by the type of the field. */
const KEPT = {
  string: ["minLength", "maxLength", "format"],
  number: ["minimum", "maximum"],
  integer: ["minimum", "maximum"],
  boolean: [],
  array: ["minItems", "maxItems"],
};
const FORMATS: unknown[] = ["email", "uri", "date", "date-time"];

/** Names of values that no server may ask for, because an answer is stored and shown like any other text. */
const SECRET =
  /pass ?(word|phrase|code|key)|passwd|\bpwd\b|\bsecrets?\b|credential|\b(api|access|private|signing|encryption|license) ?keys?\b|\btokens?\b|\b(otp|cvv|cvc|2fa|mfa|totp)\b|^(your |card |bank )?pin( code| number)?$|security code|card number|recovery code/i;

/** Returns the form in an `elicitation/create` request, or why nobody is asked. */
export function readForm(params: unknown): ServerForm | RefusedForm {
  if (isPage(params)) return refused("wants a person to open a page, and only forms are passed on", true);
  if (sizeOf(params) > MOST_CHARACTERS) return refused(`has more than ${MOST_CHARACTERS} characters`);
  const parsed = form.safeParse(params);
  if (!parsed.success) return refused("is not a form of the protocol", true);
  const { message, mode = "form", requestedSchema } = parsed.data;
  if (mode !== "form") return refused("is not a form of the protocol", true);
  const { properties, required } = requestedSchema;
  const names = Object.keys(properties);
  if (message.length > MOST_MESSAGE) return refused(`has a message of more than ${MOST_MESSAGE} characters`);
  if (names.length > MOST_FIELDS) return refused(`has more than ${MOST_FIELDS} fields`);
  if (required.some((name) => !names.includes(name))) return refused("requires a field that it does not have", true);
  const fields: FormField[] = [];
  for (const [name, given] of Object.entries(properties)) {
    const read = readField(name, given, required.includes(name));
    if ("why" in read) return read;
    fields.push(read);
  }
  return { message: plain(message), fields };
}

export function isRefused(read: ServerForm | RefusedForm): read is RefusedForm {
  return "why" in read;
}

function readField(name: string, given: z.output<typeof field>, isRequired: boolean): FormField | RefusedForm {
  if (name === "" || name.length > MOST_NAME || name !== plain(name, true) || name === "__proto__")
    return refused("has a field with a name that cannot be shown");
  const { title, description } = given;
  if ([title, description].some((text) => text !== undefined && text.length > MOST_ABOUT))
    return refused(`describes a field with more than ${MOST_ABOUT} characters`);
  if (isSecret(name, given)) return refused("asks for a password, a key or another secret");
  const found = choicesIn(given);
  if (given.type === "array" && found.length === 0) return refused("is not a form of the protocol", true);
  if (found.length > MOST_CHOICES) return refused(`has a field with more than ${MOST_CHOICES} values`);
  return {
    name,
    title: title === undefined ? null : plain(title, true),
    description: description === undefined ? null : plain(description, true),
    type: typeOf(given.type, found),
    isRequired,
    choices: found,
    proposed: proposedIn(given.default),
    schema: schemaOf(given, found),
  };
}

function typeOf(type: z.output<typeof field>["type"], found: readonly FormChoice[]): FormField["type"] {
  if (type === "array") return "choices";
  if (type === "string") return found.length > 0 ? "choice" : "text";
  return type;
}

/** Free text only: a choice between named tokens is no secret, nor is a number of tokens. */
function isSecret(name: string, { type, title = "", description = "", ...rest }: z.output<typeof field>): boolean {
  if (type !== "string" || choicesIn({ type, ...rest }).length > 0) return false;
  if (rest.format === "password" || rest.writeOnly === true) return true;
  return [name, title, description].some((text) => SECRET.test(wordsOf(text)));
}

/** Returns `apiKey` and `api_key` as `api Key` and `api key`. */
function wordsOf(text: string): string {
  return text.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/[_\-.\s]+/g, " ");
}

function choicesIn({ type, items, ...rest }: z.output<typeof field>): FormChoice[] {
  if (type !== "string" && type !== "array") return [];
  const parsed = choices.safeParse(type === "array" ? items : rest);
  if (!parsed.success) return [];
  const { enum: values, enumNames, oneOf, anyOf } = parsed.data as Choices;
  if (values)
    return values.map((value, at) => ({ value, title: enumNames?.[at] === undefined ? null : shown(enumNames[at]) }));
  return (oneOf ?? anyOf ?? []).map(({ const: value, title }) => ({
    value,
    title: title === undefined || title === value ? null : shown(title),
  }));
}

interface Choices {
  enum?: string[];
  enumNames?: string[];
  oneOf?: { const: string; title?: string }[];
  anyOf?: { const: string; title?: string }[];
}

function shown(title: string): string {
  return plain(title, true).slice(0, MOST_NAME);
}

/** Returns the field's schema from known keywords only, so that no reference or pattern of a stranger is followed. */
function schemaOf(given: z.output<typeof field>, found: readonly FormChoice[]): Record<string, unknown> {
  const kept = KEPT[given.type].flatMap((key): [string, unknown][] => {
    const value = given[key];
    const isUsable = key === "format" ? FORMATS.includes(value) : typeof value === "number" && Number.isFinite(value);
    return isUsable ? [[key, value]] : [];
  });
  const values = found.map(({ value }) => value);
  const isMany = given.type === "array";
  return {
    type: given.type,
    ...Object.fromEntries(kept),
    ...(isMany && { items: { type: "string", enum: values } }),
    ...(!isMany && values.length > 0 && { enum: values }),
  };
}

function proposedIn(value: unknown): FormField["proposed"] {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;
}

function isPage(params: unknown): boolean {
  return typeof params === "object" && params !== null && "mode" in params && params.mode === "url";
}

/** Returns the characters of JSON; infinite for values that are nested too deeply to be written. */
function sizeOf(value: unknown): number {
  try {
    return (JSON.stringify(value) ?? "").length;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function refused(why: string, isInvalid = false): RefusedForm {
  return { why, isInvalid };
}
