/** Rewrites one node of a schema: see rewrite.ts. */
import { keywordsOf, smallKeywordsOf } from "./keywords";
import { isSchema, type Schema, type Walk } from "./walk";

const TYPES = ["string", "number", "integer", "boolean", "object", "array", "null"];

export function rewriteNode(given: unknown, walk: Walk, refs: readonly string[], depth: number): Schema {
  if (!isSchema(given) || !walk.isRoomForNode()) return anything(undefined, walk);
  const { schema, refs: inside } = walk.flattened(given, refs);
  const union = [schema.anyOf, schema.oneOf].find((list) => Array.isArray(list) && list.length > 0);
  if (union) return rewriteUnion(schema, union as unknown[], walk, inside, depth);
  const types = typesOf(schema);
  if (walk.rules.isSmall) return rewriteSmall(schema, types, walk, inside, depth);
  const described = keywordsOf(schema);
  if (types.length === 0) return described;
  return {
    ...described,
    type: types.length === 1 ? types[0] : types,
    ...(types.includes("object") && objectOf(schema, walk, inside, depth)),
    ...(types.includes("array") && { items: itemsOf(schema, walk, inside, depth) }),
  };
}

/** A provider that reads small schemas takes one type for each node, and nothing beside a union. */
function rewriteSmall(schema: Schema, types: string[], walk: Walk, refs: readonly string[], depth: number): Schema {
  const real = types.filter((type) => type !== "null");
  const isNullable = types.includes("null") || (Array.isArray(schema.enum) && schema.enum.includes(null));
  if (real.length === 0) return anything(schema.description, walk);
  const nodes = real.map((type) => ({
    ...smallKeywordsOf(schema, type),
    type: isNullable ? [type, "null"] : type,
    ...(type === "object" && objectOf(schema, walk, refs, depth)),
    ...(type === "array" && { items: itemsOf(schema, walk, refs, depth) }),
  }));
  return nodes.length === 1 ? nodes[0]! : { anyOf: nodes };
}

function rewriteUnion(schema: Schema, union: unknown[], walk: Walk, refs: readonly string[], depth: number): Schema {
  const { anyOf: _any, oneOf: _one, ...base } = schema;
  if (depth >= walk.rules.mostDepth) return anything(schema.description, walk);
  const isNull = (schema: unknown) => isSchema(schema) && schema.type === "null";
  const real = union.filter((variant) => !isNull(variant));
  const nullable = real.length < union.length;
  const variants = real.map((variant) =>
    rewriteVariant(base, variant, nullable && walk.rules.isSmall, walk, refs, depth),
  );
  const different = [...new Map(variants.map((variant) => [JSON.stringify(variant), variant])).values()];
  if (walk.rules.isSmall) {
    // A variant that is itself a union would stand beside others, so its parts take its place.
    const flat = different.flatMap((schema) => (Array.isArray(schema.anyOf) ? (schema.anyOf as Schema[]) : [schema]));
    return flat.length === 1 ? flat[0]! : flat.length === 0 ? anything(schema.description, walk) : { anyOf: flat };
  }
  const description = typeof base.description === "string" ? { description: base.description } : {};
  if (different.length === 0) return { ...description, type: "null" };
  const all = nullable ? [...different, { type: "null" }] : different;
  return all.length === 1 ? { ...all[0], ...description } : { ...description, anyOf: all };
}

/** A variant holds what stands beside the union too, because not all providers read both. */
function rewriteVariant(
  base: Schema,
  variant: unknown,
  isNullable: boolean,
  walk: Walk,
  refs: readonly string[],
  depth: number,
): Schema {
  if (!isSchema(variant)) return anything(base.description, walk);
  const { schema, refs: inside } = walk.flattened(variant, refs);
  const { description, title, default: _default, ...rest } = base;
  const own = walk.rules.isSmall ? { description, title, ...rest, ...schema } : { ...rest, ...schema };
  const properties =
    isSchema(base.properties) && isSchema(schema.properties)
      ? { properties: { ...base.properties, ...schema.properties } }
      : {};
  const types = typesOf(own);
  const type = isNullable && types.length > 0 ? { type: [...types, "null"] } : {};
  return rewriteNode({ ...own, ...properties, ...type }, walk, inside, depth + 1);
}

function objectOf(schema: Schema, walk: Walk, refs: readonly string[], depth: number): Schema {
  const { isSmall, mostDepth } = walk.rules;
  const given = isSchema(schema.properties) ? schema.properties : {};
  const isTooDeep = depth >= mostDepth;
  const entries = isTooDeep ? [] : Object.entries(given);
  const properties = Object.fromEntries(
    entries.map(([key, inner]) => [walk.keyOf(key), rewriteNode(inner, walk, refs, depth + 1)]),
  );
  // Old schemas mark each property as required instead of listing the names.
  const marked = entries.flatMap(([key, inner]) => (isSchema(inner) && inner.required === true ? [key] : []));
  const listed = Array.isArray(schema.required) ? schema.required : [];
  const names = [...listed, ...marked].filter((name): name is string => typeof name === "string");
  const required = [...new Set(names)].filter((name) => entries.some(([key]) => key === name));
  const more = schema.additionalProperties;
  return {
    ...((!isSmall || entries.length > 0) && { properties }),
    ...(required.length > 0 && { required: required.map((name) => walk.keyOf(name)) }),
    ...(!isSmall && typeof more === "boolean" && !isTooDeep && { additionalProperties: more }),
    ...(!isSmall && isSchema(more) && !isTooDeep && { additionalProperties: rewriteNode(more, walk, refs, depth + 1) }),
  };
}

function itemsOf(schema: Schema, walk: Walk, refs: readonly string[], depth: number): Schema {
  const plain = walk.rules.isSmall ? { type: "string" } : {};
  if (depth >= walk.rules.mostDepth) return plain;
  // A list with a schema for each place has two spellings, and no provider takes both.
  const places = [schema.prefixItems, schema.items].find(Array.isArray) as unknown[] | undefined;
  if (places) return rewriteNode(places.length === 0 ? {} : { anyOf: places }, walk, refs, depth + 1);
  return isSchema(schema.items) ? rewriteNode(schema.items, walk, refs, depth + 1) : plain;
}

/** A schema that allows any value. */
function anything(description: unknown, walk: Walk): Schema {
  const described = typeof description === "string" ? { description } : {};
  if (!walk.rules.isSmall) return described;
  const types = ["string", "number", "boolean", "object"];
  return { anyOf: types.map((type) => ({ ...described, type })) };
}

function typesOf(schema: Schema): string[] {
  const given = Array.isArray(schema.type) ? schema.type : [schema.type];
  const known = given.filter((type): type is string => TYPES.includes(type as string));
  if (known.length > 0) return [...new Set(known)];
  if (isSchema(schema.properties)) return ["object"];
  if (schema.items !== undefined || schema.prefixItems !== undefined) return ["array"];
  const values = Array.isArray(schema.enum) ? schema.enum : schema.const === undefined ? [] : [schema.const];
  return [...new Set(values.map(typeOf))];
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}
