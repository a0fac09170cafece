import { type ClassSources, indexOf, type Value, valuesOf } from "./class-values";
import type { SourceFile } from "./sources";
import { type Node, syntaxOf } from "./syntax";

/** A text of class names, as it stands in the code. */
export interface ClassText {
  source: SourceFile;
  start: number;
  /** Whole names only: what is glued to a value on either side is left out. */
  names: string[];
}

/** Finds class names: what is given as `className`, and the constants and functions that are named there, wherever they are. */
export function classTexts(sources: SourceFile[]): ClassText[] {
  const index = indexOf(sources);
  const texts = new Map<Node, ClassText[]>();
  for (const source of sources) {
    for (const { node } of syntaxOf(source).places) {
      const given = givenAsClass(node);
      if (given) collect(index, { source, node: given }, texts);
    }
  }
  return [...texts.values()].flat();
}

/** What stands in `className="…"` and in `{ className: "…" }`. */
function givenAsClass(node: Node): Node | null {
  if (node.type === "JSXAttribute") return /^(c|\w+C)lassName$/.test(String(node.name.name)) ? node.value : null;
  const isField = node.type === "Property" && node.key.type === "Identifier" && node.key.name === "className";
  return isField ? node.value : null;
}

function collect(index: ClassSources, from: Value, texts: Map<Node, ClassText[]>): void {
  for (const { source, node } of valuesOf(index, from)) {
    if (texts.has(node)) continue;
    texts.set(
      node,
      textsIn(node).map((text) => ({ source, ...text })),
    );
    if (node.type !== "TemplateLiteral") continue;
    for (const inner of node.expressions) collect(index, { source, node: inner }, texts);
  }
}

function textsIn(node: Node): { start: number; names: string[] }[] {
  if (node.type === "Literal" && typeof node.value === "string")
    return [{ start: node.start, names: namesIn(node.value, false, false) }];
  if (node.type !== "TemplateLiteral") return [];
  return node.quasis.map(({ start, value }, at) => ({
    start,
    names: namesIn(value.cooked ?? "", at > 0, at < node.quasis.length - 1),
  }));
}

/** The names of a text; the first and the last are no whole names where a value is glued to them. */
function namesIn(text: string, isGluedBefore: boolean, isGluedAfter: boolean): string[] {
  const whole = text.replace(isGluedBefore ? /^\S+/ : "", "").replace(isGluedAfter ? /\S+$/ : "", "");
  return whole.split(/\s+/).filter((name) => name !== "");
}
