/** Reads messages of servers that differ from the protocol in ways that leave one reading. */

type Node = Record<string, unknown>;

const INTERNAL_ERROR = -32_603;

/**
 * Returns the message with only one of result and error, an error as an object, and without the fields that the answer
 * to `initialize` has as null. What a tool answers stays as it is: null may be a value there.
 */
export function asMessage(given: unknown): unknown {
  if (!isNode(given) || given.method !== undefined) return given;
  const { result, error, ...rest } = given;
  if (error === undefined || error === null)
    return result === undefined ? given : { ...rest, result: isIntroduction(result) ? introduction(result) : result };
  if (result !== undefined && result !== null) return given;
  return { ...rest, error: typeof error === "string" ? { code: INTERNAL_ERROR, message: error } : error };
}

function isIntroduction(result: unknown): result is Node {
  return isNode(result) && "protocolVersion" in result && "capabilities" in result;
}

/** Only people read the server's name and version. */
function introduction(given: Node): Node {
  const { serverInfo, ...rest } = withoutNulls(given) as Node;
  const info = isNode(serverInfo) ? serverInfo : {};
  return { ...rest, serverInfo: { ...info, name: textOf(info.name), version: textOf(info.version) } };
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** A message of many levels is only looked at as far as the protocol's own fields go. */
function withoutNulls(given: unknown, depth = 0): unknown {
  if (!isNode(given) || depth > 4) return given;
  const kept = Object.entries(given).filter(([, member]) => member !== null);
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutNulls(member, depth + 1)]));
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
