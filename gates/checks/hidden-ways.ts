/**
 * Finds what a reader of JavaScript overlooks: code that reaches the environment by other ways than its plain name,
 * code that nobody can read, names in letters that look like others, a secret in parts, a check that is turned off for
 * a whole file, and a question whether it is on trial. It reads the syntax tree, so texts and comments are no findings.
 */
import { lineFinder } from "@/gates/source/lines";
import { findPatterns } from "@/lib/secrets/patterns";
import { unitsOf } from "@/lib/secrets/scan";
import { type Node, type Place, type Syntax, syntaxOf } from "@/lib/syntax/javascript";
import { constantTexts, type FoldedText } from "./folded";

export interface HiddenWay {
  line: number;
  /** A sentence. */
  says: string;
  /** Whether it also matters in tests, which no release runs. */
  inTests: boolean;
}

const ENVIRONMENT = "This line reaches the environment by another way than its plain name.";
const MAKES_CODE = "This line runs code that no reader sees here.";
const ENCODED = "This line holds a long encoded text, which no reader can read.";
const LETTERS = "A name has letters of another alphabet, which can look like other letters.";
const SUPPRESSES = "This comment turns a check off for more than one rule or line.";
const TRIAL = "This line asks for the release's state, so the code may behave otherwise on trial.";

const GLOBALS = /^(globalThis|global|window|self)$/;
/** Comments that hide all faults in a file or a part of it. */
const BLANKET = [
  /^[\s*/]*@ts-(nocheck|ignore)\b/,
  /^[\s*]*biome-ignore-(all|start)\b/,
  /^[\s*]*biome-ignore\s+(lint|format|assist)\b(?!\/\w+\/\w+)/,
  /^[\s*]*eslint-disable(?!-(next-)?line\s+\S)/,
  /^[\s*]*(istanbul|c8|v8)\s+ignore\b/,
  /^[\s*]*node:coverage\s+(disable|ignore)\b/,
];
/** Letters, digits, and the letters of European languages with their accents. */
const PLAIN_NAME = /^[\x20-\x7e\u00c0-\u024f]*$/;
const LONG = 256;
const ENCODED_TEXT = /^[A-Za-z0-9+/=_-]+$|^(\\x[0-9a-f]{2}|%[0-9a-f]{2})+$/i;
const MOST_NUMBERS = 64;
/** Descriptors 3 and 4 are the port and the launcher. */
const DESCRIPTOR = /^\/(proc\/(self|\d+)|dev)\/fd\b/;

/** Returns null where the text is no JavaScript that can be parsed. `trialWords`: names and texts that reveal a trial. */
export function hiddenWaysIn(path: string, text: string, trialWords: readonly string[]): HiddenWay[] | null {
  const syntax = syntaxOf(path, text);
  if (!syntax) return null;
  const lineAt = lineFinder(text);
  const texts = constantTexts(syntax.places);
  const found = new Map<string, HiddenWay>();
  const add = (start: number, says: string | null, inTests = false) => {
    if (says !== null) found.set(`${lineAt(start)} ${says}`, { line: lineAt(start), says, inTests });
  };
  const trial = new Set(trialWords);
  for (const place of syntax.places) {
    const { node } = place;
    if (isEnvironment(place)) add(node.start, ENVIRONMENT);
    if (makesCode(place)) add(node.start, MAKES_CODE);
    if (isNumbers(node)) add(node.start, ENCODED);
    const name = nameOf(node);
    if (name !== null && !PLAIN_NAME.test(name)) add(node.start, LETTERS, true);
    if ((name !== null && trial.has(name)) || isDescriptor(node)) add(node.start, TRIAL);
  }
  for (const text of texts) {
    if (text.text.length >= LONG && ENCODED_TEXT.test(text.text)) add(text.start, ENCODED);
    if (trialWords.some((word) => text.text.includes(word)) || DESCRIPTOR.test(text.text)) add(text.start, TRIAL);
    add(text.start, secretIn(text), true);
  }
  for (const start of blanketsIn(syntax)) add(start, SUPPRESSES, true);
  return [...found.values()].sort((a, b) => a.line - b.line);
}

function blanketsIn({ comments }: Syntax): number[] {
  return comments.filter(({ value }) => BLANKET.some((sign) => sign.test(value))).map(({ start }) => start);
}

/** A secret in one piece is found by searching the file's text. */
function secretIn({ text, isWhole }: FoldedText): string | null {
  if (isWhole) return null;
  const [secret] = findPatterns(text, unitsOf(text));
  return secret ? `A secret in parts, as it seems: ${secret.name}.` : null;
}

