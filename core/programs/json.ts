/** The JSON that programs read: models without a language model, such as runbooks and goals. */

/** JSON values, as runbooks see inputs and the outputs of tools. A missing value is null. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
export type ValueMap = { [key: string]: Value };

export function isMap(value: Value): value is ValueMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Parses JSON text; returns null when the text is not a JSON list or map. */
export function parseJsonText(text: string): Value[] | ValueMap | null {
  if (!/^\s*[{[]/.test(text)) return null;
  try {
    return JSON.parse(text) as Value[] | ValueMap;
  } catch {
    return null;
  }
}

/** Returns the JSON object in a text that a model wrote, from its first brace to its last; null without one. */
export function jsonIn(text: string): unknown {
  const [start, end] = [text.indexOf("{"), text.lastIndexOf("}")];
  if (start < 0 || end <= start) return null;
  try {
    return JSON.parse(text.slice(start, end + 1));
  } catch {
    return null;
  }
}

/** Returns a field of a map, or of JSON text of a map, which a subtask's summary is. Inherited names are not fields. */
export function fieldOf(value: Value, name: string): Value {
  const map = typeof value === "string" ? parseJsonText(value) : value;
  return map !== null && isMap(map) && Object.hasOwn(map, name) ? (map[name] ?? null) : null;
}

/** Returns a value as rendered text: texts unchanged, null as nothing, lists and maps as JSON on one line. */
export function toText(value: Value): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Returns the fields that differ from the defaults, compared as JSON. */
export function withoutDefaults(defaults: object, given: object): object {
  const known = new Map(Object.entries(defaults).map(([name, value]) => [name, JSON.stringify(value)]));
  return Object.fromEntries(Object.entries(given).filter(([name, value]) => JSON.stringify(value) !== known.get(name)));
}
