/** Replaces half surrogate pairs, which a cut text may end in. Providers refuse a request that holds one as invalid JSON. */

export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\uFFFD");
}

/** Returns the same JSON value with well-formed texts and keys. */
export function wellFormedJson(value: unknown): unknown {
  if (typeof value === "string") return wellFormed(value);
  if (Array.isArray(value)) return value.map(wellFormedJson);
  return typeof value === "object" && value !== null ? wellFormedObject(value) : value;
}

export function wellFormedObject(object: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(object).map(([key, inner]) => [wellFormed(key), wellFormedJson(inner)] as const),
  );
}
