/** How the grammars of tree-sitter name what counts. */
import type { Node } from "@vscode/tree-sitter-wasm";
import type { CodeLanguage } from "@/core/insights/facts";

export type TreeLanguage = Exclude<CodeLanguage, "javascript" | "typescript">;

/** What a function says about itself besides its name. */
interface Described {
  isExported: boolean;
  isDocumented: boolean;
  untyped: number;
}

/** Where a function stands. */
interface Standing {
  text: string;
  /** The text of the comment directly before it; empty for none. */
  comment: string;
  owner: string;
}

export interface Grammar {
  functions: ReadonlySet<string>;
  /** Functions without a name, which read as a part of the function around them. */
  anonymous: ReadonlySet<string>;
  branches: ReadonlySet<string>;
  ifs: ReadonlySet<string>;
  comments: ReadonlySet<string>;
  imports: ReadonlySet<string>;
  /** What owns functions, with the field of its name. */
  owners: Readonly<Record<string, string>>;
  /** The type with which a method of Go names its owner. */
  ownerOf?(node: Node): string;
  describe(node: Node, standing: Standing): Described;
  /** Returns what an import names. */
  imported(text: string): string[];
}

const PYTHON: Grammar = {
  functions: new Set(["function_definition"]),
  anonymous: new Set(["lambda"]),
  branches: new Set(["for_statement", "while_statement", "except_clause", "conditional_expression", "match_statement"]),
  ifs: new Set(["if_statement"]),
  comments: new Set(["comment"]),
  imports: new Set(["import_statement", "import_from_statement"]),
  owners: { class_definition: "name" },
  describe(node, { owner }) {
    const name = node.childForFieldName("name")?.text ?? "";
    const first = node.childForFieldName("body")?.firstNamedChild;
    return {
      isExported: !name.startsWith("_") && !owner.startsWith("_"),
      isDocumented: first?.type === "expression_statement" && first.firstNamedChild?.type === "string",
      untyped: untypedIn(node, owner !== ""),
    };
  },
  imported: importedByPython,
};

const UNTYPED: ReadonlySet<string> = new Set(["identifier", "default_parameter"]);

function untypedIn(node: Node, isMember: boolean): number {
  const parameters = node.childForFieldName("parameters")?.namedChildren ?? [];
  // The first parameter of a method is its object.
  const own = isMember && UNTYPED.has(parameters[0]?.type ?? "") ? parameters.slice(1) : parameters;
  const missing = own.filter((parameter) => parameter !== null && UNTYPED.has(parameter.type)).length;
  return missing + (node.childForFieldName("return_type") ? 0 : 1);
}

/** Returns modules, and what is imported from a module, because that may be a module too. */
function importedByPython(text: string): string[] {
  const words = text
    .replace(/[(),;\\]/g, " ")
    .split(/\s+/)
    .filter(Boolean);
  const plain = words.filter((word, at) => word !== "as" && words[at - 1] !== "as");
  if (plain[0] === "import") return plain.slice(1);
  const [, from = "", , ...names] = plain;
  return [
    from,
    ...names.filter((name) => name !== "*").map((name) => (from.endsWith(".") ? from + name : `${from}.${name}`)),
  ];
}

const GO: Grammar = {
  functions: new Set(["function_declaration", "method_declaration"]),
  anonymous: new Set(["func_literal"]),
  branches: new Set(["for_statement", "expression_switch_statement", "type_switch_statement", "select_statement"]),
  ifs: new Set(["if_statement"]),
  comments: new Set(["comment"]),
  imports: new Set(["import_spec"]),
  owners: {},
  ownerOf: (node) =>
    /[\p{L}_][\p{L}\p{N}_]*\s*(?:\[[^\]]{0,200}\]\s*)?\)?$/u
      .exec(node.childForFieldName("receiver")?.text ?? "")?.[0]
      .replace(/[\s)[].*$/u, "") ?? "",
  describe(node, { comment }) {
    const name = node.childForFieldName("name")?.text ?? "";
    return { isExported: /^\p{Lu}/u.test(name), isDocumented: comment !== "", untyped: 0 };
  },
  imported: (text) => [text.slice(text.search(/["`]/)).replace(/["`]/g, "")],
};

const RUST: Grammar = {
  functions: new Set(["function_item"]),
  anonymous: new Set(["closure_expression"]),
  branches: new Set(["for_expression", "while_expression", "loop_expression", "match_expression"]),
  ifs: new Set(["if_expression"]),
  comments: new Set(["line_comment", "block_comment"]),
  imports: new Set(["use_declaration"]),
  owners: { impl_item: "type", trait_item: "name" },
  describe: (node, { comment }) => ({
    isExported: node.firstChild?.type === "visibility_modifier",
    isDocumented: comment.startsWith("///") || comment.startsWith("/**"),
    untyped: 0,
  }),
  imported: (text) =>
    expanded(
      text
        .replace(/^(?:pub(?:\([^)]{0,100}\))?\s+)?use\s+/, "")
        .replace(/;$/, "")
        .replace(/\s+/g, ""),
    ),
};

const MOST_NAMES = 200;

/** Expands `a::{b, c::d}` into the paths that it stands for. */
function expanded(path: string): string[] {
  const paths: string[] = [];
  const open: string[] = [];
  let prefix = "";
  let word = "";
  for (const character of `${path},`) {
    if (paths.length >= MOST_NAMES) break;
    if (character === "{") {
      open.push(prefix);
      prefix += word;
      word = "";
    } else if (character === "," || character === "}") {
      if (word !== "") paths.push((prefix + word).replaceAll("::", "."));
      word = "";
      if (character === "}") prefix = open.pop() ?? "";
    } else word += character;
  }
  return paths;
}

const JAVA: Grammar = {
  functions: new Set(["method_declaration", "constructor_declaration"]),
  anonymous: new Set(["lambda_expression"]),
  branches: new Set([
    "for_statement",
    "enhanced_for_statement",
    "while_statement",
    "do_statement",
    "catch_clause",
    "switch_expression",
    "ternary_expression",
  ]),
  ifs: new Set(["if_statement"]),
  comments: new Set(["line_comment", "block_comment"]),
  imports: new Set(["import_declaration"]),
  owners: {
    class_declaration: "name",
    interface_declaration: "name",
    enum_declaration: "name",
    record_declaration: "name",
  },
  describe(node, { comment }) {
    const first = node.firstChild;
    const modifiers = first?.type === "modifiers" ? first.text : "";
    // What overrides has the documentation of what it overrides.
    return {
      isExported: /\bpublic\b/.test(modifiers),
      isDocumented: comment.startsWith("/**") || modifiers.includes("@Override"),
      untyped: 0,
    };
  },
  imported: (text) => [text.replace(/^import\s+(?:static\s+)?/, "").replace(/[\s;]/g, "")],
};

export const GRAMMARS: Record<TreeLanguage, Grammar> = { python: PYTHON, go: GO, rust: RUST, java: JAVA };
