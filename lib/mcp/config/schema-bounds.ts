/**
 * A schema of a stranger, bounded before a validator sees it: references that double (`a` refers to `b` twice, `b` to `c` twice, …)
 * make a few hundred bytes unfold to more work than a process can do, and one that comes back to itself never ends.
 */

const MOST_PARTS = 20_000;
const MOST_DEPTH = 64;
/** Below these the schema is that of a part of the value: coming back to itself there ends with the value. */
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
/** Their members are values, not schemas. */
const VALUES = new Set(["enum", "const", "default", "examples", "required"]);

type Node = Record<string, unknown>;

/** A part of a sentence that says why the schema is not used; null: it is within the bounds. */
export function schemaBeyond(schema: Node): string | null {
  const sizes = new Map<unknown, number>();
  const open = new Set<unknown>();

  /** Schemas that a validator goes through for it, with those that it refers to each time. Throws a sentence's part. */
  function partsOf(value: unknown, depth: number, isMap = false): number {
    if (typeof value !== "object" || value === null) return 0;
    if (depth > MOST_DEPTH) throw new Beyond(`it is nested more than ${MOST_DEPTH} levels deep`);
    const known = sizes.get(value);
    if (known !== undefined) return known;
    if (open.has(value)) throw new Beyond("it refers to itself, so that checking would not end");
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

  /** What is checked of a part of the value may come back to what is open: it is counted once more, and not followed again. */
  function later(member: unknown, depth: number, key: string): number {
    const held = [...open];
    open.clear();
    for (const one of held) if (!sizes.has(one)) sizes.set(one, 1);
    try {
      return partsOf(member, depth + 1, key === "properties" || key === "patternProperties");
    } finally {
      for (const one of held) {
        sizes.delete(one);
        open.add(one);
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

/** Within the document; what it does not find, the validator says. */
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
