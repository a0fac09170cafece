import type { Fault } from "./fault";
import { isCode, isTest, type SourceFile } from "./sources";
import { lineOf, type Node, syntaxOf } from "./syntax";

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

function checkEscapes(source: SourceFile): Fault[] {
  const { file } = source;
  const { comments, places } = syntaxOf(source);
  const fault = (start: number, message: string): Fault => ({ file, line: lineOf(source, start), message });
  return [
    ...comments.flatMap(({ value, start }) => {
      const found = /^[\s*]*(@ts-ignore|@ts-nocheck|biome-ignore)/.exec(value)?.[1];
      return found ? [fault(start, `${found}: mend what it hides instead`)] : [];
    }),
    ...places.flatMap(({ node }) => {
      if (node.type === "TSAnyKeyword") return [fault(node.start, "any: say what it is, or `unknown`")];
      const name = declaredName(node);
      return /(Manager|Service)$/.test(name) ? [fault(node.start, `${name}: name it after what it does`)] : [];
    }),
  ];
}

function declaredName(node: Node): string {
  switch (node.type) {
    case "ClassDeclaration":
    case "FunctionDeclaration":
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
    case "VariableDeclarator":
      return node.id?.type === "Identifier" ? node.id.name : "";
    default:
      return "";
  }
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
  const words = new Set(code.flatMap((source) => withoutComments(source).match(/\b[A-Z][A-Z0-9_]+\b/g) ?? []));
  for (const name of explained) {
    if (words.has(name) || READ_ELSEWHERE.some((prefix) => name.startsWith(prefix))) continue;
    faults.push({ file: EXAMPLE_FILE, message: `explains ${name}, which nothing reads` });
  }
  return faults;
}

function withoutComments(source: SourceFile): string {
  let [text, at] = ["", 0];
  for (const { start, end } of syntaxOf(source).comments) {
    text += `${source.text.slice(at, start)} `;
    at = end;
  }
  return text + source.text.slice(at);
}

function variablesRead(source: SourceFile): { file: string; line: number; name: string }[] {
  const { file } = source;
  return syntaxOf(source).places.flatMap(({ node }) => {
    const name = variableOf(node) ?? (file === SETTINGS_FILE ? settingOf(node) : undefined);
    if (name === undefined || SYSTEM_VARIABLES.has(name)) return [];
    if (SYSTEM_PREFIXES.some((prefix) => name.startsWith(prefix))) return [];
    return [{ file, line: lineOf(source, node.start), name }];
  });
}

/** `process.env.PORT` and `process.env["PORT"]` */
function variableOf(node: Node): string | undefined {
  if (node.type !== "MemberExpression" || node.object.type !== "MemberExpression") return undefined;
  const { object, property } = node.object;
  const isProcess = object.type === "Identifier" && object.name === "process";
  if (!isProcess || property.type !== "Identifier" || property.name !== "env") return undefined;
  return keyOf(node.property, node.computed);
}

/** In the table of settings: `PORT: …` and `name: "PORT"`. */
function settingOf(node: Node): string | undefined {
  if (node.type !== "Property") return undefined;
  const key = keyOf(node.key, node.computed);
  const name = key === "name" ? keyOf(node.value, true) : key;
  return name && /^[A-Z][A-Z0-9_]{2,}$/.test(name) ? name : undefined;
}

function keyOf(node: Node, isComputed: boolean): string | undefined {
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  return node.type === "Identifier" && !isComputed ? node.name : undefined;
}
