/** Copies the keywords of a node that limit or explain a value, when they are well formed. */
import { isSchema, type Schema } from "./walk";

const NUMBERS = ["minimum", "maximum", "multipleOf"];
const COUNTS = ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"];

export function keywordsOf(schema: Schema): Schema {
  const copied: Schema = { ...explained(schema.description ?? schema.title) };
  const values = valuesOf(schema);
  if (values.length > 0) copied.enum = values;
  if (schema.default !== undefined && !isSchema(schema.default)) copied.default = schema.default;
  for (const name of NUMBERS) if (Number.isFinite(schema[name])) copied[name] = schema[name];
  for (const name of COUNTS)
    if (Number.isInteger(schema[name]) && (schema[name] as number) >= 0) copied[name] = schema[name];
  // In older drafts `true` makes the limit beside it exclusive.
  for (const [exclusive, limit] of [
    ["exclusiveMinimum", "minimum"],
    ["exclusiveMaximum", "maximum"],
  ] as const) {
    if (Number.isFinite(schema[exclusive])) copied[exclusive] = schema[exclusive];
    if (schema[exclusive] !== true || !Number.isFinite(schema[limit])) continue;
    copied[exclusive] = schema[limit];
    delete copied[limit];
  }
  if (schema.uniqueItems === true) copied.uniqueItems = true;
  if (typeof schema.format === "string") copied.format = schema.format;
  if (isPlainPattern(schema.pattern)) copied.pattern = schema.pattern;
  return copied;
}

const SMALL_FORMATS: Record<string, string[]> = {
  string: ["date-time"],
  number: ["float", "double"],
  integer: ["int32", "int64"],
};

/** As `keywordsOf`, for a provider that reads few keywords; the values that it cannot read go into the description. */
export function smallKeywordsOf(schema: Schema, type: string): Schema {
  const values = valuesOf(schema).filter((value) => value !== null && value !== "");
  const areNames = type === "string" && values.every((value) => typeof value === "string");
  const sentence =
    values.length > 0 && !areNames ? `One of: ${values.map((value) => JSON.stringify(value)).join(", ")}.` : "";
  const text = [schema.description ?? schema.title, sentence].filter((text) => typeof text === "string" && text !== "");
  const format = SMALL_FORMATS[type]?.includes(schema.format as string) ? { format: schema.format } : {};
  return { ...explained(text.join(" ")), ...format, ...(values.length > 0 && areNames && { enum: values }) };
}

function explained(text: unknown): Schema {
  return typeof text === "string" && text !== "" ? { description: text } : {};
}

function valuesOf(schema: Schema): unknown[] {
  if (schema.const !== undefined) return [schema.const];
  if (!Array.isArray(schema.enum)) return [];
  return [...new Map(schema.enum.map((value) => [JSON.stringify(value), value])).values()];
}

/** Providers check patterns with regular expressions that know no look-around, so only plain patterns are kept. */
function isPlainPattern(pattern: unknown): boolean {
  if (typeof pattern !== "string" || /\(\?|\\[pPk]/.test(pattern)) return false;
  try {
    new RegExp(pattern, "u");
    return true;
  } catch {
    return false;
  }
}
