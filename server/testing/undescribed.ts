/** Finds what lacks a description in JSON Schemas. */

/** Whether it is a sentence, as descriptions are. */
export function isSentence(description: unknown): boolean {
  return typeof description === "string" && /\S.*[.?]$/s.test(description);
}

/** Returns the fields in a schema that have no description, as paths. A reference may leave it to its schema. */
export function undescribedIn(schema: unknown, path: string): string[] {
  if (Array.isArray(schema)) return schema.flatMap((inner) => undescribedIn(inner, path));
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, inner]) => {
    if (key !== "properties") return undescribedIn(inner, path);
    return Object.entries(inner as Record<string, { $ref?: string; description?: string }>).flatMap(([name, field]) => {
      const own = `${path} ${name}`;
      const isLeft = field.$ref !== undefined && field.description === undefined;
      return [...(isLeft || isSentence(field.description) ? [] : [own]), ...undescribedIn(field, own)];
    });
  });
}
