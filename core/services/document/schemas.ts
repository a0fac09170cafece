/** What schemas of a document allow: object schemas as one list of properties, and whether one schema fits in another. */
import { isNode, type Node, resolve } from "./parts";

export interface ObjectSchema {
  properties: Map<string, Node>;
  required: Set<string>;
  /** Whether properties that it does not name are allowed. */
  isOpen: boolean;
}

const MOST_DEPTH = 12;
/** Parts of `allOf`, which may contain each other. */
const MOST_PARTS = 200;
/** These alternatives say what an object is only when its content is known. */
const ALTERNATIVES = ["oneOf", "anyOf", "not", "if", "patternProperties", "dependentSchemas"];
/** Say nothing about which values are allowed. */
const ANNOTATIONS =
  /^(title|description|default|examples?|deprecated|readOnly|writeOnly|xml|externalDocs|discriminator|x-.*|\$comment)$/;
const LOWER = new Set(["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"]);
const UPPER = new Set(["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"]);

/** Returns the schema that a node is or refers to. */
export function schemaOf(document: Node, node: unknown): Node {
  return isNode(node) ? resolve(document, { node, pointer: "a schema" }).node : {};
}

/** Returns what is said of the properties of a plain object, also over `allOf`; null for every other schema. */
export function objectOf(document: Node, node: unknown, budget = { left: MOST_PARTS }): ObjectSchema | null {
  budget.left -= 1;
  if (!isNode(node) || budget.left < 0) return null;
  const schema = schemaOf(document, node);
  if (ALTERNATIVES.some((name) => schema[name] !== undefined)) return null;
  const parts = Array.isArray(schema.allOf) ? schema.allOf : [];
  if (!isPlainObject(schema) && parts.length === 0) return null;
  const found: ObjectSchema = {
    properties: new Map(Object.entries(isNode(schema.properties) ? schema.properties : {}).flatMap(nodeEntry)),
    required: new Set(textsIn(schema.required)),
    isOpen: schema.additionalProperties !== false,
  };
  for (const part of parts) {
    const more = objectOf(document, part, budget);
    if (more === null) return null;
    for (const [name, property] of more.properties) found.properties.set(name, property);
    for (const name of more.required) found.required.add(name);
    found.isOpen &&= more.isOpen;
  }
  return found;
}

function isPlainObject(schema: Node): boolean {
  return schema.type === "object" || (schema.type === undefined && isNode(schema.properties));
}

function nodeEntry([name, value]: [string, unknown]): [string, Node][] {
  return isNode(value) ? [[name, value]] : [];
}

export function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** Returns the types that a schema names; empty: any. `null` is among them when the value may be null. */
export function typesOf(schema: Node): string[] {
  const types = typeof schema.type === "string" ? [schema.type] : textsIn(schema.type);
  return schema.nullable === true && types.length > 0 ? [...types, "null"] : types;
}

/** Whether each value that `given` allows is one that `wanted` allows, as far as it is plain to see. */
export function accepts(
  document: Node,
  wanted: unknown,
  given: unknown,
  depth = 0,
  seen = new Map<Node, Set<Node>>(),
): boolean {
  const [outer, inner] = [schemaOf(document, wanted), schemaOf(document, given)];
  const compared = seen.get(outer) ?? new Set();
  // What is being compared already is decided there, so that schemas which contain themselves come to an end.
  if (outer === inner || compared.has(inner)) return true;
  if (depth > MOST_DEPTH) return false;
  seen.set(outer, compared.add(inner));
  const types = typesOf(outer);
  const fits = (type: string) => types.includes(type) || (type === "integer" && types.includes("number"));
  if (types.length > 0 && (typesOf(inner).length === 0 || !typesOf(inner).every(fits))) return false;
  return Object.entries(outer).every(([name, value]) => {
    if (name === "type" || name === "nullable" || ANNOTATIONS.test(name)) return true;
    return acceptsPart({ name, value, inner }, (a, b) => accepts(document, a, b, depth + 1, seen));
  });
}

function acceptsPart(
  { name, value, inner }: { name: string; value: unknown; inner: Node },
  acceptsBelow: (wanted: unknown, given: unknown) => boolean,
): boolean {
  const other = inner[name];
  if (LOWER.has(name)) return typeof other === "number" && typeof value === "number" && other >= value;
  if (UPPER.has(name)) return typeof other === "number" && typeof value === "number" && other <= value;
  if (name === "enum") {
    const allowed = inner.const === undefined ? other : [inner.const];
    return Array.isArray(value) && Array.isArray(allowed) && allowed.every((item) => value.includes(item));
  }
  if (name === "items") return acceptsBelow(value, other);
  if (name === "required") return textsIn(value).every((item) => textsIn(other).includes(item));
  if (name === "additionalProperties" && value === true) return true;
  if (name === "properties" && isNode(value)) {
    const properties = isNode(other) ? other : {};
    // What the inner schema does not name could hold anything, unless it is closed.
    return Object.entries(value).every(([property, schema]) => {
      if (Object.hasOwn(properties, property)) return acceptsBelow(schema, properties[property]);
      return inner.additionalProperties === false;
    });
  }
  return isSame(value, other);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
