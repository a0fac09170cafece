/** Renames what only one function knows. */
import { createHash } from "node:crypto";
import type { Node, Place } from "@/lib/syntax/javascript";
import type { Edit } from "./mutants";

const FUNCTIONS = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);
/** Code that may find a binding by a name in a text. */
const BY_NAME = /\beval\b|\bFunction\s*\(|\bwith\s*\(/;

/**
 * Returns the edits for each parameter whose name occurs only in its function: then every occurrence means this
 * parameter, or another binding of the name inside the function, and all get the same new name.
 */
export function newNames(places: readonly Place[], text: string, seed: string): Edit[][] {
  if (BY_NAME.test(text)) return [];
  const named = placesByName(places);
  return places
    .filter(({ node }) => FUNCTIONS.has(node.type))
    .flatMap((place) => {
      return parametersOf(place.node).flatMap((name) => {
        const found = named.get(name) ?? [];
        const fresh = `${name}_${createHash("sha256").update(`${seed}\0${name}`).digest("hex").slice(0, 8)}`;
        if (text.includes(fresh) || !isOnlyIn(found, place, text)) return [];
        return [
          found
            .filter(isReference)
            .map(({ node: { start } }) => ({ start, end: start + name.length, replacement: fresh })),
        ];
      });
    });
}

function placesByName(places: readonly Place[]): Map<string, Place[]> {
  const named = new Map<string, Place[]>();
  for (const place of places) {
    const { node } = place;
    if (node.type !== "Identifier" && node.type !== "JSXIdentifier") continue;
    const found = named.get(node.name);
    if (found) found.push(place);
    else named.set(node.name, [place]);
  }
  return named;
}

function parametersOf(node: Node): string[] {
  if (!("params" in node) || !Array.isArray(node.params)) return [];
  return (node.params as Node[]).flatMap((param) =>
    param.type === "Identifier" && param.name !== "this" ? [param.name] : [],
  );
}

/** Whether all occurrences of the name are references in this function, of a kind that can be renamed. */
function isOnlyIn(found: readonly Place[], within: Place, text: string): boolean {
  return found.every((place) => {
    const { node, parent } = place;
    if (!isReference(place)) return !isShorthand(place);
    const isInside = node.start >= within.node.start && node.end <= within.node.end;
    // The name of the function itself is known outside.
    const isItsName = "id" in within.node && within.node.id === node;
    return (
      isInside &&
      !isItsName &&
      node.type === "Identifier" &&
      parent !== undefined &&
      canRename(place, parent.node, text)
    );
  });
}

function canRename(place: Place, above: Node, text: string): boolean {
  if (isShorthand(place) || /^(Import|Export|Labeled|Break|Continue|Meta)/.test(above.type)) return false;
  if (above.type.startsWith("TS"))
    return ["TSAsExpression", "TSNonNullExpression", "TSSatisfiesExpression"].includes(above.type);
  const { node } = place;
  return node.type === "Identifier" && text.startsWith(node.name, node.start);
}

/** `{ a }` names a field and a variable at once. */
function isShorthand({ node, parent }: Place): boolean {
  const above = parent?.node;
  if (above?.type === "AssignmentPattern") return parent?.parent?.node.type === "Property" && above.left === node;
  return above?.type === "Property" && above.shorthand;
}

/** Whether a node names something in code, and not a field, a label or a type. */
function isReference({ node, parent }: Place): boolean {
  if (!parent) return false;
  const above: Node = parent.node;
  if (above.type === "MemberExpression") return above.computed || above.object === node;
  if ("key" in above && above.key === node) return "computed" in above && above.computed === true;
  return true;
}
