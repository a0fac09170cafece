/** The functions of a file in Python, Go, Rust or Java, by the grammars that editors use for colours. */
import type { SyntaxNode, SyntaxNodeRef } from "@lezer/common";
import { parser as go } from "@lezer/go";
import { parser as java } from "@lezer/java";
import { parser as python } from "@lezer/python";
import { parser as rust } from "@lezer/rust";
import { lineFinder } from "@/gates/source/lines";
import type { ExportedFunction, MeasuredFunction } from "./measured";

/** Returns the text of a node. */
type Read = (node: SyntaxNodeRef) => string;

interface Grammar {
  parser: typeof python;
  /** Nodes that are functions, and the node in each that is its name. */
  functions: Readonly<Record<string, string>>;
  /** Nodes, keywords among them, that add a way through a function. */
  branches: ReadonlySet<string>;
  isExported(node: SyntaxNode, name: string, read: Read): boolean;
  isDocumented(node: SyntaxNode, read: Read): boolean;
}

const MOST_CHARACTERS = 1_000_000;

const GRAMMARS: Readonly<Record<string, Grammar>> = {
  py: {
    parser: python,
    functions: { FunctionDefinition: "VariableName" },
    branches: new Set(["if", "elif", "for", "while", "except", "and", "or", "case"]),
    isExported: (node, name, read) =>
      !name.startsWith("_") && aboveIn(node).every((above) => isPublicPlace(above, read)),
    isDocumented: (node) => node.getChild("Body")?.firstChild?.nextSibling?.firstChild?.name === "String",
  },
  go: {
    parser: go,
    functions: { FunctionDecl: "DefName", MethodDecl: "FieldName" },
    branches: new Set(["if", "for", "case", "LogicOp"]),
    isExported: (node, name, read) => isCapital(name) && hasExportedReceiver(node, read),
    isDocumented: (node, read) => commentsBefore(node).some((comment) => !/^\/\/(go:|nolint)/.test(read(comment))),
  },
  rs: {
    parser: rust,
    functions: { FunctionItem: "BoundIdentifier" },
    branches: new Set(["if", "while", "for", "MatchArm", "LogicOp", "TryExpression"]),
    isExported: (node, _name, read) => {
      const visible = node.getChild("Vis");
      return visible !== null && read(visible) === "pub";
    },
    isDocumented: (node, read) =>
      commentsBefore(node).some((comment) => /^(\/\/\/(?!\/)|\/\*\*(?!\*))/.test(read(comment))) ||
      attributesOf(node).some((attribute) => /^#\[\s*doc\b/.test(read(attribute))),
  },
  java: {
    parser: java,
    functions: { MethodDeclaration: "Definition", ConstructorDeclaration: "Definition" },
    branches: new Set(["if", "for", "while", "catch", "case", "LogicOp"]),
    isExported: (node, _name, read) => {
      const modifiers = node.getChild("Modifiers");
      // A method that overrides another has the other's documentation.
      return modifiers?.getChild("public") != null && !/@Override\b/.test(read(modifiers));
    },
    isDocumented: (node, read) => commentsBefore(node).some((comment) => read(comment).startsWith("/**")),
  },
};

/** Whether a file is in one of these languages. */
export function hasGrammar(path: string): boolean {
  return grammarOf(path) !== undefined;
}

export function functionsByGrammar(path: string, text: string): MeasuredFunction[] {
  const grammar = grammarOf(path);
  if (!grammar || text.length > MOST_CHARACTERS) return [];
  const lineAt = lineFinder(text);
  const found: MeasuredFunction[] = [];
  /** The functions that the walk is in. */
  const open: MeasuredFunction[] = [];
  grammar.parser.parse(text).iterate({
    enter(ref) {
      const owner = open.at(-1);
      if (ref.name in grammar.functions) {
        const name = nameOf(ref.node, grammar, text);
        const made = { name, line: lineAt(ref.from), complexity: 1 };
        found.push(made);
        open.push(made);
      } else if (owner && grammar.branches.has(ref.name) && !isElse(ref)) owner.complexity += 1;
    },
    leave(ref) {
      if (ref.name in grammar.functions) open.pop();
    },
  });
  return found;
}

export function exportsByGrammar(path: string, text: string): ExportedFunction[] {
  const grammar = grammarOf(path);
  if (!grammar || text.length > MOST_CHARACTERS) return [];
  const lineAt = lineFinder(text);
  const read: Read = ({ from, to }) => text.slice(from, to);
  const found: ExportedFunction[] = [];
  grammar.parser.parse(text).iterate({
    enter({ name: type, node }) {
      if (!(type in grammar.functions)) return;
      const name = nameOf(node, grammar, text);
      if (!grammar.isExported(node, name, read)) return;
      found.push({ name, line: lineAt(node.from), isDocumented: grammar.isDocumented(node, read) });
    },
  });
  return found;
}

function grammarOf(path: string): Grammar | undefined {
  const ending = /\.([a-z]+)$/.exec(path)?.[1] ?? "";
  return Object.hasOwn(GRAMMARS, ending) ? GRAMMARS[ending] : undefined;
}

function nameOf(node: SyntaxNode, { functions }: Grammar, text: string): string {
  const name = node.getChild(functions[node.name] ?? "");
  return name ? text.slice(name.from, name.to) : "(without a name)";
}

/** The arm of a `match` in Rust that takes what no other takes. */
function isElse({ name, node }: SyntaxNodeRef): boolean {
  return name === "MatchArm" && node.firstChild?.name === "_";
}

function aboveIn(node: SyntaxNode): SyntaxNode[] {
  const above: SyntaxNode[] = [];
  for (let at = node.parent; at; at = at.parent) above.push(at);
  return above;
}

/** A function in another one, or in a class whose name begins with "_", is not for others. */
function isPublicPlace(node: SyntaxNode, read: Read): boolean {
  if (node.name === "FunctionDefinition") return false;
  const name = node.name === "ClassDefinition" ? node.getChild("VariableName") : null;
  return name === null || !read(name).startsWith("_");
}

function isCapital(name: string): boolean {
  return /^\p{Lu}/u.test(name);
}

function hasExportedReceiver(node: SyntaxNode, read: Read): boolean {
  if (node.name !== "MethodDecl") return true;
  const receiver = node.getChild("Parameters");
  const type = /(\w+)(\[[^\]]*\])?\s*\)$/.exec(receiver ? read(receiver) : "")?.[1];
  return type === undefined || isCapital(type);
}

/** Attributes of Rust are around the function that they are about. */
function outermost(node: SyntaxNode): SyntaxNode {
  let at = node;
  while (at.parent?.name === "AttributeItem") at = at.parent;
  return at;
}

function attributesOf(node: SyntaxNode): SyntaxNode[] {
  const all: SyntaxNode[] = [];
  for (let at = node.parent; at?.name === "AttributeItem"; at = at.parent) all.push(...at.getChildren("Attribute"));
  return all;
}

/** Returns the comments directly before a node and between its attributes. */
function commentsBefore(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let at = outermost(node).prevSibling; at && isComment(at); at = at.prevSibling) found.push(at);
  return found;
}

function isComment({ name }: SyntaxNode): boolean {
  return name === "LineComment" || name === "BlockComment";
}
