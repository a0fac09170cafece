/** Draws values of a schema with fast-check. Whoever sends one checks first that it is as wanted: see `requests.ts`. */
import fc from "fast-check";
import type { Side } from "@/core/contract/changes";
import { type Contract, isSchemaNode, type Schema, type SchemaNode } from "@/core/contract/contract";
import { flattened, listOf, membersOf, requiredOf, typesOf } from "@/core/contract/flatten";
import { numberCorners, numbers } from "./numbers";
import { textCorners, texts } from "./texts";

/** Schemas that contain themselves end at this depth with what they need at least. */
const DEEP = 4;
const DEEPEST = 10;
/** A schema of thousands of parts would take longer to prepare than to send. */
const MOST_PARTS = 3_000;
const MOST_ITEMS = 100;
const TYPICAL_ITEMS = 3;

export interface Drawing {
  contract: Contract;
  side: Side;
  /** For a path or a header, where only some characters can be sent. */
  isPlain: boolean;
  parts: { made: number };
}

export function drawingOf(contract: Contract, isPlain = false, side: Side = "request"): Drawing {
  return { contract, side, isPlain, parts: { made: 0 } };
}

/** Returns what draws values of the schema. */
export function values(drawing: Drawing, schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  drawing.parts.made += 1;
  const { node } = flattened(drawing.contract, schema);
  const listed = listedValues(node);
  if (listed) return fc.constantFrom(...listed);
  const choices = choicesOf(node);
  if (choices.length > 0 && depth < DEEPEST)
    return fc.oneof(...choices.map((choice) => values(drawing, choice, depth + 1)));
  const types = kindsOf(node).map((type) => ofType(drawing, node, type, depth));
  return fc.oneof(...(types as [fc.Arbitrary<unknown>, ...fc.Arbitrary<unknown>[]]));
}

/** Returns the values that a schema lists; null when it lists none. */
export function listedValues(node: SchemaNode): [unknown, ...unknown[]] | null {
  if (Object.hasOwn(node, "const")) return [node.const];
  const [first, ...more] = listOf(node.enum);
  return first === undefined ? null : [first, ...more];
}

/** Returns the choices of a schema, each with what holds for all of them. */
export function choicesOf({ anyOf, oneOf, ...rest }: SchemaNode): SchemaNode[] {
  const choices = listOf(anyOf ?? oneOf);
  return choices.map((choice) => ({ ...rest, allOf: [choice] }));
}

/** Returns the types to draw. A schema without a type is of the type that its keywords are for. */
export function kindsOf(node: SchemaNode): string[] {
  const types = typesOf(node);
  if (types.length > 0) return types;
  if (node.properties !== undefined || node.required !== undefined) return ["object"];
  if (node.items !== undefined) return ["array"];
  if (node.minimum !== undefined || node.maximum !== undefined) return ["number"];
  return ["string"];
}

function ofType(drawing: Drawing, node: SchemaNode, type: string, depth: number): fc.Arbitrary<unknown> {
  const { isPlain } = drawing;
  if (type === "null") return fc.constant(null);
  if (type === "boolean") return fc.boolean();
  if (type === "integer" || type === "number") return numbers(node, type === "integer");
  if (type === "array") return lists(drawing, node, depth);
  return type === "object" ? records(drawing, node, {}, depth) : texts(node, isPlain);
}

export interface Counts {
  least: number;
  most: number;
}

export function countsOf({ minItems, maxItems }: SchemaNode): Counts {
  const least = typeof minItems === "number" ? minItems : 0;
  return { least, most: typeof maxItems === "number" ? maxItems : Number.POSITIVE_INFINITY };
}

function lists(drawing: Drawing, node: SchemaNode, depth: number): fc.Arbitrary<unknown[]> {
  const { least, most } = countsOf(node);
  const isDeep = isTooDeep(drawing, depth);
  if (isDeep && least === 0) return fc.constant([]);
  if (depth > DEEPEST) return fc.constant([]);
  return listOfItems(node, itemValues(drawing, node, depth), {
    least,
    most: isDeep ? least : Math.min(most, least + TYPICAL_ITEMS),
  });
}

export function itemValues(drawing: Drawing, { items }: SchemaNode, depth: number): fc.Arbitrary<unknown> {
  return isSchemaNode(items) ? values(drawing, items, depth + 1) : fc.constantFrom<unknown>("a", 1, true);
}

/** Draws lists of this length, at most as long as one request may reasonably be. */
export function listOfItems(
  { uniqueItems }: SchemaNode,
  item: fc.Arbitrary<unknown>,
  { least, most }: Counts,
): fc.Arbitrary<unknown[]> {
  const minLength = Math.min(least, MOST_ITEMS);
  const lengths = { minLength, maxLength: Math.max(minLength, Math.min(most, MOST_ITEMS)) };
  return uniqueItems === true
    ? fc.uniqueArray(item, { ...lengths, selector: (value) => JSON.stringify(value) })
    : fc.array(item, lengths);
}

function isTooDeep({ parts }: Drawing, depth: number): boolean {
  return depth >= DEEP || parts.made > MOST_PARTS;
}

export interface Exceptions {
  /** These members have other values, and are always there. */
  members?: Record<string, fc.Arbitrary<unknown>>;
  /** This member is never there. */
  without?: string;
}

