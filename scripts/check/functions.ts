import type { Fault } from "./fault";
import { isCode, type SourceFile } from "./sources";
import { type FunctionNode, isFunction, lineOf, type Node, type Place, syntaxOf } from "./syntax";

const MOST_LINES = 70;
const LIST = "scripts/check/long-functions.ts";

/** Callbacks of these calls may be long, because a test's callback holds all its cases. */
const TEST_CALLS = new Set(["describe", "test", "it"]);

interface LongFunction {
  file: string;
  name: string;
  line: number;
  lines: number;
}

/** Finds functions over the limit that `exceptions` does not name, and exceptions that are no longer needed. */
export function checkFunctions(sources: SourceFile[], exceptions: Record<string, string>): Fault[] {
  const long = sources.filter(({ file }) => isCode(file)).flatMap(longFunctions);
  const needed = new Set(long.map(keyOf));
  const stale = Object.keys(exceptions).filter((key) => !needed.has(key));
  return [
    ...long.filter((found) => !(keyOf(found) in exceptions)).map(faultOf),
    ...stale.map((key) => ({ file: LIST, message: `names ${key}, which is no longer an exception: delete its line` })),
  ];
}

function keyOf({ file, name }: LongFunction): string {
  return `${file}:${name}`;
}

function faultOf({ file, name, line, lines }: LongFunction): Fault {
  return {
    file,
    line,
    message: `${name} has ${lines} lines, and the limit is ${MOST_LINES}: move one of its steps into a top-level function and pass what the step needs`,
  };
}

function longFunctions(source: SourceFile): LongFunction[] {
  return syntaxOf(source).places.flatMap((place) => {
    const { node } = place;
    if (!isFunction(node)) return [];
    const line = lineOf(source, node.start);
    const lines = lineOf(source, node.end) - line + 1;
    if (lines <= MOST_LINES || isTestCallback(source.file, node, place.parent?.node)) return [];
    return [{ file: source.file, name: nameOf(place), line, lines }];
  });
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
