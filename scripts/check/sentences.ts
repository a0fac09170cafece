import path from "node:path";
import type { Fault } from "./fault";
import { isCode, isTest, type SourceFile } from "./sources";
import { around, isFunction, lineOf, type Node, syntaxOf } from "./syntax";

/** Fields and variables that hold text for people. */
const SENTENCES = new Set(
  (
    "sentence sentences title detail message headline reason why summary problem explanation evidence question words " +
    "said reason_detail reasonDetail if_ignored ifIgnored by decided_by decidedBy"
  ).split(" "),
);

/** Methods that search a text. */
const SEARCHING = new Set("startsWith endsWith includes indexOf lastIndexOf match matchAll search split".split(" "));
/** Methods that rewrite a text. They read it only when the pattern contains its words. */
const REWRITING = new Set(["replace", "replaceAll"]);
/** Methods whose result is still the same sentence. */
const KEEPING = new Set("trim trimStart trimEnd toLowerCase toUpperCase slice substring replace replaceAll".split(" "));

/** Checked code: it works on tasks and shows them. Adapters in `lib/` are exempt, because other programs answer with text only. */
const HELD = /^(agents|core|db|server|app|components|scripts\/cli)\//;
const LIST = "scripts/check/read-sentences.ts";

interface Reading {
  file: string;
  line: number;
  name: string;
  how: string;
}

/** Finds code that recovers a fact from text for people, and exceptions (`file:name` with a reason) that are no longer needed. */
export function checkSentences(sources: SourceFile[], exceptions: Record<string, string>): Fault[] {
  const held = sources.filter(({ file }) => HELD.test(file) && isCode(file) && !isTest(file));
  const named = new Map(held.map((source) => [source.file, wordsNamedIn(source)]));
  const readings = held.flatMap((source) => readingsIn(source, named));
  const needed = new Set(readings.map(keyOf));
  const stale = Object.keys(exceptions).filter((key) => !needed.has(key));
  return [
    ...readings.filter((reading) => !(keyOf(reading) in exceptions)).map(faultOf),
    ...held.filter(({ file }) => file.startsWith("db/")).flatMap(wordsInSql),
    ...stale.map((key) => ({ file: LIST, message: `names ${key}, which is no longer an exception: delete its line` })),
  ];
}

function keyOf({ file, name }: Reading): string {
  return `${file}:${name}`;
}

function faultOf({ file, line, name, how }: Reading): Fault {
  return {
    file,
    line,
    message: `reads \`${name}\`, which is text for people, with ${how}: pass the fact in its own field (a code, an id, a number) and build the sentence from it where it is shown`,
  };
}

