/** What a file of JavaScript or TypeScript says about itself. */
import {
  type ArrowFunctionExpression,
  type Comment,
  type MethodDefinition,
  type Node,
  type Function as OxcFunction,
  type PropertyDefinition,
  parseSync,
  visitorKeys,
} from "oxc-parser";
import { Complexity } from "./complexity";
import type { Range } from "./fingerprints";
import { type Found, foundNothing } from "./found";

const FUNCTIONS: ReadonlySet<string> = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
]);
const NESTING: ReadonlySet<string> = new Set([
  "ForStatement",
  "ForInStatement",
  "ForOfStatement",
  "WhileStatement",
  "DoWhileStatement",
  "CatchClause",
  "SwitchStatement",
  "ConditionalExpression",
]);
/** What gives the function in it a name. */
const NAMING: ReadonlySet<string> = new Set([
  "VariableDeclarator",
  "MethodDefinition",
  "PropertyDefinition",
  "Property",
  "AssignmentExpression",
  "ExportDefaultDeclaration",
]);
const DEEPEST = 600;

interface Walk {
  text: string;
  docs: readonly number[];
  found: Found;
  complexity: Complexity;
  /** Names that an `export { … }` names. */
  exported: Set<string>;
}

/** What is around a node. */
interface Around {
  depth: number;
  parent: Node | null;
  /** Of the class around it. */
  className: string;
  isExported: boolean;
  /** Where a comment would stand that documents it. */
  documentedAt: number;
  /** What a function is called that has no name of its own. */
  givenName: string;
  /** Whether it belongs to another function. */
  isInner: boolean;
}

/** Returns null for a text with a syntax error. */
export function foundInJavaScript(path: string, text: string): Found | null {
  const { program, comments, errors } = parseSync(path, text, { preserveParens: false });
  if (errors.length > 0) return null;
  const found = foundNothing();
  found.comments = comments.map(({ start, end }): Range => [start, end]);
  const walk: Walk = { text, docs: docsIn(comments), found, complexity: new Complexity(), exported: new Set() };
  const top = {
    depth: 0,
    parent: null,
    className: "",
    isExported: false,
    documentedAt: 0,
    givenName: "",
    isInner: false,
  };
  visit(walk, program, top);
  for (const one of found.functions) if (walk.exported.has(one.symbol)) one.isExported = true;
  return found;
}

/** Returns where each comment ends that documents what follows. */
function docsIn(comments: readonly Comment[]): number[] {
  return comments.filter(({ type, value }) => type === "Block" && value.startsWith("*")).map(({ end }) => end);
}

function visit(walk: Walk, node: Node, around: Around): void {
  if (around.depth > DEEPEST) throw new RangeError("too deep");
  switch (node.type) {
    case "IfStatement":
      visitIf(walk, node, around, false);
      break;
    case "LogicalExpression": {
      const { parent } = around;
      // A row of the same operator reads as one condition.
      if (!(parent?.type === "LogicalExpression" && parent.operator === node.operator)) walk.complexity.add();
      visitChildren(walk, node, around);
      break;
    }
    case "TSAnyKeyword":
      walk.found.anys.push(node.start);
      break;
    case "ImportDeclaration":
    case "ExportAllDeclaration":
    case "ExportNamedDeclaration":
    case "ExportDefaultDeclaration":
      visitModule(walk, node, around);
      break;
    case "ImportExpression":
    case "CallExpression":
      noteImport(walk, node);
      visitChildren(walk, node, around);
      break;
    case "AssignmentExpression":
      visitAssignment(walk, node, around);
      break;
    case "ClassDeclaration":
    case "ClassExpression": {
      const className = node.id?.name ?? around.givenName;
      const isExported = around.isExported || walk.exported.has(className);
      visitChildren(walk, node, { ...around, className, isExported });
      break;
    }
    case "VariableDeclarator":
    case "MethodDefinition":
    case "PropertyDefinition":
    case "Property":
      visitNamed(walk, node, around);
      break;
    default:
      if (FUNCTIONS.has(node.type)) visitFunction(walk, node, around);
      else visitPlain(walk, node, around);
  }
}

function visitPlain(walk: Walk, node: Node, around: Around): void {
  const isNesting = NESTING.has(node.type);
  if (isNesting) {
    walk.complexity.branch();
    walk.complexity.nest(1);
  }
  visitChildren(walk, node, around);
  if (isNesting) walk.complexity.nest(-1);
}

