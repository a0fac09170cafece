/** Reads the text of a parameter or header as a value of its schema. */
import type { Contract, Schema } from "@/core/contract/contract";
import { flattened, typesOf } from "@/core/contract/flatten";

const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Returns the value that the text stands for, or the text itself where it stands for no value of the schema. */
export function coerced(contract: Contract, schema: Schema, text: string): unknown {
  const types = typesIn(contract, schema);
  if (types.has("array"))
    return text === "" ? [] : text.split(",").map((item) => coerced(contract, itemsOf(contract, schema), item.trim()));
  return scalar(types, text);
}

export function scalar(types: ReadonlySet<string>, text: string): unknown {
  if (types.has("integer") && INTEGER.test(text)) return Number(text);
  if (types.has("number") && NUMBER.test(text)) return Number(text);
  if (types.has("boolean") && (text === "true" || text === "false")) return text === "true";
  if (types.has("null") && text === "null" && !types.has("string")) return null;
  return text;
}

/** Returns all types that a value may have, also by one of several choices. */
export function typesIn(contract: Contract, schema: unknown, depth = 0): ReadonlySet<string> {
  const { node } = flattened(contract, schema);
  const types = new Set(typesOf(node));
  for (const value of Array.isArray(node.enum) ? node.enum : []) if (typeof value === "number") types.add("number");
  if (depth < 3)
    for (const choice of [node.anyOf, node.oneOf].flatMap((list) => (Array.isArray(list) ? list : [])))
      for (const type of typesIn(contract, choice, depth + 1)) types.add(type);
  return types;
}

export function itemsOf(contract: Contract, schema: unknown): Schema {
  const { items } = flattened(contract, schema).node;
  return typeof items === "object" && items !== null && !Array.isArray(items) ? (items as Schema) : true;
}
