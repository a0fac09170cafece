/**
 * Turns the JSON Schema of a tool into table rows. The schema is untrusted: it never throws, and long texts are cut.
 * Pure.
 */
import { plural } from "@/core/words/figures";

export interface SchemaRow {
  name: string;
  /** The nesting depth. */
  depth: number;
  type: string;
  required: boolean;
  about: string;
  /** The constraints of the value, in words. */
  limits: string;
}

const MAX_ROWS = 100;
const MAX_DEPTH = 3;
const MAX_CHOICES = 12;
const MAX_TEXT = 400;

const TYPES: Record<string, string> = {
  string: "string",
  integer: "integer",
  number: "number",
  boolean: "boolean",
  object: "object",
  null: "null",
};

export function schemaRows(schema: unknown): { rows: SchemaRow[]; more: boolean } {
  const rows: SchemaRow[] = [];
  collect(schema, 0, rows);
  return { rows: rows.slice(0, MAX_ROWS), more: rows.length > MAX_ROWS };
}

function collect(schema: unknown, depth: number, rows: SchemaRow[]): void {
  if (!isObject(schema) || !isObject(schema.properties)) return;
  const required = Array.isArray(schema.required) ? schema.required : [];
  for (const [name, property] of Object.entries(schema.properties)) {
    if (rows.length > MAX_ROWS) return;
    const about = isObject(property) ? property.description : undefined;
    rows.push({
      name: cut(name),
      depth,
      type: cut(typeWord(property, 0)),
      required: required.includes(name),
      about: typeof about === "string" ? cut(about) : "",
      limits: isObject(property) ? cut(limitsOf(property)) : "",
    });
    if (depth + 1 >= MAX_DEPTH) continue;
    collect(property, depth + 1, rows);
    if (isObject(property)) collect(property.items, depth + 1, rows);
  }
}

function typeWord(schema: unknown, depth: number): string {
  if (schema === true || !isObject(schema)) return "any";
  if (depth > MAX_DEPTH) return "…";
  if ("const" in schema) return jsonOf(schema.const);
  if (Array.isArray(schema.enum)) {
    const choices = schema.enum.slice(0, MAX_CHOICES).map(jsonOf).join(", ");
    return `one of ${choices}${schema.enum.length > MAX_CHOICES ? ", …" : ""}`;
  }
  const options = [schema.anyOf, schema.oneOf].find(Array.isArray);
  if (options)
    return [...new Set(options.slice(0, MAX_CHOICES).map((option) => typeWord(option, depth + 1)))].join(" or ");
  if (typeof schema.$ref === "string") return schema.$ref.split("/").at(-1) ?? "any";
  if (schema.type === "array") return `array of ${typeWord(schema.items, depth + 1)}`;
  if (Array.isArray(schema.type)) return schema.type.map((type) => TYPES[String(type)] ?? String(type)).join(" or ");
  return typeof schema.type === "string" ? (TYPES[schema.type] ?? schema.type) : "any";
}

function limitsOf(schema: Record<string, unknown>): string {
  const found: string[] = [];
  if ("default" in schema) found.push(`default ${jsonOf(schema.default)}`);
  const bound = (key: string, word: string, unit = "") => {
    const value = schema[key];
    if (typeof value !== "number") return;
    if (value === 1 && key.startsWith("min") && unit) found.push("not empty");
    else found.push(`${word} ${unit ? plural(value, unit) : value}`);
  };
  bound("minimum", "at least");
  bound("exclusiveMinimum", "more than");
  bound("maximum", "at most");
  bound("exclusiveMaximum", "less than");
  bound("minLength", "at least", "character");
  bound("maxLength", "at most", "character");
  bound("minItems", "at least", "item");
  bound("maxItems", "at most", "item");
  if (typeof schema.pattern === "string") found.push(`matches ${schema.pattern}`);
  if (typeof schema.format === "string") found.push(`format ${schema.format}`);
  return found.join("; ");
}

function jsonOf(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}

function cut(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, " ").trim();
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT)}…` : line;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
