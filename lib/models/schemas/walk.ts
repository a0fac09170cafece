/** The state of a walk through one schema: its references, its size and the renamed keys. */
import { safePropertyKey } from "./names";
import type { SchemaRules } from "./rules";

export type Schema = Record<string, unknown>;

export function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A schema whose references repeat can grow without end when they are written out. */
const MOST_NODES = 2_000;

export class Walk {
  /** From keys of the offered schema to the tool's own keys; only keys that differ. */
  readonly keys = new Map<string, string>();
  private nodes = 0;
  private readonly offered = new Map<string, string>();
  private readonly taken = new Set<string>();

  constructor(
    private readonly root: Schema,
    readonly rules: SchemaRules,
  ) {
    collectKeys(root, this.taken, 0);
  }

  /** Counts a node; false when the schema has become too large to be written out. */
  isRoomForNode(): boolean {
    this.nodes += 1;
    return this.nodes <= MOST_NODES;
  }

  /** Returns the key under which a property is offered. */
  keyOf(own: string): string {
    const known = this.offered.get(own);
    if (known !== undefined) return known;
    const key = safePropertyKey(own, this.taken);
    this.offered.set(own, key);
    if (key === own) return key;
    this.taken.add(key);
    this.keys.set(key, own);
    return key;
  }

  /**
   * Returns the schema with its reference and `allOf` written out, and the references that it stands inside of. A
   * reference to itself, or to somewhere else than this schema, becomes a schema that allows anything.
   */
  flattened(given: Schema, refs: readonly string[]): { schema: Schema; refs: readonly string[] } {
    const { $ref, allOf, ...own } = given;
    let schema: Schema = own;
    let inside = refs;
    if (typeof $ref === "string") {
      const target = refs.includes($ref) ? undefined : this.targetOf($ref);
      if (target) {
        inside = [...refs, $ref];
        const resolved = this.flattened(target, inside);
        schema = { ...resolved.schema, ...own };
        inside = resolved.refs;
      }
    }
    for (const part of Array.isArray(allOf) ? allOf.filter(isSchema) : []) {
      const resolved = this.flattened(part, inside);
      schema = merged(schema, resolved.schema);
      inside = resolved.refs;
    }
    return { schema, refs: inside };
  }

  private targetOf(ref: string): Schema | undefined {
    if (ref !== "#" && !ref.startsWith("#/")) return undefined;
    let target: unknown = this.root;
    for (const step of ref.split("/").slice(1)) {
      const name = unescaped(step);
      if (typeof target !== "object" || target === null || !Object.hasOwn(target, name)) return undefined;
      target = (target as Schema)[name];
    }
    return isSchema(target) ? target : undefined;
  }
}

function unescaped(step: string): string {
  try {
    return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return step;
  }
}

function merged(first: Schema, second: Schema): Schema {
  const properties =
    isSchema(first.properties) || isSchema(second.properties)
      ? { properties: { ...asSchema(second.properties), ...asSchema(first.properties) } }
      : {};
  const required = [...asList(first.required), ...asList(second.required)];
  return { ...second, ...first, ...properties, ...(required.length > 0 && { required }) };
}

function asSchema(value: unknown): Schema {
  return isSchema(value) ? value : {};
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

const DEEPEST = 64;

function collectKeys(value: unknown, keys: Set<string>, depth: number): void {
  if (typeof value !== "object" || value === null || depth > DEEPEST) return;
  for (const [key, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) keys.add(key);
    collectKeys(inner, keys, depth + 1);
  }
}
