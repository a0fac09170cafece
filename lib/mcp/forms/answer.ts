/** A person's answer to a server's form: read, and checked against the form's schema. */
import { inputChecks } from "@/lib/mcp/config/input-check";
import type { FormField, FormValue, ServerForm } from "./form";
import { isDecline } from "./question";

/** What an answer means; `problem` is a phrase for the person who answers again. */
export type ReadAnswer =
  | { means: "values"; content: Record<string, FormValue> }
  | { means: "decline" }
  | { means: "nothing"; problem: string };

export function readAnswer(form: ServerForm, answer: string): ReadAnswer {
  if (isDecline(answer)) return { means: "decline" };
  const [only] = form.fields.length === 1 ? form.fields : [];
  const object = objectIn(answer);
  if (only && !(object && Object.keys(object).every((name) => name === only.name)))
    return checked(form, { [only.name]: plainValue(only, answer) });
  if (!object) return wrong("it is not a JSON object, and the form has several fields");
  return checked(form, object);
}

function checked({ fields }: ServerForm, given: Record<string, unknown>): ReadAnswer {
  const names = fields.map(({ name }) => name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) return wrong(`the form has no field ${unknown}`);
  const entries = fields.flatMap((field): [string, unknown][] => {
    const value = given[field.name];
    // A field that is left empty counts as absent.
    return value === undefined || value === null ? [] : [[field.name, named(field, value)]];
  });
  const missing = fields.find(({ name, isRequired }) => isRequired && !entries.some(([key]) => key === name));
  if (missing) return wrong(`${missing.name} is required`);
  const content = Object.fromEntries(entries);
  const problem = problemOf(fields, content);
  return problem === null ? { means: "values", content: content as Record<string, FormValue> } : wrong(problem);
}

function problemOf(fields: readonly FormField[], content: Record<string, unknown>): string | null {
  const checks = inputChecks();
  for (const { name, schema } of fields) {
    if (!Object.hasOwn(content, name)) continue;
    const wrapper = { type: "object", properties: { [name]: schema } };
    const fault = checks.argumentFault(wrapper, { [name]: content[name] });
    if (fault !== undefined) return fault;
  }
  return null;
}

function objectIn(answer: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(answer);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Returns what a plain text means for a field. A text that means nothing is left as it is, and fails the check. */
function plainValue(field: FormField, answer: string): unknown {
  const text = answer.trim();
  switch (field.type) {
    case "text":
      return text;
    case "choice":
      return text;
    case "choices":
      return listIn(text) ?? text.split(",").map((part) => part.trim());
    case "boolean":
      return YES.test(text) ? true : NO.test(text) ? false : text;
    default:
      return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
  }
}

const YES = /^(true|yes|y)$/i;
const NO = /^(false|no|n)$/i;

function listIn(text: string): unknown[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** Returns the values of choices that the person gave by the names that the server shows for them. */
function named({ choices }: FormField, value: unknown): unknown {
  if (Array.isArray(value))
    return value.map((chosen) => (typeof chosen === "string" ? valueNamed(choices, chosen) : chosen));
  return typeof value === "string" ? valueNamed(choices, value) : value;
}

function valueNamed(choices: FormField["choices"], text: string): string {
  if (choices.some(({ value }) => value === text)) return text;
  const [match, other] = choices.filter(({ title }) => title === text);
  return match && !other ? match.value : text;
}

function wrong(problem: string): ReadAnswer {
  return { means: "nothing", problem };
}
