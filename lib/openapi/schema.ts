/** Makes the JSON Schema of a tool's input from schemas of an OpenAPI document. Each referenced schema is copied once. */
import { at, isNode, localPointer, type Node } from "./refs";

/** Below these keywords, the keys are names and not keywords. */
const MAPS = new Set(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"]);
const VALUES = new Set(["enum", "const", "default", "examples", "required", "dependentRequired"]);
/** Keywords of no use to a model, or with a meaning that depends on the place of the schema. */
const DROPPED = new Set([
  "$id",
  "$schema",
  "$anchor",
  "$dynamicAnchor",
  "$comment",
  "discriminator",
  "xml",
  "externalDocs",
  "nullable",
  "example",
]);
const MOST_DESCRIPTION = 600;
const MOST_NODES = 20_000;
/** Of all operations together: each has its own copy of a schema that many of them refer to. */
const MOST_NODES_OF_ALL = 150_000;

/** The schemas that the operations of one document have so far. `most`: for one copier, where not the usual limit. */
export interface Copied {
  nodes: number;
  most?: number;
}

export interface SchemaCopier {
  /** Returns the schema with references to `$defs`. Throws an Error with part of a sentence. */
  copy(schema: unknown): Node;
  /** Returns the referenced schemas, for `$defs`; undefined when there are none. Throws as `copy` does. */
  defs(): Node | undefined;
  /** Returns the name in `$defs` of each referenced schema, by its JSON pointer. */
  names(): ReadonlyMap<string, string>;
}

/** `isOld`: OpenAPI 3.0, whose schemas differ from JSON Schema. */
export function schemaCopier(document: Node, isOld: boolean, all: Copied): SchemaCopier {
  const names = new Map<string, string>();
  const defs = new Map<string, Node>();
  /** Copied one after another: schemas that refer to each other in a long chain would fill the stack. */
  const waiting: { name: string; target: Node }[] = [];
  let nodes = 0;

  function copy(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(copy);
    if (!isNode(value)) return value;
    nodes += 1;
    all.nodes += 1;
    if (nodes > (all.most ?? MOST_NODES)) throw new Error("its schemas are too large");
    if (all.nodes > MOST_NODES_OF_ALL) throw new Error("its schemas and those before it are too large together");
    const node = isOld ? modern(value) : value;
    if (typeof node.$ref === "string") {
      const reference = { $ref: `#/$defs/${defName(node.$ref)}` };
      // Before OpenAPI 3.1 everything beside a reference is ignored.
      return isOld ? reference : { ...others(node), ...reference };
    }
    return others(node);
  }

  function others(node: Node): Node {
    const kept = Object.entries(node).filter(
      ([key]) => key !== "$ref" && key !== "$dynamicRef" && !DROPPED.has(key) && !key.startsWith("x-"),
    );
    return Object.fromEntries(
      kept.map(([key, member]) => {
        if (VALUES.has(key)) return [key, member];
        if (key === "description" && typeof member === "string") return [key, shortened(member)];
        if (MAPS.has(key) && isNode(member))
          return [key, Object.fromEntries(Object.entries(member).map(([name, value]) => [name, copy(value)]))];
        return [key, copy(member)];
      }),
    );
  }

  function defName(reference: string): string {
    const pointer = localPointer(reference);
    const known = names.get(pointer);
    if (known) return known;
    const target = at(document, pointer);
    if (!isNode(target)) throw new Error(`its reference ${reference.slice(0, 100)} leads nowhere`);
    const base = (pointer.split("/").at(-1) ?? "").replace(/[^A-Za-z0-9_]/g, "_").slice(0, 60) || "schema";
    let name = base;
    for (let n = 2; defs.has(name); n += 1) name = `${base}_${n}`;
    names.set(pointer, name);
    defs.set(name, {});
    waiting.push({ name, target });
    return name;
  }

  return {
    copy: (schema) => (isNode(schema) ? (copy(schema) as Node) : {}),
    defs() {
      for (let next = waiting.shift(); next; next = waiting.shift()) defs.set(next.name, copy(next.target) as Node);
      return defs.size > 0 ? Object.fromEntries(defs) : undefined;
    },
    names: () => names,
  };
}

/** Returns a schema of OpenAPI 3.0 as JSON Schema: `nullable`, exclusive bounds and `example`. */
function modern(schema: Node): Node {
  const { nullable, exclusiveMinimum, exclusiveMaximum, minimum, maximum, ...rest } = schema;
  const bounds = {
    ...(minimum !== undefined && { [exclusiveMinimum === true ? "exclusiveMinimum" : "minimum"]: minimum }),
    ...(maximum !== undefined && { [exclusiveMaximum === true ? "exclusiveMaximum" : "maximum"]: maximum }),
  };
  const made: Node = { ...rest, ...bounds };
  if (schema.example !== undefined && schema.examples === undefined) made.examples = [schema.example];
  if (nullable !== true) return made;
  if (typeof made.type === "string") {
    const choices = Array.isArray(made.enum) && !made.enum.includes(null) ? { enum: [...made.enum, null] } : {};
    return { ...made, ...choices, type: [made.type, "null"] };
  }
  return { anyOf: [made, { type: "null" }] };
}

function shortened(text: string): string {
  return text.length > MOST_DESCRIPTION ? `${text.slice(0, MOST_DESCRIPTION)}…` : text;
}
