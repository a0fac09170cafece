/**
 * Makes a call's arguments fit the schema of its tool where they have exactly one reading: text for a number, a boolean or
 * JSON, null for what is absent, one value for a list of one. What already fits stays as it is, and what has two readings or
 * none stays too: the check of the call names its place.
 */
import { isJson, type Json, jsonOf, listOf } from "../wire/reader";
import { readArguments } from "./json-text";

interface Place {
  root: Json;
  depth: number;
}

const MOST_DEPTH = 40;

/** Returns the arguments of a call as its schema wants them. */
export function fitted(input: unknown, schema: Json): unknown {
  const place = { root: schema, depth: 0 };
  return fitAt(input, resolved(schema, place), place);
}

/** Keys under which models put the arguments once more, and under which a host shows arguments that it could not read. */
const WRAPPERS = ["arguments", "args", "input", "parameters", "params", "kwargs", "malformed_arguments"];

/** Returns what an object holds that has nothing but the arguments under a key which the tool does not have. */
export function unwrapped(input: unknown, schema: Json): unknown {
  if (!isJson(input)) return input;
  const [key, ...others] = Object.keys(input);
  const isOwn = key !== undefined && Object.hasOwn(jsonOf(schema.properties), key);
  if (key === undefined || others.length > 0 || isOwn || !WRAPPERS.includes(key)) return input;
  const inner = input[key];
  const value = typeof inner === "string" ? objectIn(inner) : inner;
  return isJson(value) ? value : input;
}

function objectIn(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined;
  const read = readArguments(text);
  return "fault" in read ? undefined : read.value;
}

/** Returns the schema that a reference within the same document names. */
function resolved(schema: unknown, { root }: Place): Json {
  let found = jsonOf(schema);
  for (let hops = 0; hops < MOST_DEPTH && typeof found.$ref === "string"; hops += 1) {
    const keys = found.$ref.replace(/^#\/?/, "").split("/").filter(Boolean);
    const target = keys.reduce<unknown>((at, key) => jsonOf(at)[key.replace(/~1/g, "/").replace(/~0/g, "~")], root);
    if (!isJson(target)) return {};
    found = target;
  }
  return found;
}

function fitAt(value: unknown, given: unknown, at: Place): unknown {
  if (at.depth > MOST_DEPTH) return value;
  const place = { ...at, depth: at.depth + 1 };
  const schema = resolved(given, place);
  const ways = [...listOf(schema.anyOf), ...listOf(schema.oneOf)];
  if (ways.length > 0) return fitOne(value, ways, place);
  if (isOfKind(value, schema)) return within(value, schema, place);
  const readings = readingsOf(value, schema, place).map((reading) => within(reading, schema, place));
  const [only, ...others] = readings.filter((reading) => isOfKind(reading, schema));
  return only !== undefined && others.every((other) => JSON.stringify(other) === JSON.stringify(only)) ? only : value;
}

/** Of several ways, one must take the value as it is, or exactly one with a reading of it. */
function fitOne(value: unknown, ways: readonly unknown[], place: Place): unknown {
  const schemas = ways.map((way) => resolved(way, place));
  if (schemas.some((schema) => accepts(value, schema, place))) return value;
  const readings = schemas.flatMap((schema) => {
    const reading = fitAt(value, schema, place);
    return accepts(reading, schema, place) ? [reading] : [];
  });
  const [only, ...others] = readings;
  return only !== undefined && others.every((other) => JSON.stringify(other) === JSON.stringify(only)) ? only : value;
}

/** Whether a schema takes a value, as far as kinds, required keys and the places within tell. */
function accepts(value: unknown, given: unknown, at: Place): boolean {
  if (at.depth > MOST_DEPTH) return true;
  const place = { ...at, depth: at.depth + 1 };
  const schema = resolved(given, place);
  const ways = [...listOf(schema.anyOf), ...listOf(schema.oneOf)];
  if (ways.length > 0) return ways.some((way) => accepts(value, way, place));
  if (!isOfKind(value, schema)) return false;
  if (Array.isArray(value))
    return schema.items === undefined || value.every((item) => accepts(item, schema.items, place));
  if (!isJson(value)) return true;
  const properties = jsonOf(schema.properties);
  if (listOf(schema.required).some((key) => typeof key === "string" && value[key] === undefined)) return false;
  return Object.entries(value).every(([key, inner]) =>
    Object.hasOwn(properties, key) ? accepts(inner, properties[key], place) : schema.additionalProperties !== false,
  );
}

function kindsOf(schema: Json): string[] {
  const named = listOf(schema.type).filter((kind) => typeof kind === "string");
  if (named.length > 0) return named;
  const values = [...listOf(schema.enum), ...("const" in schema ? [schema.const] : [])];
  if (values.length > 0) return [...new Set(values.map(kindOf))];
  return isJson(schema.properties) ? ["object"] : [];
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}

function isOfKind(value: unknown, schema: Json): boolean {
  const kinds = kindsOf(schema);
  if (kinds.length > 0 && !kinds.some((kind) => isKind(value, kind))) return false;
  const values = [...listOf(schema.enum), ...("const" in schema ? [schema.const] : [])];
  return values.length === 0 || values.some((known) => JSON.stringify(known) === JSON.stringify(value));
}

function isKind(value: unknown, kind: string): boolean {
  if (kind === "integer") return Number.isInteger(value);
  return kindOf(value) === kind;
}

/** Returns the value with everything within it made to fit. */
function within(value: unknown, schema: Json, place: Place): unknown {
  if (Array.isArray(value))
    return schema.items === undefined || Array.isArray(schema.items)
      ? value
      : value.map((item) => fitAt(item, schema.items, place));
  if (!isJson(value)) return value;
  const properties = jsonOf(schema.properties);
  const required = new Set(listOf(schema.required));
  const entries = Object.entries(renamedKeys(value, properties, required)).flatMap(([key, inner]) => {
    if (!Object.hasOwn(properties, key)) {
      const { additionalProperties: others } = schema;
      return [[key, isJson(others) ? fitAt(inner, others, place) : inner] as const];
    }
    const isOptional = !required.has(key);
    const own = resolved(properties[key], place);
    if (isOptional && isAbsent(inner, own, place)) return [];
    return [[key, fitAt(inner, own, place)] as const];
  });
  return Object.fromEntries(entries);
}

/** Null, or an empty text where no text can stand, is how some models leave an argument out. */
function isAbsent(value: unknown, schema: Json, place: Place): boolean {
  if (value === null) return !accepts(null, schema, place);
  if (typeof value !== "string" || !/^\s*(?:null|None|undefined)?\s*$/.test(value)) return false;
  return !accepts(value, schema, place) && kindsOf(schema).every((kind) => kind !== "string");
}

/** A required key that is missing, under a spelling that differs in case, underscores or spaces only. */
function renamedKeys(value: Json, properties: Json, required: ReadonlySet<unknown>): Json {
  const missing = [...required].filter((key): key is string => typeof key === "string" && value[key] === undefined);
  const strange = Object.keys(value).filter((key) => !Object.hasOwn(properties, key));
  if (missing.length === 0 || strange.length === 0) return value;
  const names = new Map<string, string>();
  for (const key of missing) {
    const alike = strange.filter((other) => plain(other) === plain(key));
    const rivals = missing.filter((other) => plain(other) === plain(key));
    if (alike.length === 1 && rivals.length === 1) names.set(alike[0] ?? "", key);
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [names.get(key) ?? key, inner]));
}

