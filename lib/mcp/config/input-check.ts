import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv";
import { inBoundedTime } from "./bounded-check";
import { quoted } from "./errors";
import { schemaBeyond } from "./schema-bounds";

const MOST_ENDLESS = 200;

export interface InputChecks {
  /** Why a schema cannot be used; undefined: it can. */
  schemaFault(schema: Record<string, unknown>): string | undefined;
  /** What is wrong with the arguments of a call, as a sentence's rest; undefined: nothing. */
  argumentFault(schema: Record<string, unknown>, args: unknown): string | undefined;
}

/**
 * JSON Schema as MCP servers write it. Regular expressions in it are left out: they come from the server, one that takes for
 * ever would stop the whole process, and the server checks its own arguments anyway.
 */
export function inputChecks(): InputChecks {
  let ajv = new AjvJsonSchemaValidator();
  /** By their text: schemas whose check did not end. */
  const endless = new Set<string>();
  const compile = (schema: Record<string, unknown>) => {
    // Servers share `$id`s, and a compiled schema is remembered by it.
    const { $id: _id, ...rest } = schema;
    return ajv.getValidator(withoutPatterns(rest) as Record<string, unknown>);
  };
  return {
    schemaFault(schema) {
      const beyond = schemaBeyond(schema);
      if (beyond !== null) return beyond;
      try {
        if (inBoundedTime(() => compile(schema)) !== null) return undefined;
        ajv = new AjvJsonSchemaValidator();
        return "reading it takes too long";
      } catch (error) {
        return quoted(error instanceof Error ? error.message : String(error));
      }
    },
    argumentFault(schema, args) {
      // The server checks what it is given, and a check that does not end is none.
      const key = JSON.stringify(schema);
      if (schemaBeyond(schema) !== null || endless.has(key)) return undefined;
      const ended = inBoundedTime(() => compile(schema)(args));
      if (ended === null) {
        // What was broken off may have left something half done in it.
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

/** Keywords stand in schemas; below `properties` the same words are names of properties. */
function withoutPatterns(value: unknown, isMap = false): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutPatterns(item));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => isMap || !/^(pattern|patternProperties)$/.test(key));
  return Object.fromEntries(
    kept.map(([key, member]) => {
      const isValue = !isMap && /^(enum|const|default|examples)$/.test(key);
      const holdsSchemas = !isMap && /^(properties|\$defs|definitions|dependentSchemas)$/.test(key);
      return [key, isValue ? member : withoutPatterns(member, holdsSchemas)];
    }),
  );
}
