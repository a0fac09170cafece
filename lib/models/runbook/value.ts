import { isDeepStrictEqual } from "node:util";
import { isMap, parseJsonText, type Value } from "@/core/programs/json";

/** An expression or template that cannot be parsed. `offset` counts characters from the start of its text, from 0. */
export class SyntaxFault extends Error {
  override name = "SyntaxFault";
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** A valid expression that cannot be evaluated with the given values, such as a sum of texts. */
export class ValueFault extends Error {
  override name = "ValueFault";
}

/** Returns false for null, false, 0, empty text, empty lists and empty maps; true for everything else. */
export function isTruthy(value: Value): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isMap(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** Returns the elements of a list, or of JSON text of a list; null has none. Throws `ValueFault` for anything else. */
export function elementsOf(value: Value, what: string): Value[] {
  const list = typeof value === "string" ? parseJsonText(value) : value;
  if (list === null && value === null) return [];
  if (Array.isArray(list)) return list;
  throw new ValueFault(`${what} needs a list, not ${describe(value)}`);
}

export function describe(value: Value): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return typeof value === "string" ? "text" : `${typeof value === "number" ? "the number" : ""} ${value}`.trim();
}

/** A list contains an equal element, a text a part of it, a map a field with that name. */
export function contains(whole: Value, part: Value): boolean {
  if (Array.isArray(whole)) return whole.some((element) => isDeepStrictEqual(element, part));
  if (typeof part !== "string") return false;
  if (isMap(whole)) return Object.hasOwn(whole, part);
  return typeof whole === "string" && whole.includes(part);
}
