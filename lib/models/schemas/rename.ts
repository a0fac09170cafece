/** Returns a value whose objects have the keys that `keys` gives them; keys that it does not name stay. */
export function renamed(value: unknown, keys: ReadonlyMap<string, string> | undefined): unknown {
  if (!keys || keys.size === 0 || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => renamed(item, keys));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [keys.get(key) ?? key, renamed(inner, keys)]));
}
