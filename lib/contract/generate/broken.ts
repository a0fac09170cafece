/** Draws values that break a schema in one place, and are valid everywhere else. */
import fc from "fast-check";
import { isSchemaNode, pointerStep, type Schema, type SchemaNode } from "@/core/contract/contract";
import { flattened, requiredOf } from "@/core/contract/flatten";
import { beyondLimits } from "./numbers";
import { beyondLengths } from "./texts";
import {
  choicesOf,
  countsOf,
  type Drawing,
  itemValues,
  kindsOf,
  listedValues,
  listOfItems,
  records,
  sentMembers,
} from "./values";

export type BrokenRule =
  | "type"
  | "null"
  | "enum"
  | "format"
  | "too-long"
  | "too-short"
  | "too-low"
  | "too-high"
  | "too-many"
  | "too-few"
  | "missing"
  | "unknown-field";

export interface Broken {
  rule: BrokenRule;
  /** A JSON pointer into the value; empty: the value itself. */
  place: string;
  value: fc.Arbitrary<unknown>;
}

const DEEPEST = 3;
const MOST = 80;
const LONGEST_LIST = 1_000;
const FORMATS = new Set(["date-time", "date", "time", "email", "uuid", "uri", "ipv4", "ipv6"]);

/** Returns the ways to break a schema. Some may be valid after all, for example by another choice of `anyOf`. */
export function brokenValues(drawing: Drawing, schema: Schema, depth = 0): Broken[] {
  const { node } = flattened(drawing.contract, schema);
  if (depth > DEEPEST) return [];
  const types = kindsOf(node);
  const own = [...wrongType(node, types), ...wrongValue(node)];
  if (listedValues(node)) return own;
  const inner = choicesOf(node).flatMap((choice) => brokenValues(drawing, choice, depth + 1));
  return [...own, ...inner, ...types.flatMap((type) => wrongOfType(drawing, node, type, depth))].slice(0, MOST);
}

function broken(rule: BrokenRule, value: unknown, place = ""): Broken {
  return { rule, place, value: fc.constant(value) };
}

/** The first value of JSON with another type. An object is never the same as text, also in a query. */
function wrongType(node: SchemaNode, types: string[]): Broken[] {
  if (node.type === undefined) return [];
  const isText = types.includes("string");
  const candidates: [string, unknown][] = isText
    ? [
        ["object", { a: 1 }],
        ["array", []],
        ["number", 1.5],
      ]
    : [
        ["string", "abc"],
        ["object", { a: 1 }],
        ["array", []],
      ];
  const [wrong] = candidates.filter(([type]) => !types.includes(type));
  const none = types.includes("null") ? [] : [broken("null", null)];
  return [...(wrong ? [broken("type", wrong[1])] : []), ...none];
}

function wrongValue(node: SchemaNode): Broken[] {
  const listed = listedValues(node);
  if (!listed) return [];
  const isNumber = listed.every((value) => typeof value === "number");
  return [broken("enum", isNumber ? Math.max(...listed.map(Number)) + 1 : `not-${String(listed[0]).slice(0, 20)}`)];
}

function wrongOfType(drawing: Drawing, node: SchemaNode, type: string, depth: number): Broken[] {
  if (type === "integer" || type === "number") return wrongNumber(node, type === "integer");
  if (type === "array") return wrongList(drawing, node, depth);
  if (type === "object") return wrongRecord(drawing, node, depth);
  return type === "string" ? wrongText(drawing, node) : [];
}

function wrongNumber(node: SchemaNode, isWhole: boolean): Broken[] {
  const { tooLow, tooHigh } = beyondLimits(node, isWhole);
  return [
    ...(tooLow === null ? [] : [broken("too-low", tooLow)]),
    ...(tooHigh === null ? [] : [broken("too-high", tooHigh)]),
    ...(isWhole ? [broken("type", 1.5)] : []),
  ];
}

function wrongText({ isPlain }: Drawing, node: SchemaNode): Broken[] {
  const { tooLong, tooShort } = beyondLengths(node);
  const hasFormat = FORMATS.has(String(node.format)) || node.pattern !== undefined;
  return [
    ...(tooLong === null ? [] : [broken("too-long", tooLong)]),
    ...(tooShort === null || (isPlain && tooShort === "") ? [] : [broken("too-short", tooShort)]),
    ...(hasFormat ? [broken("format", "~not valid~")] : []),
  ];
}

function wrongList(drawing: Drawing, node: SchemaNode, depth: number): Broken[] {
  const { least, most } = countsOf(node);
  const item = itemValues(drawing, node, depth);
  const ofLength = (count: number) => fc.array(item, { minLength: count, maxLength: count });
  const found: Broken[] = [];
  if (most < LONGEST_LIST) found.push({ rule: "too-many", place: "", value: ofLength(most + 1) });
  if (least > 0 && least < LONGEST_LIST) found.push({ rule: "too-few", place: "", value: ofLength(least - 1) });
  if (!isSchemaNode(node.items) || most === 0) return found;
  const count = Math.max(1, least);
  for (const { rule, place, value } of brokenValues(drawing, node.items, depth + 1)) {
    const others = listOfItems(node, item, { least: count - 1, most: count - 1 });
    const list = fc.tuple(value, others).map(([first, more]) => [first, ...more]);
    found.push({ rule, place: `/0${place}`, value: list });
  }
  return found;
}

function wrongRecord(drawing: Drawing, node: SchemaNode, depth: number): Broken[] {
  const members = sentMembers(drawing, node);
  const found: Broken[] = [];
  for (const name of requiredOf(node).filter((one) => Object.hasOwn(members, one)))
    found.push({ rule: "missing", place: pointerStep(name), value: records(drawing, node, { without: name }, depth) });
  if (node.additionalProperties === false) {
    const unknown = { members: { unknownField: fc.constant("a") } };
    found.push({ rule: "unknown-field", place: "/unknownField", value: records(drawing, node, unknown, depth) });
  }
  const inMembers = Object.entries(members).map(([name, schema]) =>
    brokenValues(drawing, schema, depth + 1).map(({ rule, place, value }): Broken => {
      return {
        rule,
        place: pointerStep(name) + place,
        value: records(drawing, node, { members: { [name]: value } }, depth),
      };
    }),
  );
  return [...found, ...interleaved(inMembers)];
}

/** Takes one of each list in turn, so that a limit on their number leaves out the rarest first. */
export function interleaved<Item>(lists: readonly (readonly Item[])[]): Item[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, index) => lists.flatMap((list) => list.slice(index, index + 1))).flat();
}
