/** Harmless calls of added servers: those that only read, with arguments that nobody has to invent. Pure. */
import type { OfferedServerTool } from "@/agents/tools/outside/server-tools";
import type { ServerTool } from "@/core/rules/configuration";

/** Returns whether the server or the operation's method says that calls only read. */
export function onlyReads({ readOnly }: Pick<ServerTool, "readOnly">): boolean {
  return readOnly === true;
}

/** Returns the arguments of a call that only reads; null when the tool has none. */
export function harmlessInput(tool: Pick<ServerTool, "readOnly" | "inputSchema">): Record<string, unknown> | null {
  if (!onlyReads(tool)) return null;
  const { required, properties, examples } = tool.inputSchema as Schema;
  const names = Array.isArray(required) ? required : [];
  if (names.length === 0) return {};
  const [whole] = Array.isArray(examples) ? examples : [];
  if (isObject(whole) && names.every((name) => Object.hasOwn(whole, name))) return whole;
  const found = names.map((name): [string, unknown] => [name, exampleOf(properties, name)]);
  return found.every(([, value]) => value !== undefined) ? Object.fromEntries(found) : null;
}

/** Returns a harmless call among the server's tools, and prefers one without arguments; null when there is none. */
export function harmlessCall(offered: readonly OfferedServerTool[]) {
  const found = offered.flatMap((tool) => {
    const input = harmlessInput(tool.tool);
    return input ? [{ offered: tool, input }] : [];
  });
  return found.sort((a, b) => Object.keys(a.input).length - Object.keys(b.input).length)[0] ?? null;
}

interface Schema {
  required?: unknown;
  properties?: unknown;
  examples?: unknown;
}

/** Returns what the schema itself gives as a value: an example, the default, or one of its choices. */
function exampleOf(properties: unknown, name: string): unknown {
  if (!isObject(properties) || !Object.hasOwn(properties, name)) return undefined;
  const property = properties[name];
  if (!isObject(property)) return undefined;
  const { examples, default: usual, const: only, enum: choices } = property;
  return [
    Array.isArray(examples) ? examples[0] : undefined,
    usual,
    only,
    Array.isArray(choices) ? choices[0] : undefined,
  ].find((value) => value !== undefined && value !== null);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
