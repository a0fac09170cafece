import { resolveImport } from "./edges";
import type { SourceFile } from "./sources";
import { isFunction, type Node, ownPlaces, type Place, syntaxOf } from "./syntax";

/** An expression and its file. */
export interface Value {
  source: SourceFile;
  node: Node;
}

/** Where a name gets its value: from an expression, from a field of an expression, or from arguments under a key of `passed`. */
interface Given {
  value?: Value;
  field?: string;
  passed?: string;
}

/** Index of the values of names. Each key begins with the file of the name. */
export interface ClassSources {
  files: Map<string, SourceFile>;
  /** `file name` → the file that exports the name. */
  imports: Map<string, SourceFile>;
  /** `file name` → where the name gets its value. */
  given: Map<string, Given[]>;
  /** `file function position` → arguments of calls; `file component attribute` → attributes of its elements. */
  passed: Map<string, Value[]>;
}

export function indexOf(sources: SourceFile[]): ClassSources {
  const files = new Map(sources.map((source) => [source.file, source]));
  const index: ClassSources = { files, imports: new Map(), given: new Map(), passed: new Map() };
  for (const source of sources) addImports(index, source);
  for (const source of sources) {
    for (const place of syntaxOf(source).places) {
      addGiven(index, source, place);
      addPassed(index, source, place.node);
    }
  }
  return index;
}

function addImports({ files, imports }: ClassSources, source: SourceFile): void {
  for (const { moduleRequest, entries } of syntaxOf(source).module.staticImports) {
    const from = files.get(resolveImport(source.file, moduleRequest.value, files) ?? "");
    for (const { localName } of from ? entries : []) if (from) imports.set(`${source.file} ${localName.value}`, from);
  }
}

function addGiven({ given }: ClassSources, source: SourceFile, { node, parent }: Place): void {
  const set = (name: string, what: Given) => {
    const key = `${source.file} ${name}`;
    given.set(key, [...(given.get(key) ?? []), what]);
  };
  if (node.type === "VariableDeclarator" && node.init && node.id.type === "Identifier")
    set(node.id.name, { value: { source, node: node.init } });
  if (node.type === "VariableDeclarator" && node.init && node.id.type === "ObjectPattern")
    for (const { field, name, ...rest } of fieldsIn(node.id, source))
      for (const what of [{ value: { source, node: node.init }, field }, rest]) set(name, what);
  if (!isFunction(node)) return;
  const own = functionName(node, parent?.node);
  if (node.type === "FunctionDeclaration" && own) set(own, { value: { source, node } });
  node.params.forEach((param, at) => {
    const target = param.type === "AssignmentPattern" ? param.left : param;
    if (param.type === "AssignmentPattern" && target.type === "Identifier")
      set(target.name, { value: { source, node: param.right } });
    if (target.type === "Identifier" && own) set(target.name, { passed: `${source.file} ${own} ${at}` });
    if (target.type !== "ObjectPattern") return;
    for (const { field, name, ...rest } of fieldsIn(target, source))
      for (const what of [{ passed: `${source.file} ${own} ${field}` }, rest]) set(name, what);
  });
}

/** Returns the fields of a pattern such as `{ look, ground: shown = "bg-bg" }`, with their local names and defaults. */
function fieldsIn(pattern: Extract<Node, { type: "ObjectPattern" }>, source: SourceFile) {
  return pattern.properties.flatMap((property) => {
    if (property.type !== "Property" || property.key.type !== "Identifier") return [];
    const hasDefault = property.value.type === "AssignmentPattern";
    const target = property.value.type === "AssignmentPattern" ? property.value.left : property.value;
    const fallback =
      hasDefault && property.value.type === "AssignmentPattern" ? { source, node: property.value.right } : undefined;
    return target.type === "Identifier" ? [{ field: property.key.name, name: target.name, value: fallback }] : [];
  });
}

function functionName(node: Node, holder: Node | undefined): string | undefined {
  if ("id" in node && node.id && "name" in node.id) return String(node.id.name);
  return holder?.type === "VariableDeclarator" && holder.id.type === "Identifier" ? holder.id.name : undefined;
}

