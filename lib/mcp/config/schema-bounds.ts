/**
 * Bounds a stranger's schema before a validator sees it. References that double (`a` refers to `b` twice, `b` to `c`
 * twice, …) make a few hundred bytes unfold to more work than a process can do, and a reference cycle never ends.
 */

const MOST_PARTS = 20_000;
const MOST_DEPTH = 64;
/** Below these keywords the schema applies to a part of the value, so a cycle through them ends with the value. */
const TAKES_A_PART = new Set([
  "properties",
  "patternProperties",
  "additionalProperties",
  "items",
  "prefixItems",
  "contains",
  "propertyNames",
  "unevaluatedItems",
  "unevaluatedProperties",
]);
/** The members of these keywords are values, not schemas. */
const VALUES = new Set(["enum", "const", "default", "examples", "required"]);

type Node = Record<string, unknown>;

/** Returns the part of a sentence that says why the schema is not used; null when it is within the bounds. */
export function schemaBeyond(schema: Node): string | null {
  const sizes = new Map<unknown, number>();
  const open = new Set<unknown>();

  /**
   * Counts the schemas that a validator visits for a value, with references each time. Throws `Beyond` with part of a
   * sentence.
   */
  function partsOf(value: unknown, depth: number, isMap = false): number {
    if (typeof value !== "object" || value === null) return 0;
    if (depth > MOST_DEPTH) throw new Beyond(`it is nested more than ${MOST_DEPTH} levels deep`);
    const known = sizes.get(value);
    if (known !== undefined) return known;
    if (open.has(value)) throw new Beyond("it refers to itself, so checking would never end");
    open.add(value);
    let parts = 1;
    for (const [key, member] of Object.entries(value)) {
      if (!isMap && VALUES.has(key)) continue;
      if (!isMap && isReference(key, member)) parts += partsOf(targetOf(schema, member), depth + 1);
      else if (!isMap && TAKES_A_PART.has(key)) parts += later(member, depth, key);
      else parts += partsOf(member, depth + 1, !isMap && /^(\$defs|definitions|dependentSchemas)$/.test(key));
      if (parts > MOST_PARTS) throw new Beyond(`its references unfold to more than ${MOST_PARTS} parts`);
    }
    open.delete(value);
    sizes.set(value, parts);
    return parts;
  }

  /**
   * The schema of a part of the value may refer back to an open schema, which then counts once and is not followed
   * again.
   */
  function later(member: unknown, depth: number, key: string): number {
    const held = [...open];
    open.clear();
    for (const schema of held) if (!sizes.has(schema)) sizes.set(schema, 1);
    try {
      return partsOf(member, depth + 1, key === "properties" || key === "patternProperties");
    } finally {
      for (const schema of held) {
        sizes.delete(schema);
        open.add(schema);
      }
    }
  }

  try {
    partsOf(schema, 0);
    return null;
  } catch (error) {
    if (error instanceof Beyond) return error.message;
    throw error;
  }
}

class Beyond extends Error {}

function isReference(key: string, member: unknown): member is string {
  return (key === "$ref" || key === "$dynamicRef" || key === "$recursiveRef") && typeof member === "string";
}

/** Finds a reference inside the document; the validator reports references that do not exist. */
function targetOf(schema: Node, reference: string): unknown {
  if (reference === "#" || reference === "") return schema;
  if (!reference.startsWith("#/")) return null;
  let at: unknown = schema;
  for (const part of reference.slice(2).split("/")) {
    const name = decoded(part).replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return null;
    at = (at as Node)[name];
  }
  return at;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