/** Returns a name without case, underscores, hyphens and spaces. */
export function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, "");
}

/** Returns what a value of the wrong kind may mean. */
function readingsOf(value: unknown, schema: Json, place: Place): unknown[] {
  const kinds = kindsOf(schema);
  const wants = (...asked: string[]) => asked.some((kind) => kinds.includes(kind));
  if (typeof value === "string") return readingsOfText(value, schema, wants, place);
  if (Array.isArray(value)) {
    const [only] = value;
    return value.length === 1 && !wants("array") ? [only, ...readingsOfItem(only, schema, place)] : [];
  }
  if (wants("array")) return value === null ? [] : inList(value, schema, place);
  if (typeof value === "number" && wants("string") && Number.isSafeInteger(value)) return [String(value)];
  return [];
}

function readingsOfItem(item: unknown, schema: Json, place: Place): unknown[] {
  return Array.isArray(item) || isOfKind(item, schema) ? [] : readingsOf(item, schema, place);
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function readingsOfText(text: string, schema: Json, wants: (...kinds: string[]) => boolean, place: Place): unknown[] {
  const word = text.trim();
  const known = listOf(schema.enum).filter((value) => typeof value === "string" && plain(value) === plain(word));
  const readings: unknown[] = known.length === 1 ? [...known] : [];
  if (wants("number", "integer") && NUMBER.test(word) && isExact(word)) readings.push(Number(word));
  if (wants("boolean") && /^(?:true|false)$/i.test(word)) readings.push(/^true$/i.test(word));
  if (wants("null") && /^(?:null|None)$/.test(word)) readings.push(null);
  if (wants("object", "array")) {
    const read = objectIn(text);
    const isWanted = (Array.isArray(read) && wants("array")) || (isJson(read) && wants("object"));
    if (isWanted) return [...readings, read];
    if (isJson(read) && wants("array")) return [...readings, ...inList(read, schema, place)];
    // A text that could be a list in some notation has several readings.
    if (wants("array") && !wants("string") && !/[\s,;|[\]{}"']/.test(text) && text !== "")
      readings.push(...inList(text, schema, place));
  }
  return readings;
}

function isExact(word: string): boolean {
  const number = Number(word);
  return Number.isFinite(number) && (!/^-?\d+$/.test(word) || Number.isSafeInteger(number));
}

/** A list of one, for a value that is an item. */
function inList(value: unknown, schema: Json, place: Place): unknown[] {
  if (schema.items === undefined) return [];
  const item = fitAt(value, schema.items, place);
  return accepts(item, schema.items, place) ? [[item]] : [];
}