function addPassed(index: ClassSources, source: SourceFile, node: Node): void {
  const set = (name: string, position: string, value: Node) => {
    const home = index.imports.get(`${source.file} ${name}`) ?? source;
    const key = `${home.file} ${name} ${position}`;
    index.passed.set(key, [...(index.passed.get(key) ?? []), { source, node: value }]);
  };
  const { callee } = node.type === "CallExpression" ? node : { callee: undefined };
  if (node.type === "CallExpression" && callee?.type === "Identifier")
    for (const [at, argument] of node.arguments.entries()) set(callee.name, String(at), argument);
  if (node.type !== "JSXOpeningElement" || node.name.type !== "JSXIdentifier") return;
  for (const attribute of node.attributes)
    if (attribute.type === "JSXAttribute" && attribute.value)
      set(node.name.name, String(attribute.name.name), attribute.value);
}

/** Most steps to follow from a class to its text. */
const LONGEST_WAY = 14;

/** Returns the expressions that can supply a value: branches of a condition, fields of an object, values of a name. */
export function valuesOf(index: ClassSources, { source, node }: Value, way = 0): Value[] {
  if (way > LONGEST_WAY) return [];
  const follow = (...nodes: (Node | null)[]) =>
    nodes.flatMap((node) => (node ? valuesOf(index, { source, node }, way + 1) : []));
  switch (node.type) {
    case "JSXExpressionContainer":
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSNonNullExpression":
    case "ChainExpression":
      return follow(node.expression);
    case "ConditionalExpression":
      return follow(node.consequent, node.alternate);
    case "LogicalExpression":
      return follow(node.left, node.right);
    case "BinaryExpression":
      return node.operator === "+" ? follow(node.left, node.right) : [];
    case "ArrayExpression":
      return follow(...node.elements);
    case "Identifier":
      return valuesOfName(index, source, node.name, way);
    case "MemberExpression": {
      const field = node.computed || node.property.type !== "Identifier" ? undefined : node.property.name;
      return follow(node.object).flatMap((value) => valuesOfField(index, value, field, way));
    }
    case "CallExpression":
      // Either `["…", "…"].filter(Boolean).join(" ")` or a call of the project's own function.
      if (node.callee.type === "MemberExpression") return follow(node.callee.object);
      return follow(node.callee).flatMap((value) => valuesReturned(index, value, way));
    default:
      return [{ source, node }];
  }
}

function valuesOfName(index: ClassSources, source: SourceFile, name: string, way: number): Value[] {
  const key = `${source.file} ${name}`;
  const from = index.imports.get(key);
  if (from) return way > LONGEST_WAY ? [] : valuesOfName(index, from, name, way + 1);
  return (index.given.get(key) ?? []).flatMap(({ value, field, passed }) => {
    const values = value ? valuesOf(index, value, way + 1) : [];
    if (field !== undefined) return values.flatMap((value) => valuesOfField(index, value, field, way));
    const others = passed === undefined ? [] : (index.passed.get(passed) ?? []);
    return [...values, ...others.flatMap((other) => valuesOf(index, other, way + 1))];
  });
}

/** Returns the values of a field, or of all fields when none is named. */
function valuesOfField(index: ClassSources, { source, node }: Value, field: string | undefined, way: number): Value[] {
  if (node.type !== "ObjectExpression") return [];
  return node.properties.flatMap((property) => {
    if (property.type !== "Property") return [];
    const isMeant = field === undefined || (property.key.type === "Identifier" && property.key.name === field);
    return isMeant ? valuesOf(index, { source, node: property.value }, way + 1) : [];
  });
}

function valuesReturned(index: ClassSources, { source, node }: Value, way: number): Value[] {
  if (!isFunction(node)) return [];
  const isShort = node.type === "ArrowFunctionExpression" && node.body.type !== "BlockStatement";
  const returned = isShort
    ? [node.body]
    : ownPlaces(source, node).map((place) => (place.node.type === "ReturnStatement" ? place.node.argument : null));
  return returned.flatMap((node) => (node ? valuesOf(index, { source, node }, way + 1) : []));
}
