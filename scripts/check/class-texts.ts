import { type ClassSources, indexOf, type Value, valuesOf } from "./class-values";
import type { SourceFile } from "./sources";
import { type Node, syntaxOf } from "./syntax";

/** A text of class names in the code. */
export interface ClassText {
  source: SourceFile;
  start: number;
  /** Whole names only: a name that continues in an inserted value is left out. */
  names: string[];
}

/** Returns the texts given as `className`, also where a constant or function of any file supplies them. */
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

/** Returns the value of `className="…"` and of `{ className: "…" }`. */
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

/** Returns the names in a text, without the first or last when an inserted value continues it. */
function namesIn(text: string, isGluedBefore: boolean, isGluedAfter: boolean): string[] {
  const whole = text.replace(isGluedBefore ? /^\S+/ : "", "").replace(isGluedAfter ? /\S+$/ : "", "");
  return whole.split(/\s+/).filter((name) => name !== "");
}
