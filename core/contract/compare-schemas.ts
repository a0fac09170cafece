/** Compares two schemas of one place in requests or answers. */
import { breaksSchema, type ContractChange, type SchemaChange, type Side } from "./changes";
import { type Contract, isSchemaNode, pointerStep, referenceOf, type SchemaNode } from "./contract";
import { canonical, flattened, isSame, listOf, membersOf, requiredOf, typesOf } from "./flatten";
import { limitChanges } from "./limits";
import { schemaChangeText } from "./schema-words";

/** Two documents with hundreds of operations need some hundred thousand. */
const MOST_COMPARISONS = 2_000_000;
const MOST_DEPTH = 60;

export class ContractTooLargeError extends Error {
  override name = "ContractTooLargeError";
  constructor() {
    super("The two documents are too large to compare: compare parts of them.");
  }
}

export interface Comparing {
  before: Contract;
  after: Contract;
  comparisons: { done: number };
  /** What pairs of definitions differ in by themselves, so that each is compared once and not for each operation. */
  pairs: Map<string, ComparedPair>;
  add(change: ContractChange): void;
  /** Set while a pair of definitions is compared: gets the pairs that it refers to. */
  onPair?(pair: Pair): void;
}

interface ComparedPair {
  changes: ContractChange[];
  next: Pair[];
}

export interface Place {
  side: Side;
  operation: string;
  /** A name of a definition, or what the place is in its operation, for example `the body`. */
  owner: string;
  /** What follows the owner, for example `.reasons[]`. */
  path: string;
  pointerBefore: string;
  pointerAfter: string;
  depth: number;
  isParameter: boolean;
}

interface Pair {
  before: unknown;
  after: unknown;
}

/** Compares the schemas of one place. `seen`: pairs of definitions that this operation and side has compared. */
export function compareSchemas(comparing: Comparing, pair: Pair, place: Place, seen: Set<string>): void {
  comparing.comparisons.done += 1;
  if (comparing.comparisons.done > MOST_COMPARISONS) throw new ContractTooLargeError();
  if (place.depth > MOST_DEPTH) return;
  const [before, after] = [viewOf(comparing.before, pair.before), viewOf(comparing.after, pair.after)];
  const here = named(comparing, place, before.name, after.name);
  if (before.name === null || after.name === null) {
    compareViews(comparing, before, after, here, seen);
    return;
  }
  if (comparing.onPair) {
    comparing.onPair(pair);
    return;
  }
  const key = JSON.stringify([
    place.side,
    place.isParameter,
    before.name,
    before.isNullable,
    after.name,
    after.isNullable,
  ]);
  if (seen.has(key)) return;
  seen.add(key);
  const compared = comparing.pairs.get(key) ?? comparePair(comparing, before, after, here);
  comparing.pairs.set(key, compared);
  for (const change of compared.changes) comparing.add({ ...change, operations: [place.operation] });
  for (const next of compared.next) compareSchemas(comparing, next, { ...here, depth: place.depth + 1 }, seen);
}

/** Compares two definitions up to the definitions that they refer to. */
function comparePair(comparing: Comparing, before: View, after: View, place: Place): ComparedPair {
  const compared: ComparedPair = { changes: [], next: [] };
  const alone: Comparing = {
    ...comparing,
    add: (change) => void compared.changes.push(change),
    onPair: (pair) => void compared.next.push(pair),
  };
  compareViews(alone, before, after, { ...place, depth: 0 }, new Set());
  return compared;
}

function compareViews(comparing: Comparing, before: View, after: View, here: Place, seen: Set<string>): void {
  const add = (change: SchemaChange, detail = "", at: Partial<Place> = {}) =>
    report(comparing, { ...here, ...at }, change, detail);
  if (before.isNullable !== after.isNullable) add(after.isNullable ? "became-nullable" : "became-not-nullable");
  if (!compareTypes(before.node, after.node, add)) return;
  compareValues(before.node, after.node, add);
  for (const { isTighter, detail } of limitChanges(before.node, after.node))
    add(isTighter ? "limit-tightened" : "limit-loosened", detail);
  comparePatterns(before.node, after.node, add);
  compareDefaults(before.node, after.node, here, add);
  compareProperties(comparing, before.node, after.node, here, seen);
  compareItems(comparing, before.node, after.node, here, seen);
  for (const keyword of ["oneOf", "anyOf"])
    compareChoices(comparing, { keyword, before: before.node, after: after.node }, here, seen);
  compareOthers(before.node, after.node, add);
}

