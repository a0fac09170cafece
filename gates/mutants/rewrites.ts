/**
 * Rewrites code so that it does the same, while its text, its tokens and its names differ. Code that recognizes its own
 * text, with or without comments, then no longer does.
 */
import { isJavaScript, type Place, syntaxOf } from "@/lib/syntax/javascript";
import { drawn, type Edit } from "./mutants";
import { newNames } from "./new-names";

/** One rewriting: edits that belong together. */
type Rewriting = readonly Edit[];

/** The most rewritings of each kind: a few change every digest, and hundreds make the text slow to read in a test's output. */
const MOST_OF_A_KIND = 6;
const TYPED = /\.([cm]?ts|tsx)$/;

/** Returns the text rewritten at several places that the seed draws; the same text when there are no such places. */
export function inOtherWords(path: string, text: string, seed: string): string {
  const syntax = isJavaScript(path) ? syntaxOf(path, text) : null;
  if (!syntax) return text;
  const { places } = syntax;
  const starts = new Set(
    places.filter(({ node }) => node.type === "ExpressionStatement").map(({ node }) => node.start),
  );
  // A statement that begins with a parenthesis may become a call of the line before it.
  const inside = places.filter(({ node }) => !starts.has(node.start));
  const kinds: Rewriting[][] = [
    inside.flatMap((place) => parentheses(place)),
    inside.flatMap((place) => otherNumber(place, text, TYPED.test(path))),
    newNames(places, text, seed),
  ];
  const chosen = kinds.flatMap((kind, at) =>
    drawn(kind, `${seed}\0${path}\0${at}`, ([first]) => `${first?.start}`).slice(0, MOST_OF_A_KIND),
  );
  const written = apply(text, chosen.flat());
  return syntaxOf(path, written) ? written : text;
}

/** Later places first, so that the positions of earlier ones stay valid; at one position, insertions come first. */
function apply(text: string, edits: readonly Edit[]): string {
  const ordered = [...edits].sort((a, b) => b.start - a.start || b.end - a.end);
  return ordered.reduce((now, { start, end, replacement }) => now.slice(0, start) + replacement + now.slice(end), text);
}

function parentheses({ node, parent }: Place): Rewriting[] {
  if (!["BinaryExpression", "LogicalExpression", "ConditionalExpression", "CallExpression"].includes(node.type))
    return [];
  // A call in a chain is not a separate expression, and types, decorators and classes have their own rules.
  if (!parent || !HOLDS_ANY.has(parent.node.type)) return [];
  return [
    [
      { start: node.start, end: node.start, replacement: "(" },
      { start: node.end, end: node.end, replacement: ")" },
    ],
  ];
}

/** Nodes whose expressions keep their meaning in parentheses. */
const HOLDS_ANY = new Set([
  "ReturnStatement",
  "VariableDeclarator",
  "IfStatement",
  "BinaryExpression",
  "LogicalExpression",
  "ConditionalExpression",
  "ArrayExpression",
  "WhileStatement",
  "SwitchStatement",
  "TemplateLiteral",
]);

/** `12` as `0xc`, which a type that is a number allows too; in JavaScript also as `(11 + 1)`. */
function otherNumber({ node, parent }: Place, text: string, isTyped: boolean): Rewriting[] {
  if (node.type !== "Literal" || !parent || !HOLDS_NUMBER.has(parent.node.type)) return [];
  const { start, end, value } = node;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || !/^\d+$/.test(text.slice(start, end))) return [];
  const replacement = isTyped || value === 0 || value % 2 === 0 ? `0x${value.toString(16)}` : `(${value - 1} + 1)`;
  return [[{ start, end, replacement }]];
}

const HOLDS_NUMBER = new Set([...HOLDS_ANY, "CallExpression", "NewExpression", "AssignmentExpression"]);
