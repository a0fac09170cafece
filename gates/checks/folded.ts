/** Texts that code puts together from constant parts, as a secret in pieces is. */
import type { Node, Place } from "@/lib/syntax/javascript";

const MOST_CHARACTERS = 10_000;
/** Deeper than people write; each level could double the work. */
const MOST_DEPTH = 60;

export interface FoldedText {
  start: number;
  text: string;
  /** Whether the source has it in one piece. */
  isWhole: boolean;
}

/** Returns the constant texts of a file: for each part the largest text that it belongs to, cut to a length. */
export function constantTexts(places: readonly Place[]): FoldedText[] {
  const known = constantsIn(places);
  const inside = new Set<Place>();
  const found: FoldedText[] = [];
  for (const place of places) {
    if (place.parent && inside.has(place.parent)) {
      inside.add(place);
      continue;
    }
    const text = textOf(place.node, known, 0);
    if (text === null) continue;
    inside.add(place);
    const isWhole = place.node.type === "Literal" || isOnePiece(place.node);
    found.push({ start: place.node.start, text: text.slice(0, MOST_CHARACTERS), isWhole });
  }
  return found;
}

function isOnePiece(node: Node): boolean {
  return node.type === "TemplateLiteral" && node.expressions.length === 0;
}

/** The constants of a file that are texts of one piece, by their names. */
function constantsIn(places: readonly Place[]): Map<string, string> {
  const known = new Map<string, string>();
  for (const { node } of places) {
    if (node.type !== "VariableDeclarator" || node.id.type !== "Identifier" || !node.init) continue;
    const text = textOf(node.init, known, 0);
    if (text !== null) known.set(node.id.name, text);
  }
  return known;
}

function textOf(node: Node, known: ReadonlyMap<string, string>, depth: number): string | null {
  if (depth > MOST_DEPTH) return null;
  const value = (part: Node) =>
    part.type === "Identifier" ? (known.get(part.name) ?? null) : textOf(part, known, depth + 1);
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : null;
  if (node.type === "TemplateLiteral") {
    const texts = node.quasis.flatMap(({ value: text }, at) => {
      const next = node.expressions[at];
      return [text.cooked ?? "", ...(next ? [value(next)] : [])];
    });
    return joined(texts, "");
  }
  if (node.type === "BinaryExpression" && node.operator === "+")
    return joined([value(node.left), value(node.right)], "");
  if (node.type === "CallExpression") return calledValue(node, value);
  return null;
}

/** `["a", "b"].join("")`, `"a".concat("b")` and `String.fromCharCode(97)`. */
function calledValue(
  { callee, arguments: given }: Extract<Node, { type: "CallExpression" }>,
  value: (part: Node) => string | null,
): string | null {
  if (callee.type !== "MemberExpression" || callee.computed || callee.property.type !== "Identifier") return null;
  const { object, property } = callee;
  if (property.name === "join" && object.type === "ArrayExpression") {
    const by = given[0] ? value(given[0]) : ",";
    return by === null
      ? null
      : joined(
          object.elements.map((element) => (element === null ? "" : value(element))),
          by,
        );
  }
  if (property.name === "concat") return joined([value(object), ...given.map(value)], "");
  if (!/^from(CharCode|CodePoint)$/.test(property.name)) return null;
  const codes = given.map((argument) =>
    argument.type === "Literal" && typeof argument.value === "number" ? argument.value : null,
  );
  return joined(
    codes.map((code) => (code === null || code > 0x10ffff ? null : String.fromCodePoint(code))),
    "",
  );
}

function joined(texts: readonly (string | null)[], by: string): string | null {
  if (texts.some((text) => text === null)) return null;
  // A constant made of constants can double in length at each step.
  const length = texts.reduce((sum, text) => sum + (text?.length ?? 0) + by.length, 0);
  return length > MOST_CHARACTERS * 10 ? null : texts.join(by);
}