type Add = (change: SchemaChange, detail?: string, at?: Partial<Place>) => void;

interface View {
  node: SchemaNode;
  name: string | null;
  isNullable: boolean;
}

/** Returns a schema without its null: `anyOf` with null is how documents without a type say that null is valid. */
function viewOf(contract: Contract, schema: unknown): View {
  const { node, isNever } = flattened(contract, schema);
  const name = nameOf(schema);
  if (isNever) return { node: { enum: [] }, name, isNullable: false };
  for (const keyword of ["anyOf", "oneOf"]) {
    const choices = listOf(node[keyword]);
    const others = choices.filter((choice) => !isNull(choice));
    if (others.length === choices.length || node.type !== undefined) continue;
    const { [keyword]: _, ...rest } = node;
    const [only, ...more] = others;
    if (more.length > 0) return { node: { ...rest, [keyword]: others }, name, isNullable: true };
    const inner = viewOf(contract, { ...rest, allOf: [only] });
    return { ...inner, name: name ?? (isBare(rest) ? nameOf(only) : null), isNullable: true };
  }
  const types = typesOf(node);
  const isNullable = types.includes("null") || (types.length === 0 && listOf(node.enum).includes(null));
  return { node, name, isNullable };
}

/** These say nothing about which values are valid. */
const ANNOTATIONS: ReadonlySet<string> = new Set(["$ref", "title", "description", "examples", "deprecated"]);

function isBare(node: SchemaNode): boolean {
  return Object.keys(node).every((keyword) => ANNOTATIONS.has(keyword));
}

/** Returns the name of the definition that a schema is; null when it adds rules of its own to it. */
function nameOf(schema: unknown): string | null {
  return isSchemaNode(schema) && isBare(schema) ? referenceOf(schema) : null;
}

function isNull(schema: unknown): boolean {
  return isSchemaNode(schema) && schema.type === "null";
}

/** A definition has its own name in sentences, and its own place, so that operations share its findings. */
function named(comparing: Comparing, place: Place, before: string | null, after: string | null): Place {
  if (after === null) return place;
  const { pointer } = comparing.after.definitions[after] ?? { pointer: place.pointerAfter };
  const old = before === null ? undefined : comparing.before.definitions[before]?.pointer;
  return { ...place, owner: after, path: "", pointerAfter: pointer, pointerBefore: old ?? place.pointerBefore };
}

const OF_REMOVED: ReadonlySet<SchemaChange> = new Set(["property-removed", "enum-value-removed", "choice-removed"]);

function report(comparing: Comparing, place: Place, change: SchemaChange, detail: string): void {
  const { side, operation } = place;
  comparing.add({
    code: `${side}-${change}`,
    breaking: breaksSchema(side, change) || (change === "default-changed" && place.isParameter),
    operations: [operation],
    pointer: OF_REMOVED.has(change) ? place.pointerBefore : place.pointerAfter,
    text: schemaChangeText(side, change, `${place.owner}${place.path}`, detail),
  });
}

/** Returns whether the rest can be compared: both have a type in common. */
function compareTypes(before: SchemaNode, after: SchemaNode, add: Add): boolean {
  const [old, now] = [before, after].map((node) => typesOf(node).filter((type) => type !== "null")) as [
    string[],
    string[],
  ];
  const covers = (all: string[], one: string) =>
    all.length === 0 || all.includes(one) || (one === "integer" && all.includes("number"));
  const isWithin = (some: string[], all: string[]) =>
    some.length === 0 ? all.length === 0 : some.every((type) => covers(all, type));
  const [isNarrower, isWider] = [isWithin(now, old), isWithin(old, now)];
  const detail = `${old.join(" or ") || "any"} → ${now.join(" or ") || "any"}`;
  if (isNarrower && isWider) {
    compareFormats(before, after, add);
    return true;
  }
  add(isNarrower ? "type-narrowed" : isWider ? "type-widened" : "type-changed", detail);
  return isNarrower || isWider;
}

