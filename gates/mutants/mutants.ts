/**
 * Small faults that can be put into JavaScript and TypeScript. Stryker does not fit: it runs the tests with its own
 * plugin for each runner, installed in the repository, so it can neither lay the base's tests over a change nor read
 * every report, and it brings about 240 packages.
 */
import { createHash } from "node:crypto";
import { lineFinder } from "@/gates/source/lines";
import { isJavaScript, type Node, type Place, syntaxOf } from "@/lib/syntax/javascript";

export interface Mutant {
  path: string;
  /** The replaced part of the text, in UTF-16 units. */
  start: number;
  end: number;
  replacement: string;
  line: number;
  /** The changed place before and after, for a person. */
  shown: string;
}

/** A part of the text that is replaced; an insertion has no length. */
export type Edit = Pick<Mutant, "start" | "end" | "replacement">;

const OPERATORS: Record<string, string> = {
  "===": "!==",
  "!==": "===",
  "==": "!=",
  "!=": "==",
  "<": ">=",
  ">": "<=",
  "<=": ">",
  ">=": "<",
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "&&": "||",
  "||": "&&",
};
const MOST_SHOWN = 60;

/** Returns every mutant of a file; none for other languages and for a text with a syntax error. */
export function mutantsOf(path: string, text: string): Mutant[] {
  const syntax = isJavaScript(path) ? syntaxOf(path, text) : null;
  const lineAt = lineFinder(text);
  return (syntax?.places ?? []).flatMap((place) => {
    const edit = editOf(place, text);
    if (!edit) return [];
    const { start, end } = place.node;
    const before = text.slice(start, end);
    const after = text.slice(start, edit.start) + edit.replacement + text.slice(edit.end, end);
    return [{ path, ...edit, line: lineAt(edit.start), shown: `${short(before)} → ${short(after)}` }];
  });
}

export function mutate(text: string, { start, end, replacement }: Edit): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

function editOf({ node, parent }: Place, text: string): Edit | null {
  switch (node.type) {
    case "BinaryExpression":
    case "LogicalExpression":
      return operatorEdit(node, text);
    case "UnaryExpression":
      return node.operator === "!" ? { start: node.start, end: node.start + 1, replacement: "" } : null;
    case "IfStatement":
    case "ConditionalExpression":
      return isPlainTest(node.test)
        ? {
            start: node.test.start,
            end: node.test.end,
            replacement: `!(${text.slice(node.test.start, node.test.end)})`,
          }
        : null;
    case "Literal":
      return literalEdit(node, parent?.node);
    default:
      return null;
  }
}

/** Other tests have a mutant of their own. */
function isPlainTest(test: Node): boolean {
  return test.type === "Identifier" || test.type === "CallExpression" || test.type === "MemberExpression";
}

function operatorEdit(
  node: Extract<Node, { left: unknown; right: unknown; operator: string }>,
  text: string,
): Edit | null {
  const { left, right, operator } = node as { left: Node; right: Node; operator: string };
  const replacement = OPERATORS[operator];
  if (replacement === undefined || (operator === "+" && [left, right].some(isText))) return null;
  const between = text.slice(left.end, right.start);
  // A comment may contain the operator.
  if (between.includes("/*") || between.includes("//")) return null;
  const at = between.indexOf(operator);
  if (at < 0) return null;
  const start = left.end + at;
  return { start, end: start + operator.length, replacement };
}

/** Texts cannot be subtracted, and no test could miss the result. */
function isText(node: Node): boolean {
  if (node.type === "TemplateLiteral") return true;
  if (node.type === "BinaryExpression")
    return node.operator === "+" && (isText(node.left as Node) || isText(node.right));
  return node.type === "Literal" && typeof node.value === "string";
}

function literalEdit(node: Extract<Node, { type: "Literal" }>, parent: Node | undefined): Edit | null {
  // Types and names of fields do not run.
  if (parent === undefined || parent.type.startsWith("TS") || parent.type === "UnaryExpression") return null;
  if ("key" in parent && parent.key === node) return null;
  const { start, end, value } = node;
  if (typeof value === "boolean") return { start, end, replacement: String(!value) };
  if (typeof value === "number" && Number.isInteger(value)) return { start, end, replacement: String(value + 1) };
  return null;
}

/** Returns the items in an order that the seed decides. */
export function drawn<Item>(items: readonly Item[], seed: string, keyOf: (item: Item) => string): Item[] {
  const ranked = items.map((item) => ({
    item,
    rank: createHash("sha256")
      .update(`${seed}\0${keyOf(item)}`)
      .digest("hex"),
  }));
  return ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ item }) => item);
}

export function mutantKey({ path, start, replacement }: Mutant): string {
  return `${path}:${start}:${replacement}`;
}

function short(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN - 1)}…` : line;
}
