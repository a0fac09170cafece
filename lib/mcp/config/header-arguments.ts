/** Arguments that a tool wants as HTTP headers too (`x-mcp-header` in its schema), since 2026-07-28. */

export interface HeaderArgument {
  /** The names of the properties that lead to it. */
  path: string[];
  header: string;
}

const KEY = "x-mcp-header";
const PREFIX = "Mcp-Param-";
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/;
const PLAIN = /^(?!=\?base64\?)[!-~]([\t -~]*[!-~])?$/;
const TYPES: unknown[] = ["string", "integer", "boolean"];

/** Returns a schema's header arguments. A schema that names them in a way that is not allowed gives null. */
export function headerArguments(schema: Record<string, unknown>): HeaderArgument[] | null {
  const found: HeaderArgument[] = [];
  if (!collect(schema, [], true, found)) return null;
  const names = found.map(({ header }) => header.toLowerCase());
  return new Set(names).size === names.length ? found : null;
}

/** Returns the headers of one call. An argument that is absent or has no plain value is left out. */
export function headersOfCall(schema: Record<string, unknown>, args: unknown): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { path, header } of headerArguments(schema) ?? []) {
    const value = path.reduce<unknown>((node, key) => (isObject(node) ? node[key] : undefined), args);
    const isPlain = typeof value === "string" || typeof value === "boolean" || Number.isSafeInteger(value);
    if (isPlain) headers[header] = encoded(String(value));
  }
  return headers;
}

/** Allowed only on a property with a plain type that is reached through `properties` alone. */
function collect(node: unknown, path: string[], isReachable: boolean, found: HeaderArgument[]): boolean {
  if (Array.isArray(node)) return node.every((item) => collect(item, path, false, found));
  if (!isObject(node)) return true;
  if (KEY in node) {
    const name = node[KEY];
    if (!isReachable || path.length === 0 || !TYPES.includes(node.type)) return false;
    if (typeof name !== "string" || !TOKEN.test(name)) return false;
    found.push({ path, header: `${PREFIX}${name}` });
  }
  return Object.entries(node).every(([key, member]) => {
    if (/^(enum|const|default|examples)$/.test(key)) return true;
    if (key !== "properties" || !isObject(member)) return collect(member, path, false, found);
    return Object.entries(member).every(([name, property]) => collect(property, [...path, name], isReachable, found));
  });
}

function encoded(value: string): string {
  return PLAIN.test(value) ? value : `=?base64?${Buffer.from(value, "utf8").toString("base64")}?=`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
