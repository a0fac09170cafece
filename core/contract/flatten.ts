/** Reads a schema as one node: references are followed, and the parts of `allOf` are merged. */
import { type Contract, isSchemaNode, referenceOf, type Schema, type SchemaNode } from "./contract";

/** References that lead in a circle, or that double at each step, end here. */
const MOST_PARTS = 500;

export interface Flat {
  node: SchemaNode;
  /** Nothing is valid. */
  isNever: boolean;
}

/** Returns the schema without `$ref` and `allOf` at its top. What is below, such as a property, stays as it is. */
export function flattened({ definitions }: Pick<Contract, "definitions">, schema: unknown): Flat {
  const waiting: unknown[] = [schema];
  const flat: Flat = { node: {}, isNever: false };
  for (let parts = 0; waiting.length > 0 && parts < MOST_PARTS; parts += 1) {
    const part = waiting.shift();
    if (part === false) flat.isNever = true;
    if (!isSchemaNode(part)) continue;
    const { $ref, allOf, ...own } = part;
    flat.node = merged(flat.node, own);
    const name = referenceOf(part);
    if (name !== null) waiting.push(definitions[name]?.schema);
    waiting.push(...listOf(allOf));
  }
  return flat;
}

const HIGHEST = new Set(["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"]);
const LOWEST = new Set(["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"]);

/** Returns a node that values of both nodes have. Where both say something of one keyword, the narrower one counts. */
function merged(left: SchemaNode, right: SchemaNode): SchemaNode {
  const result: SchemaNode = { ...left };
  for (const [keyword, value] of Object.entries(right)) {
    const known = result[keyword];
    result[keyword] = known === undefined ? value : both(keyword, known, value);
  }
  return result;
}

function both(keyword: string, left: unknown, right: unknown): unknown {
  if (keyword === "properties" || keyword === "patternProperties") return mergedMembers(left, right);
  if (keyword === "required") return [...new Set([...listOf(left), ...listOf(right)])];
  if (keyword === "type") return commonTypes(left, right);
  if (keyword === "enum") return listOf(left).filter((value) => listOf(right).some((other) => isSame(value, other)));
  if (HIGHEST.has(keyword)) return Math.max(Number(left), Number(right));
  if (LOWEST.has(keyword)) return Math.min(Number(left), Number(right));
  if (keyword === "additionalProperties" || keyword === "items")
    return left === false || right === false ? false : left;
  // Several choices hold at once; the first one is read, and validation still sees all of them.
  return left;
}

function mergedMembers(left: unknown, right: unknown): SchemaNode {
  const members = new Map(Object.entries(isSchemaNode(left) ? left : {}));
  for (const [name, schema] of Object.entries(isSchemaNode(right) ? right : {})) {
    members.set(name, members.has(name) ? { allOf: [members.get(name), schema] } : schema);
  }
  return Object.fromEntries(members);
}

function commonTypes(left: unknown, right: unknown): unknown {
  const [first, second] = [typesIn(left), typesIn(right)];
  const common = first.filter((type) => second.includes(type) || (type === "integer" && second.includes("number")));
  if (second.includes("integer") && first.includes("number") && !common.includes("integer")) common.push("integer");
  return common.length === 1 ? common[0] : common;
}

function typesIn(type: unknown): string[] {
  return (Array.isArray(type) ? type : [type]).filter((name): name is string => typeof name === "string");
}

/** Returns the types that a schema names; an empty list when any type is valid. */
export function typesOf(node: SchemaNode): string[] {
  return typesIn(node.type);
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function membersOf(node: SchemaNode, keyword: string): Record<string, Schema> {
  const members = node[keyword];
  return isSchemaNode(members) ? (members as Record<string, Schema>) : {};
}

export function requiredOf(node: SchemaNode): string[] {
  return listOf(node.required).filter((name): name is string => typeof name === "string");
}

/** Whether two values of JSON are the same, in whatever order their members are. */
export function isSame(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right);
}

export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isSchemaNode(value)) return JSON.stringify(value) ?? "null";
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
}
