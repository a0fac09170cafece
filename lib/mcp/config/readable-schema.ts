/**
 * Reads input schemas that are not what the protocol asks for, where only one reading exists: older drafts of JSON
 * Schema, fields written as null by languages that write every field, and empty lists by languages that have one empty
 * collection for both. A schema that can be used as it is stays as it is, because the approvals of tools cover its text.
 */

type Node = Record<string, unknown>;

/** Below these keywords, the keys are names and not keywords. */
const MAPS = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);
/** The members of these keywords are values, in which null is one. */
const VALUES = new Set(["const", "default", "example", "examples"]);
/** Lists that a schema may have, and of which an empty one says nothing. */
const LISTS = new Set(["required", "enum", "anyOf", "oneOf", "allOf", "prefixItems", "examples"]);
/** Names that programming languages have for the types of JSON; "any" is no type. */
const TYPES = new Map<string, string | null>([
  ["str", "string"],
  ["text", "string"],
  ["int", "integer"],
  ["long", "integer"],
  ["float", "number"],
  ["double", "number"],
  ["bool", "boolean"],
  ["list", "array"],
  ["dict", "object"],
  ["none", "null"],
  ["any", null],
  ["string", "string"],
  ["integer", "integer"],
  ["number", "number"],
  ["boolean", "boolean"],
  ["array", "array"],
  ["object", "object"],
  ["null", "null"],
]);
const MOST_DEPTH = 64;

/** Whether a schema says by itself that the input is an object, as the protocol asks. */
export function isOfObject(given: unknown): given is Node {
  return isNode(given) && given.type === "object";
}

/**
 * Returns the schema of an object that a tool's input schema stands for: an absent or empty one is that of a tool that
 * takes no arguments, and one without a type describes an object. Null where it describes something else.
 */
export function readableSchema(given: unknown): Node | null {
  if (given === undefined || given === true || isEmpty(given)) return { type: "object" };
  if (!isNode(given)) return null;
  // A dialect that the validator does not know would refuse the whole schema; what differs in it is read below.
  const { $schema: _dialect, type, ...rest } = readNode(given, 0);
  const types = type === undefined ? ["object"] : [type].flat();
  if (!types.includes("object")) return null;
  return { type: "object", ...rest };
}

function readNode(given: Node, depth: number): Node {
  if (depth > MOST_DEPTH) return given;
  const read: Node = {};
  const marked: string[] = [];
  for (const [key, member] of Object.entries(given)) {
    if (VALUES.has(key)) read[key] = member;
    else if (member === null || (LISTS.has(key) && isEmpty(member))) continue;
    else if (MAPS.has(key)) read[key] = readMap(member, depth, key === "properties" ? marked : []);
    else if (key === "type") Object.assign(read, readType(member));
    else if (key === "required" && typeof member === "boolean") continue;
    else read[key] = readMember(member, depth);
  }
  if (marked.length > 0)
    read.required = [...new Set([...(Array.isArray(read.required) ? read.required : []), ...marked])];
  return withNull(withTuple(withBounds(read)));
}

/** Adds to `marked` the names of properties that say of themselves that they are required, as in draft 3. */
function readMap(given: unknown, depth: number, marked: string[]): unknown {
  if (isEmpty(given)) return {};
  if (!isNode(given)) return given;
  return Object.fromEntries(
    Object.entries(given).map(([name, member]) => {
      if (isNode(member) && member.required === true) marked.push(name);
      return [name, member === null || isEmpty(member) ? {} : readMember(member, depth)];
    }),
  );
}

function readMember(given: unknown, depth: number): unknown {
  if (Array.isArray(given)) return given.map((item) => readMember(item, depth + 1));
  return isNode(given) ? readNode(given, depth + 1) : given;
}

function readType(given: unknown): Node {
  const named = [given].flat().filter((one) => typeof one === "string");
  const known = named.map((one) => {
    const type = TYPES.get(one.toLowerCase());
    return type === undefined ? one : type;
  });
  if (known.length === 0 || known.includes(null)) return {};
  const types = [...new Set(known)];
  return { type: types.length === 1 ? types[0] : types };
}

/** In draft 4, an exclusive bound is a mark beside the bound. */
function withBounds(node: Node): Node {
  const { exclusiveMinimum: above, exclusiveMaximum: below, ...rest } = node;
  if (typeof above !== "boolean" && typeof below !== "boolean") return node;
  const { minimum, maximum, ...others } = rest;
  return {
    ...others,
    ...bound("minimum", "exclusiveMinimum", minimum, above),
    ...bound("maximum", "exclusiveMaximum", maximum, below),
  };
}

function bound(plain: string, exclusive: string, value: unknown, mark: unknown): Node {
  if (mark === true) return value === undefined ? {} : { [exclusive]: value };
  return { ...(value !== undefined && { [plain]: value }), ...(typeof mark === "number" && { [exclusive]: mark }) };
}

/** Before 2020, a list of schemas in `items` described the first items, and `additionalItems` the others. */
function withTuple(node: Node): Node {
  const { items, additionalItems, ...rest } = node;
  if (!Array.isArray(items)) return node;
  return {
    ...rest,
    ...(items.length > 0 && { prefixItems: items }),
    ...(additionalItems !== undefined && { items: additionalItems }),
  };
}

/** `nullable` of OpenAPI, which stands beside a type there. */
function withNull(node: Node): Node {
  if (!("nullable" in node) || node.type !== undefined) return node;
  const { nullable, ...rest } = node;
  const isOpen = !["$ref", "anyOf", "oneOf", "allOf", "enum", "const"].some((key) => key in rest);
  return nullable !== true || isOpen ? rest : { anyOf: [rest, { type: "null" }] };
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === "object" && Object.keys(value).length === 0);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
