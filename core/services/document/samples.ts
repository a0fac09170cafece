/** Values that a schema allows: examples for answers that nobody has written yet, and for the requests of tests. */
import { isNode, type Node } from "./parts";
import { textOfPattern } from "./pattern";
import { schemaOf, textsIn, typesOf } from "./schemas";

/** A request never has properties that are only read, an answer none that are only written. */
export type Side = "request" | "answer";

const MOST_DEPTH = 8;
const MOST_LENGTH = 1_000;
const MOST_ITEMS = 100;
const MOST_PARTS = 2_000;
const TEXTS: Record<string, string> = {
  date: "2026-01-31",
  "date-time": "2026-01-31T12:00:00Z",
  time: "12:00:00Z",
  duration: "P1D",
  email: "someone@example.org",
  "idn-email": "someone@example.org",
  hostname: "example.org",
  "idn-hostname": "example.org",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.org/",
  url: "https://example.org/",
  iri: "https://example.org/",
  "uri-reference": "/path",
  "iri-reference": "/path",
  "uri-template": "/path/{id}",
  uuid: "3f2b8c1e-9d4a-4f6b-8a1c-2e5d7f9b0c3d",
  "json-pointer": "/path",
  "relative-json-pointer": "0",
  regex: "^.*$",
  byte: "YQ==",
};

/** What the parts of one sample have in common. */
interface Making {
  document: Node;
  side: Side;
  /** Parts that may still be made: schemas can contain each other many times. */
  left: number;
}

/** Returns a value that the schema allows, as far as that can be found without trying. */
export function sampleOf(document: Node, node: unknown, side: Side): unknown {
  return make({ document, side, left: MOST_PARTS }, node, 0);
}

function make(making: Making, node: unknown, depth: number): unknown {
  making.left -= 1;
  if (!isNode(node)) return "text";
  if (making.left < 0 || depth > 4 * MOST_DEPTH) return null;
  const { document, side } = making;
  const schema = schemaOf(document, node);
  for (const given of [...examplesIn(node), ...examplesIn(schema)])
    if (fits(document, schema, given, side)) return given;
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[0];
  if (Array.isArray(schema.allOf)) return merged(making, schema, depth);
  for (const name of ["oneOf", "anyOf"]) {
    const [first] = Array.isArray(schema[name]) ? schema[name] : [];
    if (first === undefined) continue;
    const { [name]: _, ...rest } = schema;
    return make(making, hasShape(rest) ? { allOf: [rest, first] } : first, depth + 1);
  }
  return ofType(making, schema, depth);
}

function ofType(making: Making, schema: Node, depth: number): unknown {
  switch (typesOf(schema).find((type) => type !== "null") ?? guessedType(schema)) {
    case "object":
      return sampleObject(making, schema, depth);
    case "array": {
      const least = numberOr(schema.minItems, 0);
      const count = depth >= MOST_DEPTH ? least : Math.min(Math.max(least, 1), numberOr(schema.maxItems, MOST_ITEMS));
      return Array.from({ length: Math.min(count, MOST_ITEMS) }, () => make(making, schema.items, depth + 1));
    }
    case "integer":
    case "number":
      return sampleNumber(schema);
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return sampleText(schema);
  }
}

/** Returns the type of a schema that only says something about values of one type. */
function guessedType(schema: Node): string {
  if (schema.properties !== undefined || schema.additionalProperties !== undefined) return "object";
  if (schema.items !== undefined) return "array";
  if (schema.minimum !== undefined || schema.maximum !== undefined) return "number";
  return schema.type === "null" || (Array.isArray(schema.type) && schema.type.includes("null")) ? "null" : "string";
}

function hasShape(schema: Node): boolean {
  return ["properties", "required", "allOf", "type"].some((name) => schema[name] !== undefined);
}

function sampleObject(making: Making, schema: Node, depth: number): Node {
  const { document, side } = making;
  const properties = isNode(schema.properties) ? schema.properties : {};
  const required = new Set(textsIn(schema.required));
  const made = new Map<string, unknown>();
  for (const [name, property] of Object.entries(properties)) {
    const inner = schemaOf(document, property);
    const isHidden = side === "request" ? inner.readOnly === true : inner.writeOnly === true;
    if (isHidden || (depth >= MOST_DEPTH && !required.has(name))) continue;
    // A tree of optional parts would never end.
    if (!required.has(name) && depth >= 3 && isNode(property) && property.$ref !== undefined) continue;
    made.set(name, make(making, property, depth + 1));
  }
  for (const name of required) if (!made.has(name) && !Object.hasOwn(properties, name)) made.set(name, "text");
  return Object.fromEntries(made);
}

/** An object of all parts of `allOf`, or else the sample of the part that says most. */
function merged(making: Making, schema: Node, depth: number): unknown {
  const { allOf, ...own } = schema;
  const parts = [...(Array.isArray(allOf) ? allOf : []), ...(hasShape(own) ? [own] : [])];
  const samples = parts.map((part) => make(making, part, depth + 1));
  const objects = samples.filter(isNode);
  return objects.length > 0 ? Object.fromEntries(objects.flatMap(Object.entries)) : samples[0];
}