function nameOf(node: Node): string | null {
  if (node.type === "Identifier" || node.type === "JSXIdentifier" || node.type === "PrivateIdentifier")
    return node.name;
  return null;
}

/** Allowed are `process.anything`, `process.env.NAME` and `process.env["NAME"]`, and plain members of the global object. */
function isEnvironment({ node, parent }: Place): boolean {
  const holder = parent?.node;
  if (node.type === "ImportDeclaration" && /^(node:)?process$/.test(node.source.value))
    return node.specifiers.some(
      (specifier) => specifier.type === "ImportSpecifier" || specifier.local.name !== "process",
    );
  if (isImportMeta(node, "env")) return true;
  if (isProcessEnv(node)) return !(holder && isMemberOf(holder, node) && isPlain(holder));
  if (node.type !== "Identifier" || !holder || isOnlyAName(node, holder)) return false;
  if (node.name === "process") return !isMeasured(holder) && !(isMemberOf(holder, node) && !holder.computed);
  // `self` and `window` are common names of other things.
  if (node.name !== "globalThis" && node.name !== "global") return false;
  if (!isMemberOf(holder, node)) return !isMeasured(holder) && holder.type !== "TSTypeQuery";
  return !isPlain(holder) || /^(process|eval|Function|require)$/.test(memberName(holder) ?? "");
}

type Member = Extract<Node, { type: "MemberExpression" }>;

function isMemberOf(holder: Node, object: Node): holder is Member {
  return holder.type === "MemberExpression" && holder.object === object;
}

/** Whether a member is named in one piece. */
function isPlain(member: Member): boolean {
  return memberName(member) !== null;
}

function memberName({ property, computed }: Member): string | null {
  if (property.type === "Identifier") return computed ? null : property.name;
  return property.type === "Literal" && typeof property.value === "string" ? property.value : null;
}

/** `typeof process` */
function isMeasured(holder: Node): boolean {
  return holder.type === "UnaryExpression" && holder.operator === "typeof";
}

/** Whether an identifier only names a member, a key or an import, and has no value. */
function isOnlyAName(node: Node, holder: Node): boolean {
  if (holder.type === "MemberExpression") return holder.property === node && !holder.computed;
  if (holder.type === "Property" || holder.type === "MethodDefinition" || holder.type === "PropertyDefinition")
    return holder.key === node && !holder.computed && !("shorthand" in holder && holder.shorthand);
  return /^(Import|TS)/.test(holder.type);
}

function isProcessEnv(node: Node): boolean {
  if (node.type !== "MemberExpression" || memberName(node) !== "env") return false;
  const { object } = node;
  if (object.type === "Identifier") return object.name === "process";
  return object.type === "MemberExpression" && memberName(object) === "process" && isGlobal(object.object);
}

function isGlobal(node: Node): boolean {
  return node.type === "Identifier" && GLOBALS.test(node.name);
}

function isImportMeta(node: Node, name: string): boolean {
  return node.type === "MemberExpression" && node.object.type === "MetaProperty" && memberName(node) === name;
}

/** Code from a text: by `eval`, `Function`, `vm`, a module whose address is computed or holds it, or WebAssembly. */
function makesCode({ node, parent }: Place): boolean {
  if (node.type === "ImportExpression")
    return node.source.type !== "Literal" || /^data:/.test(String(node.source.value));
  if (node.type === "ImportDeclaration") return /^((node:)?(vm|module)$|data:)/.test(node.source.value);
  if (node.type === "CallExpression" || node.type === "NewExpression") {
    const { callee, arguments: given } = node;
    if (callee.type === "Identifier" && callee.name === "require") return given[0]?.type !== "Literal";
    // `(() => {}).constructor("…")` is `Function`.
    if (callee.type === "MemberExpression" && memberName(callee) === "constructor") return true;
  }
  if (node.type !== "Identifier" || !/^(eval|Function|WebAssembly)$/.test(node.name)) return false;
  const holder = parent?.node;
  return holder !== undefined && !isOnlyAName(node, holder) && !(holder.type === "BinaryExpression");
}

/** A list of numbers can be a program. */
function isNumbers(node: Node): boolean {
  if (node.type !== "ArrayExpression" || node.elements.length < MOST_NUMBERS) return false;
  return node.elements.every((element) => element?.type === "Literal" && typeof element.value === "number");
}

/** `{ fd: 3 }` */
function isDescriptor(node: Node): boolean {
  if (node.type !== "Property" || node.key.type !== "Identifier" || node.key.name !== "fd") return false;
  return node.value.type === "Literal" && (node.value.value === 3 || node.value.value === 4);
}
