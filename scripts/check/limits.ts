import type { Fault } from "./fault";
import { isCode, type SourceFile } from "./sources";
import { lineOf, type Node, syntaxOf } from "./syntax";

/**
 * Finds time limits that may never fire: `AbortSignal.any` holds its signals weakly, and on Node 20 the garbage collector
 * takes one of `AbortSignal.timeout` with its timer.
 */
export function checkLimits(sources: SourceFile[]): Fault[] {
  return sources
    .filter(({ file, text }) => isCode(file) && text.includes("AbortSignal.any("))
    .flatMap((source) => {
      const { places } = syntaxOf(source);
      const timeouts = places.filter(({ node }) => isCallOf(node, "timeout"));
      const names = new Set(timeouts.flatMap(({ parent }) => nameOf(parent?.node)));
      const isLimit = (node: Node) => isCallOf(node, "timeout") || (node.type === "Identifier" && names.has(node.name));
      return places
        .filter(({ node }) => isCallOf(node, "any"))
        .filter(({ node: any }) => places.some(({ node }) => isInside(node, any) && isLimit(node)))
        .map(({ node }) => ({ file: source.file, line: lineOf(source, node.start), message: MESSAGE }));
    });
}

const MESSAGE =
  "combines a timeout by AbortSignal.any, and on Node 20 the garbage collector may take it before it fires: use deadline of lib/time/deadline.ts";

function isCallOf(node: Node, method: "any" | "timeout"): boolean {
  if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return false;
  const { object, property } = node.callee;
  const isOfSignals = object.type === "Identifier" && object.name === "AbortSignal";
  return isOfSignals && property.type === "Identifier" && property.name === method;
}

/** Returns the name of the variable that the node declares, if any. */
function nameOf(node: Node | undefined): string[] {
  return node?.type === "VariableDeclarator" && node.id.type === "Identifier" ? [node.id.name] : [];
}

function isInside(node: Node, outer: Node): boolean {
  return node !== outer && node.start >= outer.start && node.end <= outer.end;
}
