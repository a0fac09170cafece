/** The arguments of a tool as rows of a table, from a JSON Schema that somebody else wrote. Pure; never throws. */

export interface SchemaRow {
  name: string;
  /** How deep it stands in an object. */
  depth: number;
  type: string;
  required: boolean;
  about: string;
  /** What it may be, in words. */
  limits: string;
}

const MOST_ROWS = 100;
const MOST_DEPTH = 3;
const MOST_CHOICES = 12;
const MOST_TEXT = 400;

const TYPES: Record<string, string> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "yes or no",
  object: "object",
  null: "nothing",
};

export function schemaRows(schema: unknown): { rows: SchemaRow[]; more: boolean } {
  const rows: SchemaRow[] = [];
  collect(schema, 0, rows);
  return { rows: rows.slice(0, MOST_ROWS), more: rows.length > MOST_ROWS };
}

function collect(schema: unknown, depth: number, rows: SchemaRow[]): void {
  if (!isObject(schema) || !isObject(schema.properties)) return;
  const required = Array.isArray(schema.required) ? schema.required : [];
  for (const [name, property] of Object.entries(schema.properties)) {
    if (rows.length > MOST_ROWS) return;
    const about = isObject(property) ? property.description : undefined;
    rows.push({
      name: cut(name),
      depth,
      type: cut(typeWord(property, 0)),
      required: required.includes(name),
      about: typeof about === "string" ? cut(about) : "",
      limits: isObject(property) ? cut(limitsOf(property)) : "",
    });
    if (depth + 1 >= MOST_DEPTH) continue;
    collect(property, depth + 1, rows);
    if (isObject(property)) collect(property.items, depth + 1, rows);
  }
}

function typeWord(schema: unknown, depth: number): string {
  if (schema === true || !isObject(schema)) return "anything";
  if (depth > MOST_DEPTH) return "…";
  if ("const" in schema) return said(schema.const);
  if (Array.isArray(schema.enum)) {
    const choices = schema.enum.slice(0, MOST_CHOICES).map(said).join(", ");
    return `one of ${choices}${schema.enum.length > MOST_CHOICES ? ", …" : ""}`;
  }
  const options = [schema.anyOf, schema.oneOf].find(Array.isArray);
  if (options) return [...new Set(options.slice(0, MOST_CHOICES).map((one) => typeWord(one, depth + 1)))].join(" or ");
  if (typeof schema.$ref === "string") return `as ${schema.$ref.split("/").at(-1)}`;
  if (schema.type === "array") return `list of ${typeWord(schema.items, depth + 1)}`;
  if (Array.isArray(schema.type)) return schema.type.map((one) => TYPES[String(one)] ?? String(one)).join(" or ");
  return typeof schema.type === "string" ? (TYPES[schema.type] ?? schema.type) : "anything";
}

function limitsOf(schema: Record<string, unknown>): string {
  const found: string[] = [];
  if ("default" in schema) found.push(`${said(schema.default)} when left out`);
  const bound = (key: string, word: string, unit = "") => {
    if (typeof schema[key] === "number") found.push(`${word} ${schema[key]}${unit}`);
  };
  bound("minimum", "at least");
  bound("exclusiveMinimum", "more than");
  bound("maximum", "at most");
  bound("exclusiveMaximum", "less than");
  bound("minLength", "at least", " characters");
  bound("maxLength", "at most", " characters");
  bound("minItems", "at least", " entries");
  bound("maxItems", "at most", " entries");
  if (typeof schema.pattern === "string") found.push(`matches ${schema.pattern}`);
  if (typeof schema.format === "string") found.push(`written as ${schema.format}`);
  return found.join("; ");
}

function said(value: unknown): string {
  return JSON.stringify(value) ?? "nothing";
}

function cut(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, " ").trim();
  return line.length > MOST_TEXT ? `${line.slice(0, MOST_TEXT)}…` : line;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
