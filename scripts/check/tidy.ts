import type { Fault } from "./fault";
import { isCode, isTest, type SourceFile } from "./sources";
import { lineOf, type Node, syntaxOf } from "./syntax";

const MOST_LINES = 400;
const LONG_LINE_CHARACTERS = 160;
/** A prompt or a table may need a few long lines; more are a bad habit. */
const MOST_LONG_LINES = 4;

/** Variables of the system, of Node and of tools; they are not settings of Banyan. */
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
  "CFLAGS",
  "COLUMNS",
  "NO_COLOR",
  "FORCE_COLOR",
]);
const SYSTEM_PREFIXES = ["NODE_", "npm_", "NEXT_RUNTIME", "NEXT_PHASE", "NEXTAUTH_URL", "XDG_", "VITEST"];
/** Read by Amazon's client, not by Banyan's code. */
const READ_ELSEWHERE = ["AWS_"];

const SETTINGS_FILE = "lib/env.ts";
const EXAMPLE_FILE = ".env.example";

/**
 * Finds bad habits that the linter does not check. `example` is the text of `.env.example`, or undefined when it is missing.
 */
export function checkTidy(sources: SourceFile[], example: string | undefined): Fault[] {
  return [...sources.flatMap(checkFile), ...checkSettings(sources, example)];
}

function checkFile(source: SourceFile): Fault[] {
  const { file, text } = source;
  const faults: Fault[] = [];
  // A generator writes migrations and icons, and nobody edits them afterwards.
  if (file.startsWith("drizzle/") || file === "components/ui/glyphs/glyphs.ts") return [];
  if (text !== "" && !text.endsWith("\n")) faults.push({ file, message: "does not end in a newline" });
  if (!isCode(file)) return faults;
  return [...faults, ...checkName(file), ...checkLength(source), ...checkEscapes(source)];
}

function checkName(file: string): Fault[] {
  const name = file.slice(file.lastIndexOf("/") + 1);
  if (/^utils?\./i.test(name))
    return [{ file, message: "name the file after its content: a file named utils collects everything" }];
  if (/(manager|service)s?\.[a-z.]+$/i.test(name))
    return [{ file, message: "name the file after what it does, not …Manager or …Service" }];
  return [];
}

function checkLength({ file, text }: SourceFile): Fault[] {
  if (isTest(file)) return [];
  const lines = text.split("\n");
  const faults: Fault[] = [];
  if (lines.length - 1 > MOST_LINES)
    faults.push({ file, message: `has ${lines.length - 1} lines, and the limit is ${MOST_LINES}: split the file` });
  const long = lines.filter((line) => line.length > LONG_LINE_CHARACTERS).length;
  if (long > MOST_LONG_LINES)
    faults.push({
      file,
      message: `has ${long} lines over ${LONG_LINE_CHARACTERS} characters, and the limit is ${MOST_LONG_LINES}: wrap them`,
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
      return found ? [fault(start, `${found}: fix the problem that it hides instead`)] : [];
    }),
    ...places.flatMap(({ node }) => {
      if (node.type === "TSAnyKeyword") return [fault(node.start, "any: write the actual type, or `unknown`")];
      const name = declaredName(node);
      return /(Manager|Service)$/.test(name)
        ? [fault(node.start, `${name}: choose a name that says what it does`)]
        : [];
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

/** Finds environment variables that the code reads and `.env.example` does not explain, and the reverse. */
function checkSettings(sources: SourceFile[], example: string | undefined): Fault[] {
  const code = sources.filter((source) => isCode(source.file) && !isTest(source.file));
  const read = code.flatMap(variablesRead);
  if (example === undefined)
    return read.length > 0
      ? [{ file: EXAMPLE_FILE, message: "is missing: write one that explains every setting" }]
      : [];
  const explained = [...example.matchAll(/^#?\s?([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1] ?? "");
  const faults: Fault[] = read
    .filter((variable) => !explained.includes(variable.name))
    .map(({ file, line, name }) => ({ file, line, message: `reads ${name}, which ${EXAMPLE_FILE} does not explain` }));
  if (example !== "" && !example.endsWith("\n"))
    faults.push({ file: EXAMPLE_FILE, message: "does not end in a newline" });
  // Without a table of settings it is unknown which settings are read.
  if (!code.some((source) => source.file === SETTINGS_FILE)) return faults;
  const words = new Set(code.flatMap((source) => withoutComments(source).match(/\b[A-Z][A-Z0-9_]+\b/g) ?? []));
  for (const name of explained) {
    if (words.has(name) || READ_ELSEWHERE.some((prefix) => name.startsWith(prefix))) continue;
    faults.push({ file: EXAMPLE_FILE, message: `explains ${name}, which no code reads: delete its line` });
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

/** Returns the name in `process.env.PORT` or `process.env["PORT"]`. */
function variableOf(node: Node): string | undefined {
  if (node.type !== "MemberExpression" || node.object.type !== "MemberExpression") return undefined;
  const { object, property } = node.object;
  const isProcess = object.type === "Identifier" && object.name === "process";
  if (!isProcess || property.type !== "Identifier" || property.name !== "env") return undefined;
  return keyOf(node.property, node.computed);
}

/** Returns the name of an entry in the table of settings: `PORT: …` or `name: "PORT"`. */
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
