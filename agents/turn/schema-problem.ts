/** Checks the arguments of a call against a schema that came from a server. */
import type { JsonSchemaType, JsonSchemaValidator } from "@modelcontextprotocol/client";
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/client/validators/ajv";
import type { ServerTool } from "@/core/rules/configuration";
import { inBoundedTime } from "@/lib/mcp/config/bounded-check";
import { schemaBeyond } from "@/lib/mcp/config/schema-bounds";

const KEPT = 500;
const validators = new Map<string, JsonSchemaValidator<unknown>>();

/**
 * Returns what is wrong with the arguments, as a sentence without a full stop, or null. An invalid schema accepts
 * everything, because the server checks too.
 */
export function schemaProblem(tool: Pick<ServerTool, "hash" | "inputSchema">, input: unknown): string | null {
  let validator = validators.get(tool.hash);
  if (!validator) {
    validator = compiled(tool.inputSchema);
    if (validators.size >= KEPT) validators.clear();
    validators.set(tool.hash, validator);
  }
  const check = validator;
  const ended = inBoundedTime(() => check(input));
  // A schema whose check takes too long is no longer checked here; the server checks too.
  if (ended === null) validators.set(tool.hash, passes);
  const { result } = ended ?? { result: passes(input) };
  return result.valid ? null : (result.errorMessage ?? "They do not match the schema").replace(/\.$/, "");
}

function compiled(schema: Record<string, unknown>): JsonSchemaValidator<unknown> {
  try {
    if (schemaBeyond(schema) !== null) return passes;
    const made = inBoundedTime(() =>
      new AjvJsonSchemaValidator().getValidator<unknown>(withoutPatterns(schema) as JsonSchemaType),
    );
    return made?.result ?? passes;
  } catch {
    return passes;
  }
}

const passes: JsonSchemaValidator<unknown> = (data) => ({ valid: true, data, errorMessage: undefined });

/**
 * Returns the schema without regular expressions, because one from outside could block the whole process on some texts,
 * and without `$async`, which makes the check a promise that nobody awaits.
 */
function withoutPatterns(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutPatterns);
  if (typeof schema !== "object" || schema === null) return schema;
  const {
    pattern,
    patternProperties: _,
    $id: __,
    format: ___,
    $async: ____,
    ...rest
  } = schema as Record<string, unknown>;
  const kept = Object.entries(rest).map(([key, value]) => [key, withoutPatterns(value)]);
  // An object is a property named "pattern", not an expression.
  if (typeof pattern === "object" && pattern !== null) kept.push(["pattern", withoutPatterns(pattern)]);
  return Object.fromEntries(kept);
}
