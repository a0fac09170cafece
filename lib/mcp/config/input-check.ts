import type { JsonSchemaValidator } from "@modelcontextprotocol/client";
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/client/validators/ajv";
import { inBoundedTime } from "./bounded-check";
import { quoted } from "./errors";
import { schemaBeyond } from "./schema-bounds";

const MOST_ENDLESS = 200;

type Validator = JsonSchemaValidator<unknown>;

export interface InputChecks {
  /** Returns why a schema cannot be used; undefined when it can. */
  schemaFault(schema: Record<string, unknown>): string | undefined;
  /** Returns what is wrong with a call's arguments, as the end of a sentence; undefined when they match. */
  argumentFault(schema: Record<string, unknown>, args: unknown): string | undefined;
}

/**
 * Checks JSON Schemas of MCP servers. Their regular expressions are dropped: an endless one would stop the whole
 * process, and the server checks its own arguments anyway. Formats are expressions too, and Ajv writes a line about each
 * that it does not know, so only those of forms stay. `$async` is dropped because it makes the check a promise, which
 * accepts everything and is rejected later, where nobody catches it.
 */
export function inputChecks(): InputChecks {
  let ajv = new AjvJsonSchemaValidator();
  /** The text of schemas whose check did not end. */
  const endless = new Set<string>();
  const compile = (schema: Record<string, unknown>) => {
    // Different servers use the same `$id`, and Ajv caches compiled schemas by it.
    const { $id: _id, ...rest } = schema;
    return ajv.getValidator(withoutPatterns(rest) as Record<string, unknown>);
  };
  /** As the server checks too, a schema that cannot be used accepts everything. */
  const validatorOf = (schema: Record<string, unknown>): Validator => {
    try {
      return compile(schema);
    } catch {
      return (data) => ({ valid: true, data, errorMessage: undefined });
    }
  };
  return {
    schemaFault(schema) {
      const bound = schemaBeyond(schema);
      if (bound !== null) return bound;
      try {
        if (inBoundedTime(() => compile(schema)) !== null) return undefined;
        ajv = new AjvJsonSchemaValidator();
        return "reading it takes too long";
      } catch (error) {
        return quoted(error instanceof Error ? error.message : String(error));
      }
    },
    argumentFault(schema, args) {
      // The server checks its arguments too, so a check that does not end is skipped.
      const key = JSON.stringify(schema);
      if (schemaBeyond(schema) !== null || endless.has(key)) return undefined;
      const ended = inBoundedTime(() => validatorOf(schema)(args));
      if (ended === null) {
        // The interrupted check may have left the validator in a broken state.
        ajv = new AjvJsonSchemaValidator();
        if (endless.size >= MOST_ENDLESS) endless.clear();
        endless.add(key);
        return undefined;
      }
      const checked = ended.result;
      return checked.valid ? undefined : quoted(checked.errorMessage ?? "they do not match its schema");
    },
  };
}

/** The formats that a form of MCP may have. */
const FORM_FORMATS: readonly unknown[] = ["email", "uri", "date", "date-time"];

/** Removes patterns and unknown formats from schemas. Below `properties` the same words are names of properties, so they stay. */
function withoutPatterns(value: unknown, isMap = false): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutPatterns(item));
  if (typeof value !== "object" || value === null) return value;
  const isKept = ([key, member]: [string, unknown]) =>
    key === "format" ? FORM_FORMATS.includes(member) : !/^(pattern|patternProperties|\$async)$/.test(key);
  const kept = Object.entries(value).filter((entry) => isMap || isKept(entry));
  return Object.fromEntries(
    kept.map(([key, member]) => {
      const isValue = !isMap && /^(enum|const|default|examples)$/.test(key);
      const holdsSchemas = !isMap && /^(properties|\$defs|definitions|dependentSchemas)$/.test(key);
      return [key, isValue ? member : withoutPatterns(member, holdsSchemas)];
    }),
  );
}
