/** The schemas of what tools answer, each whole in itself: clients check the structure of an answer against it. */
import type { McpAnswers } from "./answers";
import shapes from "./shapes.json" with { type: "json" };

type Schema = Record<string, unknown>;

const PREFIX = "#/$defs/";
const { McpAnswers: answers, ...parts } = shapes as unknown as Record<string, Schema> & {
  McpAnswers: { properties: Record<keyof McpAnswers, Schema> };
};

/** Returns the JSON Schema of a tool's answer. An answer that has failed, asks or has started a task has another form. */
export function outputSchemaOf(name: keyof McpAnswers): { type: "object" } & Schema {
  const given = answers.properties[name];
  // The protocol wants an object at the root, not a reference to one.
  const root = typeof given.$ref === "string" ? partOf(given.$ref) : given;
  const used = new Set<string>();
  collect(root, used);
  const $defs = Object.fromEntries([...used].sort().map((part) => [part, partOf(PREFIX + part)]));
  return { ...root, type: "object", ...(used.size > 0 && { $defs }) };
}

function partOf(reference: string): Schema {
  const part = parts[reference.slice(PREFIX.length)];
  if (!part) throw new Error(`The shape ${reference} is missing: run npm run shapes.`);
  return part;
}

function collect(value: unknown, used: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key !== "$ref" || typeof inner !== "string") collect(inner, used);
    else if (!used.has(inner.slice(PREFIX.length))) {
      used.add(inner.slice(PREFIX.length));
      collect(partOf(inner), used);
    }
  }
}
