/**
 * The signature of an error: the same for the same error in another order, at another time, in another folder. It names
 * the failing tests, or else the first line that looks like an error.
 */
import { createHash } from "node:crypto";
import { linesOf } from "./printed";

const ERROR_LINE =
  /\b(error|exception|panic(?:ked)?|fail(?:ed|ure)?|assert\w*|traceback|undefined|cannot|not found|fatal|refused)\b/i;
/** Lines that sum up, or that a runner prints in any case. */
const NOT_AN_ERROR =
  /^\s*(#|ℹ|TAP version|1\.\.\d|ok\b|✓|npm (warn|notice|error)|> |\d+ (tests?|passing|failing)|(tests?|suites?|test files|fail(ed|ures)?|pass(ed)?)(\s*:)?\s+\d)/i;
const MOST_TESTS = 8;
const MOST_NAME_CHARS = 1_000;
const MOST_CHARS = 160;

/** Returns the signature; null when nothing failed. `failed`: names of the failing tests, where a report names them. */
export function signatureOf(failed: readonly string[], output: string): string | null {
  if (failed.length > 0) {
    const names = [...new Set(failed.map((name) => plain(name.slice(0, MOST_NAME_CHARS))))].sort();
    const more = names.length > MOST_TESTS ? ` and ${names.length - MOST_TESTS} more ${digest(names.join("\n"))}` : "";
    return `${names.slice(0, MOST_TESTS).join("; ")}`.slice(0, 2 * MOST_CHARS) + more;
  }
  const lines = linesOf(output).filter((line) => line.trim() !== "" && !NOT_AN_ERROR.test(line));
  // Programs that work side by side print in any order, so the smallest line counts and not the first.
  const errors = lines.filter((line) => ERROR_LINE.test(line)).map(plain);
  const last = lines.at(-1);
  const line = [...new Set(errors)].sort()[0] ?? (last && plain(last));
  return line === undefined ? null : line.slice(0, MOST_CHARS);
}

/** Takes out what differs from run to run: paths, addresses, ids, times, numbers and temporary names. */
function plain(text: string): string {
  return text
    .replace(/\b\d{4}-\d{2}-\d{2}[T ][\d:.]+(Z|[+-]\d{2}:?\d{2})?/g, "<time>")
    .replace(/\b[a-z]+:\/\/[^\s)"']+/gi, "<address>")
    .replace(/(?:[A-Za-z]:)?(?:\.{0,2}\/)?(?:[\w@.-]+\/)+([\w@.-]+)/g, "$1")
    .replace(/(?<![\w/])\/([\w@.-]+)/g, "$1")
    .replace(/\b(?:tmp|temp)[-_.]?\w+/gi, "<temporary>")
    .replace(/\b0x[0-9a-f]+\b/gi, "<n>")
    .replace(/\b(?=[0-9a-f-]*\d)[0-9a-f]{8,}(?:-[0-9a-f]{4,})*\b/gi, "<id>")
    .replace(/\d+(?:[.:,]\d+)*(?:\s?(?:ms|s|µs|ns|kB|MB|%))?/g, "<n>")
    .replace(/\s+/g, " ")
    .trim();
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
