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
  const readings = held.flatMap(readingsIn);
  const needed = new Set(readings.map(keyOf));
  const stale = Object.keys(exceptions).filter((key) => !needed.has(key));
  return [
    ...readings.filter((reading) => !(keyOf(reading) in exceptions)).map(faultOf),
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

function readingsIn(source: SourceFile): Reading[] {
  const found: Reading[] = [];
  const aliases = new Map<Node | undefined, Set<string>>();
  for (const place of syntaxOf(source).places) {
    const { node } = place;
    const isAlias = (name: string) => aliases.size > 0 && around(place).some((one) => aliases.get(one)?.has(name));
    const alias = aliasIn(node, isAlias);
    if (alias !== undefined) {
      const scope = around(place).find((one) => isFunction(one) || one.type === "Program");
      aliases.set(scope, (aliases.get(scope) ?? new Set()).add(alias));
    }
    const reading = readingOf(node, isAlias);
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
    (one) => one.type === "Property" && one.key.type === "Identifier" && SENTENCES.has(one.key.name) && !one.shorthand,
  );
  return renamed?.type === "Property" && renamed.value.type === "Identifier" ? renamed.value.name : undefined;
}

function readingOf(node: Node, isAlias: IsAlias): { name: string; how: string } | undefined {
  if (node.type === "CallExpression") return callReading(node, isAlias);
  if (node.type === "BinaryExpression" && /^[!=]==?$/.test(node.operator)) {
    const text = [node.left, node.right].find(hasWords);
    return text && { name: shownName(text === node.left ? node.right : node.left), how: `\`${node.operator}\`` };
  }
  if (node.type === "SwitchStatement" && node.cases.some(({ test }) => test && hasWords(test)))
    return { name: shownName(node.discriminant), how: "`switch`" };
  return undefined;
}

/** Recognizes `sentence.includes("…")` and `/…/.test(sentence)`. */
function callReading(
  node: Extract<Node, { type: "CallExpression" }>,
  isAlias: IsAlias,
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
  if (hasWords(pattern)) return { name: name ?? shownName(text), how: `\`.${method}\`` };
  return name === undefined || REWRITING.has(method) ? undefined : { name, how: `\`.${method}\`` };
}

/** Whether a text or pattern consists of words, such as "manual stepping" or / to /. A code does not. */
function hasWords(node: Node): boolean {
  if (node.type !== "Literal") return false;
  const text = "regex" in node ? node.regex.pattern.replace(/\\./g, "") : node.value;
  return typeof text === "string" && /(?<![\w/])[A-Za-z]+ [A-Za-z]|^ [A-Za-z]+ $/.test(text);
}

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