/** Each format of the second kind holds all values of the first. */
const WIDER_FORMATS: Record<string, string> = { int32: "int64", float: "double" };

function compareFormats({ format: old }: SchemaNode, { format: now }: SchemaNode, add: Add): void {
  if (old === now) return;
  const detail = `${String(old ?? "none")} → ${String(now ?? "none")}`;
  if (old === undefined || WIDER_FORMATS[String(now)] === old) add("type-narrowed", `format ${detail}`);
  else if (now === undefined || WIDER_FORMATS[String(old)] === now) add("type-widened", `format ${detail}`);
  else add("format-changed", detail);
}

function compareValues(before: SchemaNode, after: SchemaNode, add: Add): void {
  const [old, now] = [valuesOf(before), valuesOf(after)];
  if (old === null && now !== null) add("became-enum", shown(now));
  if (old !== null && now === null) add("enum-dropped");
  if (old === null || now === null) return;
  const removed = old.filter((value) => !now.some((other) => isSame(value, other)));
  const added = now.filter((value) => !old.some((other) => isSame(value, other)));
  if (removed.length > 0) add("enum-value-removed", shown(removed));
  if (added.length > 0) add("enum-value-added", shown(added));
}

/** Returns the only values of a schema; null when it does not list them. Null as a value is compared elsewhere. */
function valuesOf(node: SchemaNode): unknown[] | null {
  if (Object.hasOwn(node, "const")) return [node.const];
  return Array.isArray(node.enum) ? node.enum.filter((value) => value !== null) : null;
}

const MOST_SHOWN = 10;

