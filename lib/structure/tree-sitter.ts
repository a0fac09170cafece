/** What a file says about itself whose grammar tree-sitter knows: Python, Go, Rust and Java. */
import { createRequire } from "node:module";
import path from "node:path";
import type { Parser, TreeCursor } from "@vscode/tree-sitter-wasm";
import { Complexity } from "./complexity";
import { type Found, foundNothing } from "./found";
import { GRAMMARS, type Grammar, type TreeLanguage } from "./grammars";

const PACKAGE = "@vscode/tree-sitter-wasm";
/** A text that takes longer is built to take long. */
const MOST_PARSE_MS = 5_000;
const DEEPEST = 2_000;

const require = createRequire(import.meta.url);
const parsers = new Map<TreeLanguage, Parser>();
let isReady: Promise<void> | undefined;

/** Loads a grammar. Call it once before `foundBy`. */
export async function loadGrammar(language: TreeLanguage): Promise<void> {
  // It is written for CommonJS, and loads the grammars that lie beside it.
  const treeSitter = require(PACKAGE) as typeof import("@vscode/tree-sitter-wasm");
  isReady ??= treeSitter.Parser.init();
  await isReady;
  if (parsers.has(language)) return;
  const folder = path.dirname(require.resolve(PACKAGE));
  const parser = new treeSitter.Parser();
  parser.setLanguage(await treeSitter.Language.load(path.join(folder, `tree-sitter-${language}.wasm`)));
  parsers.set(language, parser);
}

/** One node on the way from the root. */
interface Frame {
  /** Its type. */
  type: string;
  /** Its operator, or the one of its last child: a row of the same operator counts once. */
  operator: string;
  childOperator: string;
  isAfterElse: boolean;
  kind: "function" | "anonymous" | "nested" | "owner" | "tests" | "plain";
  /** Of a function: what is said about it when it ends. */
  end(): void;
}

interface Walk {
  text: string;
  grammar: Grammar;
  language: TreeLanguage;
  found: Found;
  complexity: Complexity;
  frames: Frame[];
  owners: string[];
  inTests: number;
}

/** Returns null for a text that cannot be parsed in time. */
export function foundBy(language: TreeLanguage, text: string): Found | null {
  const parser = parsers.get(language);
  if (!parser) throw new Error(`The grammar of ${language} is not loaded.`);
  const until = performance.now() + MOST_PARSE_MS;
  const tree = parser.parse(text, null, { progressCallback: () => performance.now() > until });
  if (!tree) {
    parser.reset();
    return null;
  }
  const cursor = tree.walk();
  try {
    const walk: Walk = {
      text,
      grammar: GRAMMARS[language],
      language,
      found: foundNothing(),
      complexity: new Complexity(),
      frames: [],
      owners: [],
      inTests: 0,
    };
    walkAll(walk, cursor);
    return walk.found;
  } finally {
    cursor.delete();
    tree.delete();
  }
}

function walkAll(walk: Walk, cursor: TreeCursor): void {
  for (;;) {
    enter(walk, cursor);
    if (walk.frames.length > DEEPEST) throw new RangeError("too deep");
    if (cursor.gotoFirstChild()) continue;
    leave(walk);
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent()) return;
      leave(walk);
    }
  }
}

const nothing = () => undefined;
const OPERATORS: ReadonlySet<string> = new Set(["&&", "||", "and", "or"]);
const ELSE: ReadonlySet<string> = new Set(["else", "elif"]);

function enter(walk: Walk, cursor: TreeCursor): void {
  const { grammar, found, frames, complexity } = walk;
  const type = cursor.nodeType;
  const parent = frames.at(-1);
  const frame: Frame = { type, operator: "", childOperator: "", isAfterElse: false, kind: "plain", end: nothing };
  frames.push(frame);
  if (OPERATORS.has(type) && parent) {
    if (parent.childOperator !== type) complexity.add();
    parent.operator = type;
  } else if (ELSE.has(type) && parent && parent.type !== "conditional_expression") {
    complexity.add();
    parent.isAfterElse = true;
  } else if (grammar.functions.has(type)) beginFunction(walk, cursor, frame);
  else if (grammar.comments.has(type)) found.comments.push([cursor.startIndex, cursor.endIndex]);
  else if (grammar.ifs.has(type)) {
    // The `if` of an `else if` is counted with its `else`.
    if (parent?.isAfterElse) return;
    complexity.branch();
    complexity.nest(1);
    frame.kind = "nested";
  } else if (grammar.branches.has(type)) {
    complexity.branch();
    complexity.nest(1);
    frame.kind = "nested";
  } else if (grammar.anonymous.has(type)) {
    complexity.nest(1);
    frame.kind = "nested";
  } else if (grammar.imports.has(type)) {
    found.imports.push(...grammar.imported(cursor.nodeText));
    found.importRanges.push([cursor.startIndex, cursor.endIndex]);
  } else if (type in grammar.owners) {
    const field = grammar.owners[type] ?? "name";
    walk.owners.push(cursor.currentNode.childForFieldName(field)?.text.slice(0, 100) ?? "");
    frame.kind = "owner";
  } else special(walk, cursor, frame);
}

/** What only one language has. */
function special(walk: Walk, cursor: TreeCursor, frame: Frame): void {
  if (frame.type === "package_declaration")
    walk.found.packageName = cursor.nodeText.replace(/^package\s+/, "").replace(/[\s;]/g, "");
  if (frame.type !== "mod_item") return;
  const node = cursor.currentNode;
  if (!node.childForFieldName("body")) walk.found.imports.push(`mod ${node.childForFieldName("name")?.text ?? ""}`);
  else if (
    walk.text
      .slice(Math.max(0, node.startIndex - 200), node.startIndex)
      .trimEnd()
      .endsWith("#[cfg(test)]")
  ) {
    walk.found.hasTests = true;
    walk.inTests += 1;
    frame.kind = "tests";
  }
}

function leave(walk: Walk): void {
  const frame = walk.frames.pop();
  if (!frame) return;
  const parent = walk.frames.at(-1);
  if (parent && frame.operator !== "") parent.childOperator = frame.operator;
  if (frame.kind === "nested") walk.complexity.nest(-1);
  if (frame.kind === "owner") walk.owners.pop();
  if (frame.kind === "tests") walk.inTests -= 1;
  frame.end();
}

function beginFunction(walk: Walk, cursor: TreeCursor, frame: Frame): void {
  const { grammar, text, found, complexity } = walk;
  const node = cursor.currentNode;
  const name = node.childForFieldName("name")?.text ?? "";
  const owner = walk.owners.at(-1) ?? grammar.ownerOf?.(node) ?? "";
  const isInner = complexity.isInside;
  const { startIndex: start, endIndex: end } = node;
  const described = grammar.describe(node, { text, comment: commentBefore(walk, start), owner });
  complexity.enter();
  frame.kind = "function";
  frame.end = () => {
    const counted = complexity.leave();
    if (walk.inTests > 0 || name === "") return;
    found.functions.push({
      name,
      symbol: owner === "" ? name : `${owner}.${name}`,
      start,
      end,
      complexity: counted,
      ...described,
      isExported: described.isExported && !isInner,
    });
  };
}

/** Returns the comment that stands directly before; annotations of Rust may stand between. */
function commentBefore({ found, text }: Walk, start: number): string {
  const last = found.comments.at(-1);
  if (!last || last[1] > start) return "";
  const between = text
    .slice(last[1], start)
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("#["));
  if (between.some((line) => line.trim() !== "") || between.length > 2) return "";
  return text.slice(last[0], last[1]);
}
