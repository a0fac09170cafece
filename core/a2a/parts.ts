/** The parts of a result for another agent: text, data and files, each only when the agent reads its type. */

export type ShownPart =
  | { text: string; mediaType: string }
  | { data: unknown; mediaType: string }
  | { raw: string; filename: string; mediaType: string }
  | { url: string; filename: string; mediaType: string };

const JSON_TYPE = "application/json";
const UNKNOWN_TYPE = "application/octet-stream";
/** Programs of other agents may walk the data recursively. */
const MOST_DEPTH = 64;

const TYPES: Readonly<Record<string, string>> = {
  txt: "text/plain",
  log: "text/plain",
  md: "text/markdown",
  csv: "text/csv",
  html: "text/html",
  css: "text/css",
  js: "text/javascript",
  mjs: "text/javascript",
  json: JSON_TYPE,
  xml: "application/xml",
  yaml: "application/yaml",
  yml: "application/yaml",
  toml: "application/toml",
  sql: "application/sql",
  ts: "text/plain",
  tsx: "text/plain",
  jsx: "text/plain",
  py: "text/plain",
  sh: "text/plain",
  rs: "text/plain",
  go: "text/plain",
  java: "text/plain",
  c: "text/plain",
  h: "text/plain",
  cpp: "text/plain",
  rb: "text/plain",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  svg: "image/svg+xml",
  pdf: "application/pdf",
  zip: "application/zip",
  gz: "application/gzip",
  mp3: "audio/mpeg",
  wav: "audio/wav",
  mp4: "video/mp4",
  wasm: "application/wasm",
};

/** Returns the media type of a file by the end of its name. */
export function mediaTypeOf(path: string): string {
  const name = path.split("/").at(-1) ?? "";
  const end = name.includes(".") ? (name.split(".").at(-1)?.toLowerCase() ?? "") : "";
  return Object.hasOwn(TYPES, end) ? (TYPES[end] ?? UNKNOWN_TYPE) : UNKNOWN_TYPE;
}

/** Whether an agent that accepts these types (null: all) reads this one. A type may be `*`/`*` or `image/*`. */
export function isAccepted(accepts: readonly string[] | null, mediaType: string): boolean {
  if (accepts === null) return true;
  const [group] = mediaType.split("/", 1);
  return accepts
    .map((mediaType) => mediaType.split(";", 1)[0]?.trim().toLowerCase())
    .some((accepted) => accepted === "*/*" || accepted === "*" || accepted === `${group}/*` || accepted === mediaType);
}

/** A result that is JSON comes as data, and as its text for agents that read only text. */
export function partsOfResult(text: string, accepts: readonly string[] | null): ShownPart[] {
  const said = { text, mediaType: "text/plain" };
  const data = isAccepted(accepts, JSON_TYPE) ? dataIn(text) : null;
  return data === null ? [said] : [{ data, mediaType: JSON_TYPE }, said];
}

/** Returns the object or array that the whole text is, alone or as one block of JSON; else null. */
export function dataIn(text: string): object | null {
  const [, block] = /^```json[ \t]*\r?\n([\s\S]*)\n```$/.exec(text.trim()) ?? [];
  const given = (block ?? text).trim();
  if (!given.startsWith("{") && !given.startsWith("[")) return null;
  try {
    const value = JSON.parse(given) as object;
    return isShallow(value) ? value : null;
  } catch {
    return null;
  }
}

/** Whether data can be walked and written without using up the stack. */
export function isShallow(value: unknown): boolean {
  return isWithin(value, MOST_DEPTH);
}

function isWithin(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((value) => isWithin(value, depth - 1));
}
