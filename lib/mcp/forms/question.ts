/** A server's form as a text that a person answers. */
import type { FormField, ServerForm } from "./form";
import { plain } from "./plain";

/** The answer that declines. */
const DECLINE = "decline";

/** The longest value that is offered as an answer; it must stay on one line. */
const MOST_OFFERED = 200;

/** Who asks, in the words of Banyan. */
export interface Asker {
  server: string;
  /** The called tool; null: a resource or a prompt is read. */
  tool: string | null;
}

/** Returns a form without fields as a sentence or more, for a person who approves or rejects. */
export function permissionText(asker: Asker, form: ServerForm): string {
  return [`${said(asker)} for permission to go on:`, quotation(form.message)].join("\n\n");
}

/**
 * Returns a form with fields as a question. `problem`: what was wrong with the last answer. A list of allowed answers is
 * at the end, where they are found and offered.
 */
export function questionText(asker: Asker, form: ServerForm, problem: string | null): string {
  const { fields } = form;
  const [only] = fields.length === 1 ? fields : [];
  const hasText = fields.some(({ type }) => type === "text");
  const parts = [
    problem === null ? "" : `The last answer does not fit: ${problem}. The server has not seen it.`,
    `${said(asker)}:`,
    quotation(form.message),
    only ? "It wants one value:" : "It wants these values:",
    fields.map(fieldLine).join("\n"),
    only ? howToAnswerField(only) : howToAnswerMany(fields),
    hasText ? "The answer goes to the server and stays in the log: no passwords and no keys." : "",
    endOf(only),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function said({ server, tool }: Asker): string {
  return tool === null ? `The server ${server} asks` : `During its tool ${tool}, the server ${server} asks`;
}

function quotation(message: string): string {
  return (message || "(no message)")
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");
}

function fieldLine(field: FormField): string {
  const { name, title, description, isRequired } = field;
  const label = title === null || title === name ? code(name) : `${code(name)} (${cited(title)})`;
  const about = description === null || description === "" ? "" : ` ${cited(description)}`;
  const proposal = field.proposed === undefined ? "" : ` Proposed: ${code(JSON.stringify(field.proposed))}.`;
  return `- ${label}: ${typeWords(field)}, ${isRequired ? "required" : "optional"}.${about}${allowed(field)}${proposal}`;
}

function typeWords({ type, schema }: FormField): string {
  const { minLength, maxLength, minimum, maximum, minItems, maxItems, format } = schema;
  switch (type) {
    case "text":
      return `${FORMATS[String(format)] ?? "text"}${range(minLength, maxLength, "characters")}`;
    case "number":
      return `number${range(minimum, maximum)}`;
    case "integer":
      return `whole number${range(minimum, maximum)}`;
    case "boolean":
      return "true or false";
    case "choice":
      return "one of the allowed values";
    case "choices":
      return `any of the allowed values${range(minItems, maxItems, "values")}`;
  }
}

const FORMATS: Record<string, string> = {
  email: "e-mail address",
  uri: "URL",
  date: "date such as 2026-01-31",
  "date-time": "time such as 2026-01-31T12:00:00Z",
};

function range(least: unknown, most: unknown, unit = ""): string {
  const of = unit && ` ${unit}`;
  if (least !== undefined && most !== undefined) return ` (${least} to ${most}${of})`;
  if (least !== undefined) return ` (at least ${least}${of})`;
  return most === undefined ? "" : ` (at most ${most}${of})`;
}

function allowed({ choices }: FormField): string {
  if (choices.length === 0) return "";
  const named = choices.map(({ value, title }) => {
    const text = code(isOffered(value) ? value : JSON.stringify(value));
    return title === null ? text : `${text} (${cited(title)})`;
  });
  return ` Allowed: ${named.join(", ")}.`;
}

/** Returns words of the server in quotation marks, which they cannot close. */
function cited(text: string): string {
  return `“${text.replace(/[“”]/g, '"')}”`;
}

/** Returns a stranger's text as code, on one line, so that none of its characters formats anything. */
function code(text: string): string {
  const line = plain(text, true);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`;
}

function howToAnswerField(field: FormField): string {
  const many = field.type === "choices" ? ", with a comma between several," : "";
  const plainWay = `Answer with the value${many} or with JSON: ${exampleOf([field])}`;
  return field.isRequired ? plainWay : `${plainWay}. Without a value: ${code("{}")}`;
}

function howToAnswerMany(fields: readonly FormField[]): string {
  return `Answer with one JSON object, such as ${exampleOf(fields)}`;
}

function exampleOf(fields: readonly FormField[]): string {
  return code(JSON.stringify(Object.fromEntries(fields.map((field) => [field.name, exampleValue(field)]))));
}

function exampleValue({ type, choices, proposed }: FormField): unknown {
  if (proposed !== undefined) return proposed;
  const [first] = choices;
  if (type === "choice") return first?.value;
  if (type === "choices") return first ? [first.value] : [];
  if (type === "boolean") return true;
  return type === "text" ? "…" : 1;
}

/** Says how to decline. For one field with a few possible values, all answers are listed. */
function endOf(only: FormField | undefined): string {
  const values =
    only?.type === "boolean"
      ? ["true", "false"]
      : only?.type === "choice"
        ? only.choices.map(({ value }) => value)
        : [];
  const offered = values.filter((value) => isOffered(value) && !isDecline(value));
  if (offered.length === 0) return `To decline, answer: ${DECLINE}`;
  return ["Answers:", ...[...offered, DECLINE].map((value) => `- ${value}`)].join("\n");
}

/** Whether a person can send the value as it is shown. */
function isOffered(value: string): boolean {
  return value !== "" && value.length <= MOST_OFFERED && value === plain(value, true);
}

export function isDecline(answer: string): boolean {
  return answer.trim().toLowerCase() === DECLINE;
}
