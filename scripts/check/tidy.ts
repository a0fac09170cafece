import type { Fault } from "./fault";
import { blank, isCode, isTest, lineAt, type SourceFile } from "./sources";

const MOST_LINES = 400;
const LONG_LINE_CHARACTERS = 160;
/** A prompt or a table may need a few long lines; more of them are a habit. */
const MOST_LONG_LINES = 4;

/** Set by the system, by Node or by the tools that start us; no settings of Banyan. */
const SYSTEM_VARIABLES = new Set([
  "PATH",
  "HOME",
  "USER",
  "SHELL",
  "TERM",
  "TMPDIR",
  "LANG",
  "TZ",
  "CI",
  "COLUMNS",
  "NO_COLOR",
  "FORCE_COLOR",
]);
const SYSTEM_PREFIXES = ["NODE_", "npm_", "NEXT_RUNTIME", "NEXT_PHASE", "NEXTAUTH_URL", "XDG_", "VITEST"];
/** Read by Amazon's own client, not by our code. */
const READ_ELSEWHERE = ["AWS_"];

const SETTINGS_FILE = "lib/env.ts";
const EXAMPLE_FILE = ".env.example";

/**
 * The habits that no linter knows. `example` is the text of `.env.example`, or undefined when it is not there.
 */
export function checkTidy(sources: SourceFile[], example: string | undefined): Fault[] {
  return [...sources.flatMap(checkFile), ...checkSettings(sources, example)];
}

function checkFile(source: SourceFile): Fault[] {
  const { file, text } = source;
  const faults: Fault[] = [];
  // Migrations are written by a generator, and never touched afterwards.
  if (file.startsWith("drizzle/")) return [];
  if (text !== "" && !text.endsWith("\n")) faults.push({ file, message: "does not end in a newline" });
  if (!isCode(file)) return faults;
  return [...faults, ...checkName(file), ...checkLength(source), ...checkEscapes(source)];
}

function checkName(file: string): Fault[] {
  const name = file.slice(file.lastIndexOf("/") + 1);
  if (/^utils?\./i.test(name)) return [{ file, message: "say what is in it: a file named utils collects everything" }];
  if (/(manager|service)s?\.[a-z.]+$/i.test(name))
    return [{ file, message: "name it after what it does, not …Manager or …Service" }];
  return [];
}

function checkLength({ file, text }: SourceFile): Fault[] {
  if (isTest(file)) return [];
  const lines = text.split("\n");
  const faults: Fault[] = [];
  if (lines.length - 1 > MOST_LINES)
    faults.push({ file, message: `has ${lines.length - 1} lines, and ${MOST_LINES} is the limit: split it` });
  const long = lines.filter((line) => line.length > LONG_LINE_CHARACTERS).length;
  if (long > MOST_LONG_LINES)
    faults.push({
      file,
      message: `has ${long} lines over ${LONG_LINE_CHARACTERS} characters, and ${MOST_LONG_LINES} is the limit`,
    });
  return faults;
}

function checkEscapes({ file, text }: SourceFile): Fault[] {
  const faults: Fault[] = [];
  // Spelled in two parts, so that this file does not find itself.
  const comments = new RegExp(
    `(?:\\/\\/|\\/\\*|\\{\\/\\*)[\\s*]*(@ts-${"ignore"}|@ts-${"nocheck"}|biome-${"ignore"})`,
    "g",
  );
  for (const match of text.matchAll(comments))
    faults.push({ file, line: lineAt(text, match.index), message: `${match[1]}: mend what it hides instead` });
  const code = blank(text, { strings: true });
  for (const match of code.matchAll(/(?:[:<,|&(=]|\bas|\bextends)\s*any\b(?!\s*[:(.=?])/g))
    faults.push({ file, line: lineAt(code, match.index), message: "any: say what it is, or `unknown`" });
  for (const match of code.matchAll(/\b(?:class|interface|type|function|const|let)\s+(\w*(?:Manager|Service))\b/g))
    faults.push({ file, line: lineAt(code, match.index), message: `${match[1]}: name it after what it does` });
  return faults;
}

/** Every environment variable that is read is explained in `.env.example`, and everything explained there is read. */
function checkSettings(sources: SourceFile[], example: string | undefined): Fault[] {
  const code = sources.filter((source) => isCode(source.file) && !isTest(source.file));
  const read = code.flatMap(variablesRead);
  if (example === undefined)
    return read.length > 0 ? [{ file: EXAMPLE_FILE, message: "is missing: it explains every setting" }] : [];
  const explained = [...example.matchAll(/^#?\s?([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1] ?? "");
  const faults: Fault[] = read
    .filter((variable) => !explained.includes(variable.name))
    .map(({ file, line, name }) => ({ file, line, message: `reads ${name}, which ${EXAMPLE_FILE} does not explain` }));
  if (example !== "" && !example.endsWith("\n"))
    faults.push({ file: EXAMPLE_FILE, message: "does not end in a newline" });
  // Before there is a table of settings nothing can be said about what is read.
  if (!code.some((source) => source.file === SETTINGS_FILE)) return faults;
  const words = new Set(
    code.flatMap((source) => blank(source.text, { strings: false }).match(/\b[A-Z][A-Z0-9_]+\b/g) ?? []),
  );
  for (const name of explained) {
    if (words.has(name) || READ_ELSEWHERE.some((prefix) => name.startsWith(prefix))) continue;
    faults.push({ file: EXAMPLE_FILE, message: `explains ${name}, which nothing reads` });
  }
  return faults;
}

function variablesRead({ file, text }: SourceFile): { file: string; line: number; name: string }[] {
  const code = blank(text, { strings: false });
  const patterns = [/\bprocess\.env\.([A-Za-z_]\w*)/g, /\bprocess\.env\[\s*["']([A-Za-z_]\w*)["']\s*\]/g];
  // The table of settings: `  PORT: …` or `name: "PORT"`.
  if (file === SETTINGS_FILE)
    patterns.push(/^\s+["']?([A-Z][A-Z0-9_]{2,})["']?\s*:/gm, /\bname:\s*["']([A-Z][A-Z0-9_]{2,})["']/g);
  return patterns
    .flatMap((pattern) => [...code.matchAll(pattern)])
    .map((match) => ({
      file,
      line: lineAt(code, match.index + (/^\s*/.exec(match[0])?.[0].length ?? 0)),
      name: match[1] ?? "",
    }))
    .filter(({ name }) => !SYSTEM_VARIABLES.has(name) && !SYSTEM_PREFIXES.some((prefix) => name.startsWith(prefix)));
}
