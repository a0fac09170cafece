/** The draft of a server form that the browser keeps: all fields, without values that may be keys. Pure. */
import { EMPTY_FIELDS, type ServerFields } from "./server-fields";

const MAY_BE_KEY = /key|token|secret|passw|auth|bearer|[A-Za-z0-9+/_-]{32,}/i;
/** Begins a line that stands for one of the saved server, with its number, so that the draft loses none of its values. */
const SAVED = "\u0001";

/** Returns the draft of a form that began with `saved`; empty when there is nothing to keep. */
export function keptOfFields(fields: ServerFields, saved = EMPTY_FIELDS): string {
  const kept = JSON.stringify(withoutKeys(fields, saved));
  return kept === JSON.stringify(withoutKeys(saved, saved)) ? "" : kept;
}

/** Returns the fields of a draft of a form that began with `saved`; null if the text is not a draft of this form. */
export function fieldsOfKept(text: string, saved = EMPTY_FIELDS): ServerFields | null {
  try {
    const kept = JSON.parse(text) as Partial<ServerFields>;
    const texts = ["name", "command", "pack", "args", "settings", "cwd", "url", "hosts"] as const;
    const isWhole = texts.every((name) => typeof kept[name] === "string");
    return isWhole ? withSaved({ ...EMPTY_FIELDS, ...kept }, saved) : null;
  } catch {
    return null;
  }
}

function withoutKeys(fields: ServerFields, saved: ServerFields): ServerFields {
  const { settings, args, url, kind } = fields;
  return {
    ...fields,
    settings: linesOf(settings, saved.settings, (line) => withoutValue(line, kind === "http" ? ":" : "=")),
    args: linesOf(args, saved.args, (line) => (MAY_BE_KEY.test(line) ? "" : line)),
    url: linesOf(url, saved.url, (line) => line.split(/[?#]/, 1)[0]?.replace(/\/\/[^/@]*@/, "//") ?? ""),
    oauth: null,
  };
}

function withSaved(kept: ServerFields, saved: ServerFields): ServerFields {
  const whole = (name: "settings" | "args" | "url") =>
    kept[name]
      .split("\n")
      .flatMap((line) => (line.startsWith(SAVED) ? (saved[name].split("\n")[Number(line.slice(1))] ?? []) : line))
      .join("\n");
  return { ...kept, settings: whole("settings"), args: whole("args"), url: whole("url") };
}

/** Returns the line without its value, because most values are keys. A reference to a secret stays. */
function withoutValue(line: string, sign: string): string {
  const at = line.indexOf(sign);
  if (at < 1) return "";
  return /^\s*(Bearer\s+)?\$\{[\w/.-]+\}\s*$/.test(line.slice(at + 1)) ? line : line.slice(0, at + 1);
}

function linesOf(text: string, saved: string, change: (line: string) => string): string {
  const known = saved.split("\n");
  return text
    .split("\n")
    .map((line) => (line !== "" && known.includes(line) ? `${SAVED}${known.indexOf(line)}` : change(line)))
    .filter((line) => line !== "")
    .join("\n");
}
