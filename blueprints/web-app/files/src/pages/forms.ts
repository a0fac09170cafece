/** Forms: a field for each value, and what a person entered as the body of a request. */
import { type Content, type Html, html } from "./html.ts";
import type { Field, Form } from "./resource.ts";

/** What a person entered, by the names of the fields. */
export type Entered = Record<string, string>;

/** A value that a person can choose for a field that refers to other items. */
export interface Choice {
  id: string;
  label: string;
}

export interface FormView {
  form: Form;
  action: string;
  entered: Entered;
  /** By the names of the fields. */
  choices: ReadonlyMap<string, Choice[]>;
  button: string;
}

export function formView({ form, action, entered, choices, button }: FormView): Html {
  return html`<form method="post" action="${action}">
${form.fields.map((field) => fieldView(field, entered[field.name] ?? "", choices.get(field.name)))}
<button>${button}</button>
</form>`;
}

function fieldView(field: Field, value: string, choices: Choice[] | undefined): Html {
  const id = `field-${field.name}`;
  const hint = hintOf(field);
  const note = hint !== undefined && html`<span class="hint" id="${id}-hint">${hint}</span>`;
  const described = hint !== undefined && html` aria-describedby="${id}-hint"`;
  return html`<p><label for="${id}">${field.label}${!field.isRequired && " (optional)"}</label>
${inputOf(field, { id, value, described, choices })}${note}</p>
`;
}

interface Input {
  id: string;
  value: string;
  described: Content;
  choices: Choice[] | undefined;
}

function inputOf(field: Field, { id, value, described, choices }: Input): Html {
  const common = html` id="${id}" name="${field.name}"${field.isRequired && html` required`}${described}`;
  switch (field.kind) {
    case "choice":
      return selectOf(common, field, (field.choices ?? []).map(String), value);
    case "boolean":
      return selectOf(common, field, ["true", "false"], value);
    case "long":
    case "json":
      return html`<textarea${common} rows="4"${field.kind === "long" && lengths(field)}>${value}</textarea>`;
    default: {
      const list = choices && html`<datalist id="${id}-choices">${choices.map((one) => html`<option value="${one.id}">${one.label}</option>`)}</datalist>`;
      const from = choices && html` list="${id}-choices"`;
      return html`<input${common} type="${TYPES[field.kind]}" value="${value}"${boundsOf(field)}${from}>${list}`;
    }
  }
}

const TYPES = {
  text: "text",
  email: "email",
  url: "url",
  date: "date",
  time: "datetime-local",
  number: "number",
  integer: "number",
};

function selectOf(common: Html, field: Field, values: string[], value: string): Html {
  const none = (!field.isRequired || value === "") && html`<option value=""></option>`;
  return html`<select${common}>${none}${values.map((one) => html`<option${one === value && html` selected`}>${one}</option>`)}</select>`;
}

function boundsOf(field: Field): Content {
  if (field.kind === "text") return lengths(field);
  if (field.kind !== "number" && field.kind !== "integer") return null;
  const { least, most } = field;
  const step = field.kind === "number" ? "any" : "1";
  return [
    html` step="${step}"`,
    least !== undefined && html` min="${least}"`,
    most !== undefined && html` max="${most}"`,
  ];
}

function lengths({ least, most }: Field): Content {
  return [least !== undefined && html` minlength="${least}"`, most !== undefined && html` maxlength="${most}"`];
}

function hintOf({ kind }: Field): string | undefined {
  if (kind === "json") return "A list or an object, as JSON.";
  return kind === "time" ? "In UTC." : undefined;
}

/** Returns the values of an item as a person would enter them. */
export function enteredOf({ fields }: Form, item: Record<string, unknown>): Entered {
  return Object.fromEntries(fields.map((field) => [field.name, textOf(field, item[field.name])]));
}

function textOf({ kind }: Field, value: unknown): string {
  if (value === undefined || value === null) return "";
  if (kind === "json") return JSON.stringify(value);
  return kind === "time" ? minuteOf(String(value)) : String(value);
}

/** Returns a moment as a browser takes it, in UTC; a text that is none as it is. */
function minuteOf(text: string): string {
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? text : moment.toISOString().slice(0, "2026-01-01T00:00".length);
}

/** A field that holds no value of its kind. */
export class EntryError extends Error {
  override name = "EntryError";
}

/**
 * Returns the body of a request that changes the item: the values that a person changed, and those that stay where the
 * request replaces the item. Undefined: nothing was changed. Throws EntryError.
 */
export function changeOf(
  form: Form,
  entered: Entered,
  item: Record<string, unknown>,
): Record<string, unknown> | undefined {
  const before = enteredOf(form, item);
  const changed = form.fields.filter(({ name }) => (entered[name] ?? "") !== before[name]);
  if (changed.length === 0) return undefined;
  const stays = form.fields.filter((field) => form.method === "PUT" && !changed.includes(field) && field.name in item);
  const kept = Object.fromEntries(stays.map(({ name }) => [name, item[name]]));
  return { ...kept, ...bodyOf({ ...form, fields: changed }, entered) };
}

/** Returns the body of the request; an empty field of a change may remove a value. Throws EntryError. */
export function bodyOf({ method, fields }: Form, entered: Entered): Record<string, unknown> {
  const parts = fields.flatMap((field): [string, unknown][] => {
    const text = entered[field.name] ?? "";
    if (text !== "") return [[field.name, parsedValue(field, text)]];
    return method === "PATCH" && field.empty !== undefined ? [[field.name, field.empty]] : [];
  });
  return Object.fromEntries(parts);
}

function parsedValue({ kind, label, choices }: Field, text: string): unknown {
  switch (kind) {
    case "number":
    case "integer":
      if (Number.isFinite(Number(text))) return Number(text);
      throw new EntryError(`${label} must be a number.`);
    case "boolean":
      return text === "true";
    case "choice":
      return (choices ?? []).find((one) => String(one) === text) ?? text;
    case "time":
      return /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) ? `${text}:00Z` : text;
    case "json":
      return jsonOf(label, text);
    default:
      // Browsers end lines with two signs.
      return text.replaceAll("\r\n", "\n");
  }
}

function jsonOf(label: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new EntryError(`${label} must be JSON, such as [] or {}.`);
  }
}