function sampleNumber(schema: Node): number {
  const step = numberOr(schema.multipleOf, 1);
  const lower = Math.max(numberOr(schema.minimum, -Infinity), above(schema, "exclusiveMinimum", step));
  const upper = Math.min(numberOr(schema.maximum, Infinity), above(schema, "exclusiveMaximum", -step));
  const wanted = lower <= 1 && upper >= 1 ? 1 : Number.isFinite(lower) ? lower : upper;
  if (schema.multipleOf !== undefined) return Math.ceil(wanted / step) * step;
  return schema.type === "integer" ? Math.ceil(wanted) : wanted;
}

/** OpenAPI 3.0 says with true or false whether the limit itself is left out. */
function above(schema: Node, name: "exclusiveMinimum" | "exclusiveMaximum", step: number): number {
  const limit = schema[name];
  const none = name === "exclusiveMinimum" ? -Infinity : Infinity;
  if (limit === true)
    return (
      numberOr(schema[name === "exclusiveMinimum" ? "minimum" : "maximum"], none) +
      (schema.type === "integer" ? step : step / 1000)
    );
  return typeof limit === "number" ? limit + (schema.type === "integer" ? step : step / 1000) : none;
}

function sampleText(schema: Node): string {
  if (typeof schema.pattern === "string") return textOfPattern(schema.pattern) ?? "text";
  const known = typeof schema.format === "string" ? TEXTS[schema.format] : undefined;
  const text = known ?? "text";
  const least = Math.min(numberOr(schema.minLength, 0), MOST_LENGTH);
  return text.padEnd(least, text).slice(0, numberOr(schema.maxLength, MOST_LENGTH));
}

function numberOr(value: unknown, other: number): number {
  return typeof value === "number" && Number.isFinite(value) ? value : other;
}

function examplesIn(schema: Node): unknown[] {
  const several = Array.isArray(schema.examples) ? schema.examples : [];
  return [schema.example, ...several, schema.default].filter((value) => value !== undefined);
}

/** Whether the schema allows the value. Patterns of strangers are not run, so they count as met. */
function fits(document: Node, node: unknown, value: unknown, side: Side, budget = { left: MOST_PARTS }): boolean {
  budget.left -= 1;
  if (!isNode(node)) return node !== false;
  if (budget.left < 0) return false;
  const schema = schemaOf(document, node);
  const types = typesOf(schema);
  if (types.length > 0 && !types.some((type) => isOfType(value, type))) return false;
  if (schema.const !== undefined && JSON.stringify(schema.const) !== JSON.stringify(value)) return false;
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) return false;
  for (const part of Array.isArray(schema.allOf) ? schema.allOf : [])
    if (!fits(document, part, value, side, budget)) return false;
  // Which alternative it is and that it is only one is more than an example is worth.
  if (schema.oneOf !== undefined || schema.anyOf !== undefined || schema.not !== undefined) return false;
  if (typeof value === "string") return fitsText(schema, value);
  if (typeof value === "number") return fitsNumber(schema, value);
  if (Array.isArray(value)) return fitsList(document, schema, value, side, budget);
  return !isNode(value) || fitsObject(document, schema, value, side, budget);
}

function isOfType(value: unknown, type: string): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "array") return Array.isArray(value);
  if (type === "null") return value === null;
  if (type === "object") return isNode(value);
  return typeof value === type;
}

function fitsText(schema: Node, value: string): boolean {
  if (value.length < numberOr(schema.minLength, 0) || value.length > numberOr(schema.maxLength, Infinity)) return false;
  if (schema.format === "date-time")
    return /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(value);
  if (schema.format === "date") return /^\d{4}-\d\d-\d\d$/.test(value);
  if (schema.format === "uuid") return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
  if (schema.format === "email") return /^[\w.+-]+@[\w-]+(\.[\w-]+)+$/.test(value);
  if (schema.format === "uri" || schema.format === "url") return /^[\x21-\x7e]+$/.test(value) && URL.canParse(value);
  const isKnown = typeof schema.format === "string" && Object.hasOwn(TEXTS, schema.format);
  return !isKnown;
}

function fitsNumber(schema: Node, value: number): boolean {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (value < numberOr(minimum, -Infinity) || value > numberOr(maximum, Infinity)) return false;
  if (exclusiveMinimum === true ? value === minimum : value <= numberOr(exclusiveMinimum, -Infinity)) return false;
  if (exclusiveMaximum === true ? value === maximum : value >= numberOr(exclusiveMaximum, Infinity)) return false;
  return typeof multipleOf !== "number" || Number.isInteger(value / multipleOf);
}

function fitsList(document: Node, schema: Node, value: unknown[], side: Side, budget: { left: number }): boolean {
  if (value.length < numberOr(schema.minItems, 0) || value.length > numberOr(schema.maxItems, Infinity)) return false;
  return value.every((item) => fits(document, schema.items, item, side, budget));
}

function fitsObject(document: Node, schema: Node, value: Node, side: Side, budget: { left: number }): boolean {
  const properties = isNode(schema.properties) ? schema.properties : {};
  const hidden = side === "request" ? "readOnly" : "writeOnly";
  const isNeeded = (name: string) => schemaOf(document, properties[name])[hidden] !== true;
  if (textsIn(schema.required).some((name) => isNeeded(name) && !Object.hasOwn(value, name))) return false;
  return Object.entries(value).every(([name, item]) => {
    if (Object.hasOwn(properties, name)) return isNeeded(name) && fits(document, properties[name], item, side, budget);
    return schema.additionalProperties !== false && fits(document, schema.additionalProperties, item, side, budget);
  });
}