/** Draws objects. Fields that are only read are left out of requests, and those that are only written of answers. */
export function records(
  drawing: Drawing,
  node: SchemaNode,
  { members = {}, without }: Exceptions,
  depth: number,
): fc.Arbitrary<unknown> {
  if (depth > DEEPEST) return fc.constant({});
  const properties = sentMembers(drawing, node);
  const required = requiredOf(node).filter((name) => name !== without && !isLeftOut(properties, node, name));
  const isDeep = isTooDeep(drawing, depth);
  const drawn = new Map<string, fc.Arbitrary<unknown>>();
  for (const [name, schema] of Object.entries(properties)) {
    if (name === without || (isDeep && !required.includes(name))) continue;
    drawn.set(name, values(drawing, schema, depth + 1));
  }
  for (const name of required) if (!drawn.has(name)) drawn.set(name, additional(drawing, node, depth));
  for (const [name, arbitrary] of Object.entries(members)) drawn.set(name, arbitrary);
  const requiredKeys = [...new Set([...required, ...Object.keys(members)])];
  return fc.record(Object.fromEntries(drawn), { requiredKeys, noNullPrototype: true });
}

function additional(drawing: Drawing, { additionalProperties }: SchemaNode, depth: number): fc.Arbitrary<unknown> {
  return isSchemaNode(additionalProperties) ? values(drawing, additionalProperties, depth + 1) : fc.constant("a");
}

/** Returns the fields that a request may have, or an answer. */
export function sentMembers({ contract, side }: Drawing, node: SchemaNode): Record<string, Schema> {
  const members = Object.entries(membersOf(node, "properties"));
  return Object.fromEntries(
    members.filter(([, schema]) => {
      const flat = flattened(contract, schema);
      return !flat.isNever && flat.node[side === "request" ? "readOnly" : "writeOnly"] !== true;
    }),
  );
}

function isLeftOut(sent: Record<string, Schema>, node: SchemaNode, name: string): boolean {
  return !Object.hasOwn(sent, name) && Object.hasOwn(membersOf(node, "properties"), name);
}

/** A schema has a handful of corners, and one that nests many of them the first ones of each. */
const MOST_VARIANTS = 60;

/** Returns what draws values at each limit of a schema: one limit at a time, everything else as usual. */
export function variants(drawing: Drawing, schema: Schema, depth = 0): fc.Arbitrary<unknown>[] {
  const { node } = flattened(drawing.contract, schema);
  const listed = listedValues(node);
  if (listed) return listed.slice(0, MOST_VARIANTS).map((value) => fc.constant(value));
  if (depth > DEEP) return [];
  const choices = choicesOf(node);
  const found =
    choices.length > 0
      ? choices.flatMap((choice) => [values(drawing, choice, depth + 1), ...variants(drawing, choice, depth + 1)])
      : kindsOf(node).flatMap((type) => variantsOfType(drawing, node, type, depth));
  return found.slice(0, MOST_VARIANTS);
}

function variantsOfType(drawing: Drawing, node: SchemaNode, type: string, depth: number): fc.Arbitrary<unknown>[] {
  const constants = (all: readonly unknown[]) => all.map((value) => fc.constant(value));
  if (type === "null") return constants([null]);
  if (type === "boolean") return constants([false, true]);
  if (type === "integer" || type === "number") return constants(numberCorners(node, type === "integer"));
  if (type === "array") return listVariants(drawing, node, depth);
  if (type === "object") return recordVariants(drawing, node, depth);
  return constants(textCorners(node, drawing.isPlain));
}

function listVariants(drawing: Drawing, node: SchemaNode, depth: number): fc.Arbitrary<unknown>[] {
  const { least, most } = countsOf(node);
  const item = itemValues(drawing, node, depth);
  const ofLength = (count: number) => listOfItems(node, item, { least: count, most: count });
  const lengths = [least, ...(most <= MOST_ITEMS ? [most] : [])].map(ofLength);
  const schema = isSchemaNode(node.items) ? node.items : true;
  const one = { least: Math.max(1, least), most: Math.max(1, least) };
  const inItems = most === 0 ? [] : variants(drawing, schema, depth + 1).map((inner) => listOfItems(node, inner, one));
  return [...lengths, ...inItems];
}

function recordVariants(drawing: Drawing, node: SchemaNode, depth: number): fc.Arbitrary<unknown>[] {
  const members = Object.entries(sentMembers(drawing, node));
  const required = requiredOf(node);
  const bare = members.filter(([name]) => !required.includes(name)).map(([name]) => name);
  const whole = Object.fromEntries(members.map(([name, schema]) => [name, values(drawing, schema, depth + 1)]));
  return [
    ...(bare.length > 0 ? [records(drawing, { ...node, properties: withoutAll(node, bare) }, {}, depth)] : []),
    records(drawing, node, { members: whole }, depth),
    ...members.flatMap(([name, schema]) =>
      variants(drawing, schema, depth + 1).map((inner) =>
        records(drawing, node, { members: { [name]: inner } }, depth),
      ),
    ),
  ];
}

function withoutAll(node: SchemaNode, names: readonly string[]): SchemaNode {
  const kept = Object.entries(membersOf(node, "properties")).filter(([name]) => !names.includes(name));
  return Object.fromEntries(kept);
}
