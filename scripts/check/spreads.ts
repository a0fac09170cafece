import type { Fault } from "./fault";
import { isCode, type SourceFile } from "./sources";
import { lineOf, type Node, syntaxOf } from "./syntax";

/**
 * Finds literals that are spread into a literal, a call or an element, such as `{ ...{ a, b }, c }`: they say no more than
 * their parts, and only pack them into one line. A spread under a condition, `...(isKnown && { name })`, says something.
 */
export function checkSpreads(sources: SourceFile[]): Fault[] {
  return sources
    .filter(({ file }) => isCode(file))
    .flatMap((source) =>
      syntaxOf(source).places.flatMap(({ node, parent }) =>
        isLiteralSpread(node, parent?.node)
          ? [{ file: source.file, line: lineOf(source, node.start), message: MESSAGE }]
          : [],
      ),
    );
}

const MESSAGE = "spreads a literal, which says no more than its parts: write them out without the spread";

/** An array in an object, or an object in an array, becomes something else by its spread. */
function isLiteralSpread(node: Node, holder: Node | undefined): boolean {
  if (node.type === "JSXSpreadAttribute") return node.argument.type === "ObjectExpression";
  if (node.type !== "SpreadElement") return false;
  return node.argument.type === (holder?.type === "ObjectExpression" ? "ObjectExpression" : "ArrayExpression");
}
