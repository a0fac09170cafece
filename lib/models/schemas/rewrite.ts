/**
 * Rewrites the JSON schema of a tool into one that a provider accepts. Only keywords that are known and well formed are
 * copied, so an odd schema loses some precision and never ends a request: the tool itself still checks its arguments.
 */
import { rewriteNode } from "./node";
import type { SchemaRules } from "./rules";
import { isSchema, type Schema, Walk } from "./walk";

export interface RewrittenSchema {
  /** An object schema without unions at the top level. */
  schema: Schema;
  /** What the schema can no longer say, as a sentence for the model; empty when it says everything. */
  note: string;
  /** From the keys of the offered schema to the tool's own keys, and back; only keys that differ. */
  ownKeys: ReadonlyMap<string, string>;
  offeredKeys: ReadonlyMap<string, string>;
}

export function rewriteSchema(given: Schema, rules: SchemaRules): RewrittenSchema {
  const walk = new Walk(given, rules);
  const { schema: root, note } = withoutUnion(given, walk);
  const { description: _, ...schema } = rewriteNode({ ...root, type: "object" }, walk, [], 0);
  const ownKeys = walk.keys;
  return {
    schema: { properties: {}, ...schema, type: "object" },
    note,
    ownKeys,
    offeredKeys: new Map([...ownKeys].map(([offered, own]) => [own, offered])),
  };
}

/**
 * Returns an object schema with the properties of all variants of a union at the top level, and a sentence that names
 * the variants. A property is required when every variant requires it.
 */
function withoutUnion(given: Schema, walk: Walk): { schema: Schema; note: string } {
  const { schema } = walk.flattened(given, []);
  const { anyOf, oneOf, enum: _enum, const: _const, not: _not, if: _if, then: _then, else: _else, ...base } = schema;
  const union = [anyOf, oneOf].find((list) => Array.isArray(list) && list.length > 0) as unknown[] | undefined;
  if (!union) return { schema: base, note: "" };
  const variants = union.filter(isSchema).map((schema) => walk.flattened(schema, []).schema);
  const objects = variants.filter((variant) => variant.type === undefined || variant.type === "object");
  const names = new Set([base, ...objects].flatMap((object) => Object.keys(propertiesOf(object))));
  const properties = Object.fromEntries(
    [...names].map((name) => {
      const meanings = [base, ...objects].flatMap((object) => {
        const own = propertiesOf(object);
        return Object.hasOwn(own, name) ? [own[name]] : [];
      });
      const different = [...new Map(meanings.map((meaning) => [JSON.stringify(meaning), meaning])).values()];
      return [name, different.length === 1 ? different[0] : { anyOf: different }];
    }),
  );
  const [first = [], ...others] = objects.map(requiredOf);
  const shared = first.filter((name) => others.every((other) => other.includes(name)));
  const required = [...new Set([...requiredOf(base), ...shared])];
  const sets = [...new Set(objects.map((object) => requiredOf(object).join(", ")))].filter((set) => set !== "");
  const note = sets.length > 1 ? `Give the arguments of one of these sets: ${sets.join("; ")}.` : "";
  return { schema: { ...base, properties, required }, note };
}

function propertiesOf(schema: Schema): Schema {
  return isSchema(schema.properties) ? schema.properties : {};
}

function requiredOf(schema: Schema): string[] {
  return Array.isArray(schema.required)
    ? schema.required.filter((name): name is string => typeof name === "string")
    : [];
}
