/** Properties of an item with a meaning of their own: its id, its times, and what is only written. */
import { isSameName, singular } from "./names";
import { isNode, type Node } from "./parts";
import { type ObjectSchema, objectOf, schemaOf, typesOf } from "./schemas";

/** The property with the id of an item, and whether that is a number. */
export interface ItemId {
  property: string;
  isNumber: boolean;
}

interface Identified {
  whole: ObjectSchema;
  key: string;
  /** The last word of the collection's path. */
  called: string;
  /** The schema of the parameter in the path. */
  parameter: unknown;
}

/** Returns the property that holds what the path's parameter names. */
export function idOf(document: Node, { whole, key, called, parameter }: Identified): ItemId | null {
  const names = [...whole.properties.keys()];
  const withoutNoun = key.replace(new RegExp(`^${singular(called).replace(/[^A-Za-z]/g, "")}[_-]?`, "i"), "");
  const property =
    names.find((name) => isSameName(name, key)) ??
    names.find((name) => withoutNoun !== "" && isSameName(name, withoutNoun)) ??
    (/id$/i.test(key) ? names.find((name) => name === "id") : undefined);
  if (property === undefined) return null;
  const kinds = [whole.properties.get(property), parameter].map((node) => typesOf(schemaOf(document, node)));
  const isNumber = kinds.every((types) => types.includes("integer") || types.includes("number"));
  const isText = kinds.every((types) => types.includes("string"));
  return isNumber || isText ? { property, isNumber } : null;
}

const MOST_HIDDEN_DEPTH = 6;
const MOST_LOOKED_AT = 500;

/** Returns the paths of the properties that are only written; those of a list's items have no step of their own. */
export function hiddenIn(document: Node, root: unknown): string[][] {
  const open: { node: unknown; path: string[] }[] = [{ node: root, path: [] }];
  const found: string[][] = [];
  for (let count = 0; count < MOST_LOOKED_AT && open.length > 0; count += 1) {
    const { node, path } = open.shift() ?? { node: null, path: [] };
    if (path.length > MOST_HIDDEN_DEPTH) continue;
    const schema = schemaOf(document, node);
    if (schema.writeOnly === true && path.length > 0) found.push(path);
    else {
      if (isNode(schema.items)) open.push({ node: schema.items, path });
      for (const [name, property] of objectOf(document, schema)?.properties ?? [])
        open.push({ node: property, path: [...path, name] });
    }
  }
  return found;
}

export function timesIn(document: Node, whole: ObjectSchema, names: RegExp): string[] {
  return [...whole.properties].flatMap(([name, node]) => {
    const schema = schemaOf(document, node);
    return names.test(name) && schema.format === "date-time" && typesOf(schema).includes("string") ? [name] : [];
  });
}
