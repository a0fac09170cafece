/** The draft of a server form that the browser keeps: all fields, without values that may be keys. Pure. */
import { EMPTY_FIELDS, type ServerFields } from "./server-fields";

const MAY_BE_KEY = /key|token|secret|passw|auth|bearer|[A-Za-z0-9+/_-]{32,}/i;

export function keptOfFields(fields: ServerFields): string {
  const { settings, args, url, kind } = fields;
  const kept: ServerFields = {
    ...fields,
    settings: linesOf(settings, (line) => withoutValue(line, kind === "http" ? ":" : "=")),
    args: linesOf(args, (line) => (MAY_BE_KEY.test(line) ? "" : line)),
    url: url.split(/[?#]/, 1)[0]?.replace(/\/\/[^/@]*@/, "//") ?? "",
    oauth: null,
  };
  const isEmpty = JSON.stringify(kept) === JSON.stringify(EMPTY_FIELDS);
  return isEmpty ? "" : JSON.stringify(kept);
}

/** Returns the fields of a draft; null if the text is not a draft of this form. */
export function fieldsOfKept(text: string): ServerFields | null {
  try {
    const kept = JSON.parse(text) as Partial<ServerFields>;
    const texts = ["name", "command", "pack", "args", "settings", "cwd", "url", "hosts"] as const;
    const isWhole = texts.every((name) => typeof kept[name] === "string");
    return isWhole ? { ...EMPTY_FIELDS, ...kept } : null;
  } catch {
    return null;
  }
}

/** Returns the line without its value, because most values are keys. A reference to a secret stays. */
function withoutValue(line: string, sign: string): string {
  const at = line.indexOf(sign);
  if (at < 1) return "";
  return /^\s*(Bearer\s+)?\$\{[\w/.-]+\}\s*$/.test(line.slice(at + 1)) ? line : line.slice(0, at + 1);
}

function linesOf(text: string, change: (line: string) => string): string {
  return text
    .split("\n")
    .map(change)
    .filter((line) => line !== "")
    .join("\n");
}
