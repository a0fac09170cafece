import type { Fault } from "./fault";
import { isCode, type SourceFile } from "./sources";
import { type FunctionNode, isFunction, lineOf, type Node, type Place, syntaxOf } from "./syntax";

/**
 * The length of the longest function that read well from top to bottom. It counts statements, so that nobody packs
 * lines to meet a limit. Decision 048 says more.
 */
const MOST_STATEMENTS = 60;

/** Callbacks of these calls may be long, because a test's callback holds all its cases. */
const TEST_CALLS = new Set(["describe", "test", "it"]);

/** Finds functions with too many statements. Those of a function inside another count for the inner one only. */
export function checkFunctions(sources: SourceFile[]): Fault[] {
  return sources.filter(({ file }) => isCode(file)).flatMap(longFunctions);
}

function longFunctions(source: SourceFile): Fault[] {
  const counts = new Map<Place, number>();
  for (const place of syntaxOf(source).places) {
    const owner = isStatement(place) ? ownerOf(place) : undefined;
    if (owner) counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  return [...counts].flatMap(([place, count]) => {
    const node = place.node as FunctionNode;
    if (count <= MOST_STATEMENTS || isTestCallback(source.file, node, place.parent?.node)) return [];
    const message = `${nameOf(place)} has ${count} statements, and the limit is ${MOST_STATEMENTS}: move one of its steps into a top-level function and pass what the step needs`;
    return [{ file: source.file, line: lineOf(source, node.start), message }];
  });
}

/** A block does not count as a statement, and neither does the declaration in the head of a loop. */
function isStatement({ node: { type }, parent }: Place): boolean {
  if (type === "VariableDeclaration") return !parent?.node.type.startsWith("For");
  return type.endsWith("Statement") && type !== "BlockStatement" && type !== "EmptyStatement";
}

function ownerOf(place: Place): Place | undefined {
  let at = place.parent;
  while (at && !isFunction(at.node)) at = at.parent;
  return at;
}

/** Matches `test("…", () => …)`, `test.each(…)("…", () => …)` and `signedIn.describe("…", () => …)`. */
function isTestCallback(file: string, node: FunctionNode, parent: Node | undefined): boolean {
  if (!/\.(test|spec)\.tsx?$/.test(file) || parent?.type !== "CallExpression" || parent.callee === node) return false;
  return namesIn(parent.callee).some((name) => TEST_CALLS.has(name));
}

function namesIn(callee: Node): string[] {
  if (callee.type === "Identifier") return [callee.name];
  if (callee.type === "CallExpression") return namesIn(callee.callee);
  if (callee.type !== "MemberExpression") return [];
  return [...namesIn(callee.object), ...namesIn(callee.property)];
}

/** Returns the function's name, or its variable's or field's, after the names of the functions around it. */
function nameOf(place: Place): string {
  const names: string[] = [];
  for (let at: Place | undefined = place; at; at = at.parent) {
    if (isFunction(at.node)) names.unshift(ownName(at.node, at.parent?.node));
    if (at.node.type === "ClassDeclaration" && at.node.id) names.unshift(at.node.id.name);
  }
  return names.join(".");
}

function ownName(node: FunctionNode, holder: Node | undefined): string {
  if (node.id) return node.id.name;
  if (holder?.type === "VariableDeclarator" && holder.id.type === "Identifier") return holder.id.name;
  if (holder?.type === "Property" || holder?.type === "MethodDefinition" || holder?.type === "PropertyDefinition")
    return holder.key.type === "Identifier" ? holder.key.name : "(computed)";
  if (holder?.type === "ExportDefaultDeclaration") return "default";
  if (holder?.type === "CallExpression") return `(in ${namesIn(holder.callee).join(".")})`;
  return "(unnamed)";
}
