/**
 * The schemas of what tools answer, each whole in itself: clients check the structure of an answer against it. Lists of
 * tools show them in short, because clients show a list to their model at each connection, and some limit its size.
 */
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

/** How many objects inside each other a list shows with their fields. */
const SHOWN_LEVELS = 2;

/**
 * Returns the schema as a list of tools shows it: the names and types of fields, without descriptions; objects that are
 * further inside are only named. What fits the whole schema fits this one.
 */
export function listedOutputOf(name: keyof McpAnswers): { type: "object" } & Schema {
  const { $defs, ...whole } = outputSchemaOf(name);
  return { ...shownIn(whole, 0), type: "object" };
}

function shownIn(given: Schema, level: number): Schema {
  const node = typeof given.$ref === "string" ? partOf(given.$ref) : given;
  const { properties, items, additionalProperties: others, anyOf, required, type } = node as Parts;
  const isRoot = level === 0;
  if (anyOf) return choiceOf(anyOf.map((member) => shownIn(member, level)));
  if (items) return { type, items: shownIn(items, level) };
  if (properties && level >= SHOWN_LEVELS) return { type };
  if (properties) {
    const fields = Object.entries(properties).map(([field, member]) => [field, shownIn(member, level + 1)]);
    return { type, properties: Object.fromEntries(fields), ...(isRoot && required && { required }) };
  }
  if (typeof others === "object") return { type, additionalProperties: shownIn(others, level) };
  return type === undefined ? {} : { type };
}

interface Parts {
  type?: string | string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  required?: string[];
}

/** A choice between plain types is written as a list of them. */
function choiceOf(members: Schema[]): Schema {
  if (members.some((member) => Object.keys(member).length === 0)) return {};
  const isPlain = members.every((member) => Object.keys(member).join() === "type");
  if (!isPlain) return { anyOf: members };
  const types = [...new Set(members.flatMap(({ type }) => type))];
  return { type: types.length === 1 ? types[0] : types };
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
