/** The functions of a file in JavaScript or TypeScript. */
import { lineFinder } from "@/gates/source/lines";
import { type Node, type Place, type Syntax, syntaxOf } from "@/lib/syntax/javascript";
import type { ExportedFunction, MeasuredFunction } from "./measured";

const FUNCTIONS = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);
const BRANCHES = new Set([
  "IfStatement",
  "ConditionalExpression",
  "LogicalExpression",
  "ForStatement",
  "ForInStatement",
  "ForOfStatement",
  "WhileStatement",
  "DoWhileStatement",
  "CatchClause",
]);

export function javaScriptFunctions(path: string, text: string): MeasuredFunction[] {
  const places = syntaxOf(path, text)?.places ?? [];
  const lineAt = lineFinder(text);
  const branches = new Map<Place, number>();
  for (const place of places) {
    const owner = isBranch(place.node) ? ownerOf(place) : undefined;
    if (owner) branches.set(owner, (branches.get(owner) ?? 0) + 1);
  }
  return places
    .filter(({ node }) => FUNCTIONS.has(node.type))
    .map((place) => ({
      name: nameOf(place),
      line: lineAt(place.node.start),
      complexity: 1 + (branches.get(place) ?? 0),
    }));
}

function isBranch(node: Node): boolean {
  return BRANCHES.has(node.type) || (node.type === "SwitchCase" && node.test !== null);
}

function ownerOf(place: Place): Place | undefined {
  for (let at = place.parent; at; at = at.parent) if (FUNCTIONS.has(at.node.type)) return at;
  return undefined;
}

function nameOf({ node, parent }: Place): string {
  if ("id" in node && node.id?.type === "Identifier") return node.id.name;
  const holder = parent?.node;
  if (holder?.type === "VariableDeclarator" && holder.id.type === "Identifier") return holder.id.name;
  if (holder && "key" in holder && holder.key?.type === "Identifier") return holder.key.name;
  return "(without a name)";
}

/** A function is documented by a comment `/** … *\/` directly before it. */
export function javaScriptExports(path: string, text: string): ExportedFunction[] {
  const syntax = syntaxOf(path, text);
  if (!syntax) return [];
  const lineAt = lineFinder(text);
  return syntax.places.flatMap(({ node }) => {
    if (node.type !== "ExportNamedDeclaration" && node.type !== "ExportDefaultDeclaration") return [];
    const name = exportedFunction(node.declaration);
    if (name === null) return [];
    return [{ name, line: lineAt(node.start), isDocumented: isDocumented(syntax, text, node) }];
  });
}

function exportedFunction(declaration: Node | null): string | null {
  if (declaration?.type === "FunctionDeclaration" || declaration?.type === "FunctionExpression")
    return declaration.id?.name ?? "default";
  if (declaration?.type === "ArrowFunctionExpression") return "default";
  if (declaration?.type !== "VariableDeclaration") return null;
  const [first] = declaration.declarations;
  const isFunction = first?.init && FUNCTIONS.has(first.init.type);
  return isFunction && first.id.type === "Identifier" ? first.id.name : null;
}

function isDocumented({ comments }: Syntax, text: string, { start }: Node): boolean {
  return comments.some(
    ({ type, value, end }) =>
      type === "Block" && value.startsWith("*") && end <= start && text.slice(end, start).trim() === "",
  );
}