/** Returns the constants at the top of a file that hold words or a pattern of words. */
function wordsNamedIn(source: SourceFile): Set<string> {
  // Cheaper than the tree, which most files do not need for it.
  if (!/^(?:export )?const \w+ = (?:["'\x60/]|new RegExp)/m.test(source.text)) return new Set();
  return new Set(
    syntaxOf(source).places.flatMap(({ node, parent }) => {
      if (node.type !== "VariableDeclarator" || node.id.type !== "Identifier" || !node.init) return [];
      const isTop = parent?.parent?.node.type === "Program" || parent?.parent?.node.type === "ExportNamedDeclaration";
      return isTop && hasWords(node.init) ? [node.id.name] : [];
    }),
  );
}

/** Returns the names by which a file knows words: its own constants, and those that it imports. */
function wordsKnownIn(source: SourceFile, named: ReadonlyMap<string, Set<string>>): Set<string> {
  const imported = syntaxOf(source).module.staticImports.flatMap(({ moduleRequest, entries }) => {
    const from = placeOf(source.file, moduleRequest.value);
    const words = named.get(`${from}.ts`) ?? named.get(`${from}.tsx`);
    return entries.flatMap(({ importName, localName }) =>
      importName.name && words?.has(importName.name) ? [localName.value] : [],
    );
  });
  return new Set([...(named.get(source.file) ?? []), ...imported]);
}

function placeOf(file: string, module: string): string {
  return module.startsWith("@/") ? module.slice(2) : path.posix.join(path.posix.dirname(file), module);
}

/** Text in quotation marks in SQL that is words, such as 'Interrupted ', and not a code, a list or a date's layout. */
function wordsQuotedIn(sql: string): string | undefined {
  const quoted = sql.split("'").filter((_, at) => at % 2 === 1);
  return quoted.find((text) => /[A-Za-z]{2,} [a-z]{2,}|^[A-Z][a-z]+ $|^ [a-z]{2,} $/.test(text));
}

const SQL = /\b(SELECT|UPDATE|INSERT INTO|DELETE FROM|CASE WHEN)\b/;
/** A search for the beginning of JSON finds nothing once its keys have another order. */
const JSON_LAYOUT = /LIKE '[^']*\{"/;

/** Finds SQL that builds or searches English, and SQL that depends on the layout of JSON. */
function wordsInSql(source: SourceFile): Fault[] {
  return syntaxOf(source).places.flatMap(({ node }): Fault[] => {
    const text =
      node.type === "TemplateLiteral"
        ? node.quasis.map(({ value }) => value.raw).join("?")
        : node.type === "Literal" && typeof node.value === "string"
          ? node.value
          : "";
    if (!SQL.test(text) && !/\bLIKE '/.test(text)) return [];
    const line = lineOf(source, node.start);
    if (JSON_LAYOUT.test(text))
      return [{ file: source.file, line, message: "searches for how JSON begins: read the field, as `fieldOf` does" }];
    const words = wordsQuotedIn(text);
    return words === undefined
      ? []
      : [
          {
            file: source.file,
            line,
            message: `has words for people in SQL (“${words}”): keep the fact, and make the sentence where it is shown`,
          },
        ];
  });
}

function readingsIn(source: SourceFile, named: ReadonlyMap<string, Set<string>>): Reading[] {
  const found: Reading[] = [];
  const words = wordsKnownIn(source, named);
  const aliases = new Map<Node | undefined, Set<string>>();
  for (const place of syntaxOf(source).places) {
    const { node } = place;
    const isAlias = (name: string) => aliases.size > 0 && around(place).some((node) => aliases.get(node)?.has(name));
    const alias = aliasIn(node, isAlias);
    if (alias !== undefined) {
      const scope = around(place).find((node) => isFunction(node) || node.type === "Program");
      aliases.set(scope, (aliases.get(scope) ?? new Set()).add(alias));
    }
    const reading = readingOf(node, isAlias, words);
    if (reading) found.push({ file: source.file, line: lineOf(source, node.start), ...reading });
  }
  return found;
}

type IsAlias = (name: string) => boolean;

/** Returns the new name that `const text = review.detail` or `{ detail: text }` gives to a sentence. */
function aliasIn(node: Node, isAlias: IsAlias): string | undefined {
  if (node.type === "VariableDeclarator" && node.id.type === "Identifier" && node.init)
    return sentenceIn(node.init, isAlias) === undefined ? undefined : node.id.name;
  if (node.type !== "ObjectPattern") return undefined;
  const renamed = node.properties.find(
    (property) =>
      property.type === "Property" &&
      property.key.type === "Identifier" &&
      SENTENCES.has(property.key.name) &&
      !property.shorthand,
  );
  return renamed?.type === "Property" && renamed.value.type === "Identifier" ? renamed.value.name : undefined;
}

function readingOf(
  node: Node,
  isAlias: IsAlias,
  words: ReadonlySet<string>,
): { name: string; how: string } | undefined {
  const isWords = (node: Node) => hasWords(node) || (node.type === "Identifier" && words.has(node.name));
  if (node.type === "CallExpression") return callReading(node, isAlias, isWords);
  if (node.type === "BinaryExpression" && /^[!=]==?$/.test(node.operator)) {
    const text = [node.left, node.right].find(isWords);
    return text && { name: shownName(text === node.left ? node.right : node.left), how: `\`${node.operator}\`` };
  }
  if (node.type === "SwitchStatement" && node.cases.some(({ test }) => test && isWords(test)))
    return { name: shownName(node.discriminant), how: "`switch`" };
  return undefined;
}

/** Recognizes `sentence.includes("…")` and `/…/.test(sentence)`. */
function callReading(
  node: Extract<Node, { type: "CallExpression" }>,
  isAlias: IsAlias,
  isWords: (node: Node) => boolean,
): { name: string; how: string } | undefined {
  const { callee } = node;
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return undefined;
  const method = callee.property.name;
  const [first, second] = node.arguments;
  if (!first) return undefined;
  const isTest = method === "test" || method === "exec";
  if (!isTest && !SEARCHING.has(method) && !REWRITING.has(method)) return undefined;
  // Taking the first line reads the layout of a text, not its words.
  if (method === "split" && second?.type === "Literal" && second.value === 1) return undefined;
  const [text, pattern] = isTest ? [first, callee.object] : [callee.object, first];
  const name = sentenceIn(text, isAlias);
  if (isWords(pattern)) return { name: name ?? shownName(text), how: `\`.${method}\`` };
  return name === undefined || REWRITING.has(method) ? undefined : { name, how: `\`.${method}\`` };
}

/** Whether a text or pattern consists of words, such as "manual stepping" or / to /. A code does not. */
function hasWords(node: Node): boolean {
  if (node.type === "NewExpression" && node.callee.type === "Identifier" && node.callee.name === "RegExp") {
    const [pattern] = node.arguments;
    return pattern !== undefined && hasWords(pattern);
  }
  if (node.type === "TemplateLiteral") return node.quasis.some(({ value }) => WORDS.test(value.raw));
  if (node.type !== "Literal") return false;
  const text = "regex" in node ? node.regex.pattern.replace(/\\./g, "") : node.value;
  return typeof text === "string" && WORDS.test(text);
}

const WORDS = /(?<![\w/])[A-Za-z]+ [A-Za-z]|^ [A-Za-z]+ $/;

/** Returns the name of an expression for a fault's message. */
function shownName(node: Node): string {
  if (node.type === "Identifier") return node.name;
  if (node.type === "MemberExpression") return shownName(node.property);
  if (node.type === "ChainExpression") return shownName(node.expression);
  return node.type === "CallExpression" ? shownName(node.callee) : "a text";
}

/** Returns the name of the text for people that an expression holds, or undefined. */
function sentenceIn(node: Node, isAlias: IsAlias): string | undefined {
  switch (node.type) {
    case "Identifier":
      return SENTENCES.has(node.name) || isAlias(node.name) ? node.name : undefined;
    case "MemberExpression":
      return !node.computed && node.property.type === "Identifier" && SENTENCES.has(node.property.name)
        ? node.property.name
        : undefined;
    case "ChainExpression":
    case "TSNonNullExpression":
    case "TSAsExpression":
      return sentenceIn(node.expression, isAlias);
    case "LogicalExpression":
      return sentenceIn(node.left, isAlias) ?? sentenceIn(node.right, isAlias);
    case "CallExpression":
      return node.callee.type === "MemberExpression" &&
        node.callee.property.type === "Identifier" &&
        KEEPING.has(node.callee.property.name)
        ? sentenceIn(node.callee.object, isAlias)
        : undefined;
    default:
      return undefined;
  }
}