function visitChildren(walk: Walk, node: Node, around: Around): void {
  const inner = { ...around, parent: node, depth: around.depth + 1 };
  for (const key of visitorKeys[node.type] ?? []) {
    const value: unknown = Reflect.get(node, key);
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(walk, child, inner);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

function visitIf(walk: Walk, node: Extract<Node, { type: "IfStatement" }>, around: Around, isElse: boolean): void {
  const inner = { ...around, parent: node, depth: around.depth + 1 };
  if (inner.depth > DEEPEST) throw new RangeError("too deep");
  if (isElse) walk.complexity.add();
  else walk.complexity.branch();
  visit(walk, node.test, inner);
  walk.complexity.nest(1);
  visit(walk, node.consequent, inner);
  walk.complexity.nest(-1);
  const { alternate } = node;
  if (!alternate) return;
  if (alternate.type === "IfStatement") {
    visitIf(walk, alternate, inner, true);
    return;
  }
  walk.complexity.add();
  walk.complexity.nest(1);
  visit(walk, alternate, inner);
  walk.complexity.nest(-1);
}

type Module = Extract<
  Node,
  { type: "ImportDeclaration" | "ExportAllDeclaration" | "ExportNamedDeclaration" | "ExportDefaultDeclaration" }
>;

function visitModule(walk: Walk, node: Module, around: Around): void {
  const { found } = walk;
  if ("source" in node && node.source) {
    found.imports.push(node.source.value);
    found.importRanges.push([node.start, node.end]);
  }
  if (node.type === "ExportAllDeclaration") {
    if (node.exported === null) found.passedOn.push(node.source.value);
    return;
  }
  if (node.type === "ImportDeclaration") return;
  if (node.type === "ExportNamedDeclaration") {
    for (const { local, exported } of node.specifiers) {
      const [inside, outside] = [nameIn(local), nameIn(exported)];
      if (!node.source && inside) walk.exported.add(inside);
      if (outside && outside !== "default") found.exports.push({ name: outside, at: node.start });
    }
    for (const name of declaredIn(node.declaration)) found.exports.push({ name, at: node.start });
  }
  visitChildren(walk, node, { ...around, isExported: true, documentedAt: node.start, givenName: "default" });
}

function declaredIn(declaration: Node | null): string[] {
  if (!declaration) return [];
  if (declaration.type === "VariableDeclaration")
    return declaration.declarations.map(({ id }) => nameIn(id)).filter(Boolean);
  return "id" in declaration && declaration.id ? [nameIn(declaration.id)].filter(Boolean) : [];
}

function nameIn(node: Node): string {
  if (node.type === "Identifier" || node.type === "PrivateIdentifier") return node.name;
  return node.type === "Literal" && typeof node.value === "string" ? node.value : "";
}

/** `require("…")` and `import("…")`. */
function noteImport(walk: Walk, node: Extract<Node, { type: "ImportExpression" | "CallExpression" }>): void {
  const called = node.type === "CallExpression" ? nameIn(node.callee) : "import";
  const named = node.type === "CallExpression" ? node.arguments[0] : node.source;
  if ((called === "require" || called === "import") && named?.type === "Literal" && typeof named.value === "string")
    walk.found.imports.push(named.value);
}

/** `exports.name = …`, `module.exports = …` and what is given to a member. */
function visitAssignment(walk: Walk, node: Extract<Node, { type: "AssignmentExpression" }>, around: Around): void {
  const target = walk.text.slice(node.left.start, Math.min(node.left.end, node.left.start + 200));
  const isCommon = target === "module.exports" || target.startsWith("exports.") || target.startsWith("module.exports.");
  const name = target.slice(target.lastIndexOf(".") + 1);
  if (isCommon && name !== "exports") walk.found.exports.push({ name, at: node.start });
  if (isCommon && node.right.type === "ObjectExpression") {
    for (const property of node.right.properties) {
      if (property.type !== "Property") continue;
      const key = nameIn(property.key);
      if (property.value.type === "Identifier") walk.exported.add(property.value.name);
      if (key) walk.found.exports.push({ name: key, at: property.start });
    }
  } else if (isCommon && node.right.type === "Identifier") walk.exported.add(node.right.name);
  const isTop = !walk.complexity.isInside;
  visitChildren(walk, node, {
    ...around,
    givenName: isTop ? name : "",
    isExported: isCommon,
    documentedAt: node.start,
  });
}

type Named = Extract<Node, { type: "VariableDeclarator" | "Property" }> | MethodDefinition | PropertyDefinition;

/** What gives a function its name. */
function visitNamed(walk: Walk, node: Named, around: Around): void {
  const named = node.type === "VariableDeclarator" ? node.id : node.key;
  const isPrivate = named.type === "PrivateIdentifier" || ("accessibility" in node && node.accessibility === "private");
  const name = nameIn(named);
  const isMember = node.type === "MethodDefinition" || node.type === "PropertyDefinition";
  visitChildren(walk, node, {
    ...around,
    givenName: name,
    className: isMember ? around.className : "",
    isExported: around.isExported && !isPrivate && node.type !== "Property" && !name.startsWith("_"),
    documentedAt: isMember ? node.start : around.documentedAt,
  });
}

function visitFunction(walk: Walk, node: Node, around: Around): void {
  const { id, body, params } = node as OxcFunction | ArrowFunctionExpression;
  const holder = around.parent?.type;
  const name = id?.name ?? (NAMING.has(holder ?? "") ? around.givenName : "");
  const inner = {
    ...around,
    parent: node,
    depth: around.depth + 1,
    isInner: true,
    isExported: false,
    givenName: "",
    className: "",
  };
  if (name === "" || !body) {
    // A callback reads as a part of the function around it.
    walk.complexity.nest(1);
    visitChildren(walk, node, inner);
    walk.complexity.nest(-1);
    return;
  }
  walk.complexity.enter();
  for (const param of params) visit(walk, param, inner);
  visit(walk, body, inner);
  const isMember = holder === "MethodDefinition" || holder === "PropertyDefinition";
  const start = around.isExported || isMember ? around.documentedAt : startOf(node, around);
  walk.found.functions.push({
    name,
    symbol: isMember && around.className ? `${around.className}.${name}` : name,
    start,
    end: node.end,
    complexity: walk.complexity.leave(),
    isExported: around.isExported && !around.isInner,
    isDocumented: isDocumentedAt(walk, start),
    untyped: 0,
  });
}

/** Of a function in a variable the word `const` belongs to it. */
function startOf(node: Node, { parent, documentedAt }: Around): number {
  if (parent?.type === "VariableDeclarator") return parent.start;
  return parent?.type === "AssignmentExpression" ? documentedAt : node.start;
}

function isDocumentedAt({ docs, text }: Walk, start: number): boolean {
  let low = 0;
  for (let high = docs.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((docs[middle] ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  const end = docs[low - 1];
  return (
    end !== undefined &&
    text
      .slice(end, start)
      .replace(/\b(?:const|let|var)\b/g, "")
      .trim() === ""
  );
}