function shown(values: readonly unknown[]): string {
  const texts = values.slice(0, MOST_SHOWN).map((value) => JSON.stringify(value)?.slice(0, 100) ?? "");
  const more = values.length - MOST_SHOWN;
  return `${texts.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function comparePatterns({ pattern: old }: SchemaNode, { pattern: now }: SchemaNode, add: Add): void {
  if (old === now) return;
  const detail = `${String(old ?? "none")} → ${String(now ?? "none")}`;
  add(old === undefined ? "pattern-added" : now === undefined ? "pattern-removed" : "pattern-changed", detail);
}

function compareDefaults(before: SchemaNode, after: SchemaNode, { side }: Place, add: Add): void {
  if (side === "response" || isSame(before.default, after.default)) return;
  const text = (value: unknown) => (value === undefined ? "none" : shown([value]));
  add("default-changed", `${text(before.default)} → ${text(after.default)}`);
}

function compareProperties(
  comparing: Comparing,
  before: SchemaNode,
  after: SchemaNode,
  place: Place,
  seen: Set<string>,
): void {
  const [old, now] = [membersOf(before, "properties"), membersOf(after, "properties")];
  const [needed, needs] = [new Set(requiredOf(before)), new Set(requiredOf(after))];
  for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const had = Object.hasOwn(old, name) && isIn(comparing.before, old[name], place.side);
    const has = Object.hasOwn(now, name) && isIn(comparing.after, now[name], place.side);
    const step = `/properties${pointerStep(name)}`;
    const at: Place = {
      ...place,
      path: `${place.path}.${name}`,
      pointerBefore: place.pointerBefore + step,
      pointerAfter: place.pointerAfter + step,
      depth: place.depth + 1,
    };
    if (!had && !has) continue;
    if (!had) {
      const isNeeded = needs.has(name);
      if (isNeeded && place.side === "request") report(comparing, at, "required-property-added", "");
      else report(comparing, at, "property-added", isNeeded ? "required" : "optional");
    } else if (!has) report(comparing, at, "property-removed", "");
    else {
      if (needed.has(name) !== needs.has(name))
        report(comparing, at, needs.has(name) ? "property-became-required" : "property-became-optional", "");
      compareSchemas(comparing, { before: old[name], after: now[name] }, at, seen);
    }
  }
  compareAdditional(comparing, before, after, place, seen);
}

/** A field that is only read is no part of requests, and one that is only written no part of answers. */
function isIn(contract: Contract, schema: unknown, side: Side): boolean {
  const { node } = flattened(contract, schema);
  return side === "request" ? node.readOnly !== true : node.writeOnly !== true;
}

function compareAdditional(
  comparing: Comparing,
  { additionalProperties: old = true }: SchemaNode,
  { additionalProperties: now = true }: SchemaNode,
  place: Place,
  seen: Set<string>,
): void {
  if (old !== false && now === false) report(comparing, place, "additional-properties-closed", "");
  else if (old === false && now !== false) report(comparing, place, "additional-properties-opened", "");
  else if (isSchemaNode(old) || isSchemaNode(now))
    compareSchemas(comparing, { before: old, after: now }, below(place, "/additionalProperties", ".*"), seen);
}

function compareItems(
  comparing: Comparing,
  { items: old = true }: SchemaNode,
  { items: now = true }: SchemaNode,
  place: Place,
  seen: Set<string>,
): void {
  if (isSchemaNode(old) || isSchemaNode(now))
    compareSchemas(comparing, { before: old, after: now }, below(place, "/items", "[]"), seen);
}

function below(place: Place, step: string, path: string): Place {
  return {
    ...place,
    path: place.path + path,
    pointerBefore: place.pointerBefore + step,
    pointerAfter: place.pointerAfter + step,
    depth: place.depth + 1,
  };
}

interface Choices {
  keyword: string;
  before: SchemaNode;
  after: SchemaNode;
}

/** Choices belong together by name, then by being the same, then by their order. */
function compareChoices(comparing: Comparing, choices: Choices, place: Place, seen: Set<string>): void {
  const { keyword } = choices;
  const old = [...listOf(choices.before[keyword]).entries()];
  const now = [...listOf(choices.after[keyword]).entries()];
  const pairs: { before: [number, unknown]; after: [number, unknown] }[] = [];
  for (const keyOf of [choiceName, canonical]) {
    for (const before of [...old]) {
      const key = keyOf(before[1]);
      const after = key === null ? undefined : now.find(([, choice]) => keyOf(choice) === key);
      if (!after) continue;
      pairs.push({ before, after });
      old.splice(old.indexOf(before), 1);
      now.splice(now.indexOf(after), 1);
    }
  }
  while (old.length > 0 && now.length > 0 && old.length === now.length)
    pairs.push({ before: old.shift() as [number, unknown], after: now.shift() as [number, unknown] });
  for (const { before, after } of pairs) {
    const at = {
      ...below(place, "", ""),
      pointerBefore: `${place.pointerBefore}/${keyword}/${before[0]}`,
      pointerAfter: `${place.pointerAfter}/${keyword}/${after[0]}`,
    };
    compareSchemas(comparing, { before: before[1], after: after[1] }, at, seen);
  }
  for (const [index, choice] of old)
    report(
      comparing,
      { ...place, pointerBefore: `${place.pointerBefore}/${keyword}/${index}` },
      "choice-removed",
      labelOf(choice),
    );
  for (const [index, choice] of now)
    report(
      comparing,
      { ...place, pointerAfter: `${place.pointerAfter}/${keyword}/${index}` },
      "choice-added",
      labelOf(choice),
    );
}

function choiceName(choice: unknown): string | null {
  if (!isSchemaNode(choice)) return null;
  return referenceOf(choice) ?? (typeof choice.title === "string" ? choice.title : null);
}

function labelOf(choice: unknown): string {
  return choiceName(choice) ?? shown([choice]);
}

const OTHER_RULES = [
  "not",
  "if",
  "then",
  "else",
  "patternProperties",
  "propertyNames",
  "dependentRequired",
  "dependentSchemas",
  "contains",
  "minContains",
  "maxContains",
  "prefixItems",
  "unevaluatedProperties",
  "unevaluatedItems",
];

function compareOthers(before: SchemaNode, after: SchemaNode, add: Add): void {
  const changed = OTHER_RULES.filter((keyword) => !isSame(before[keyword], after[keyword]));
  if (changed.length > 0) add("other-rules-changed", changed.join(", "));
}
