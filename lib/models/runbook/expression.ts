import type { Value } from "@/core/programs/json";
import { filterFault } from "./filters";
import { patternFault } from "./pattern";
import { SyntaxFault } from "./value";

/**
 * The expressions of runbooks, loosest binding first:
 *
 *     a or b · a and b · not a · a == b  != < <= > >= contains matches · a exists · a + b, a - b · a * b, a / b
 *     -a · a | filter | filter(b, c) · name  name.field  name[0]  name[]  name[].field · "text" 12 true false null (a)
 *
 * `name[]` means every element: what follows it is read from each. No expression can call code: names are the runbook's
 * own values, and filters come from one fixed table.
 */
export type Expression =
  | { kind: "literal"; value: Value }
  | { kind: "name"; name: string; offset: number }
  | { kind: "access"; object: Expression; parts: AccessPart[] }
  | { kind: "not"; operand: Expression }
  | { kind: "negate"; operand: Expression }
  | { kind: "exists"; operand: Expression }
  | { kind: "binary"; operator: BinaryOperator; left: Expression; right: Expression }
  | { kind: "filter"; input: Expression; name: string; args: Expression[] };

export type AccessPart = { kind: "field"; name: string } | { kind: "index"; index: number } | { kind: "each" };

const COMPARISONS = ["==", "!=", "<=", ">=", "<", ">", "contains", "matches"] as const;
export type BinaryOperator = "or" | "and" | (typeof COMPARISONS)[number] | "+" | "-" | "*" | "/";

const MAX_EXPRESSION_CHARS = 2_000;
const MAX_DEPTH = 50;
const TOKEN =
  /\s*(?:([A-Za-z_][A-Za-z0-9_]*)|(\d+(?:\.\d+)?)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(==|!=|<=|>=|[<>|+\-*/().,[\]]))/y;
const WORDS = new Set(["or", "and", "not", "exists", "contains", "matches", "true", "false", "null"]);

interface Token {
  kind: "name" | "number" | "text" | "sign" | "end";
  text: string;
  offset: number;
}

/** Parses one expression; throws `SyntaxFault` with the position. */
export function parseExpression(source: string): Expression {
  if (source.length > MAX_EXPRESSION_CHARS) {
    throw new SyntaxFault(`the expression is longer than ${MAX_EXPRESSION_CHARS} characters`, 0);
  }
  const reader = new ExpressionReader(tokens(source));
  return reader.whole();
}

function tokens(source: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (source.slice(at).trim() !== "") {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(source);
    const start = at + (source.slice(at).length - source.slice(at).trimStart().length);
    if (!match) {
      const char = source[start] ?? "";
      throw new SyntaxFault(
        char === '"' || char === "'" ? "the quoted text is not closed" : `"${char}" does not belong in an expression`,
        start,
      );
    }
    const kind = match[1] ? "name" : match[2] ? "number" : match[3] ? "text" : "sign";
    found.push({ kind, text: match[0].trimStart(), offset: start });
    at = TOKEN.lastIndex;
  }
  found.push({ kind: "end", text: "the end", offset: source.length });
  return found;
}

/** A recursive descent parser with one method for each level of binding, loosest first. */
class ExpressionReader {
  private at = 0;
  private depth = 0;

  constructor(private readonly list: Token[]) {}

  whole(): Expression {
    const expression = this.or();
    if (this.next.kind !== "end") this.fail(`"${this.next.text}" is not expected here`);
    return expression;
  }

  private or(): Expression {
    if (++this.depth > MAX_DEPTH) this.fail("the expression is nested too deeply");
    let left = this.and();
    while (this.accept("or")) left = { kind: "binary", operator: "or", left, right: this.and() };
    this.depth--;
    return left;
  }

  private and(): Expression {
    let left = this.not();
    while (this.accept("and")) left = { kind: "binary", operator: "and", left, right: this.not() };
    return left;
  }

  private not(): Expression {
    let negations = 0;
    while (this.accept("not")) negations++;
    const operand = this.comparison();
    return negations % 2 === 1 ? { kind: "not", operand } : operand;
  }

  private comparison(): Expression {
    const left = this.sum();
    if (this.accept("exists")) return { kind: "exists", operand: left };
    const operator = COMPARISONS.find((sign) => this.accept(sign));
    if (!operator) return left;
    const offset = this.next.offset;
    const right = this.sum();
    if (operator === "matches") {
      if (right.kind !== "literal" || typeof right.value !== "string") {
        throw new SyntaxFault('"matches" needs a pattern in quotes', offset);
      }
      const fault = patternFault(right.value);
      if (fault) throw new SyntaxFault(fault, offset);
    }
    return { kind: "binary", operator, left, right };
  }

  private sum(): Expression {
    let left = this.product();
    for (let sign = this.acceptOf("+", "-"); sign; sign = this.acceptOf("+", "-")) {
      left = { kind: "binary", operator: sign, left, right: this.product() };
    }
    return left;
  }

  private product(): Expression {
    let left = this.negation();
    for (let sign = this.acceptOf("*", "/"); sign; sign = this.acceptOf("*", "/")) {
      left = { kind: "binary", operator: sign, left, right: this.negation() };
    }
    return left;
  }

  private negation(): Expression {
    return this.accept("-") ? { kind: "negate", operand: this.piped() } : this.piped();
  }

  private piped(): Expression {
    let input = this.accessed();
    while (this.accept("|")) {
      const { text: name, offset, kind } = this.next;
      if (kind !== "name") this.fail('the name of a filter must follow "|"');
      this.at++;
      const args = this.accept("(") ? this.arguments() : [];
      const fault = filterFault(
        name,
        args.map((arg) => (arg.kind === "literal" ? arg.value : undefined)),
      );
      if (fault) throw new SyntaxFault(fault, offset);
      input = { kind: "filter", input, name, args };
    }
    return input;
  }

  private arguments(): Expression[] {
    const args: Expression[] = [];
    if (this.accept(")")) return args;
    do args.push(this.or());
    while (this.accept(","));
    this.expect(")");
    return args;
  }

  private accessed(): Expression {
    const object = this.primary();
    const parts: AccessPart[] = [];
    while (true) {
      if (this.accept(".")) {
        if (this.next.kind !== "name") this.fail('the name of a field must follow "."');
        parts.push({ kind: "field", name: this.next.text });
        this.at++;
      } else if (this.accept("[")) parts.push(this.indexOrEach());
      else break;
    }
    return parts.length > 0 ? { kind: "access", object, parts } : object;
  }

  private indexOrEach(): AccessPart {
    if (this.accept("]")) return { kind: "each" };
    const { kind, text } = this.next;
    if (kind !== "number" && kind !== "text") this.fail('put a number, a quoted field, or nothing between "[" and "]"');
    this.at++;
    this.expect("]");
    return kind === "number" ? { kind: "index", index: Number(text) } : { kind: "field", name: unquote(text) };
  }

  private primary(): Expression {
    const token = this.next;
    this.at++;
    if (token.kind === "number") return { kind: "literal", value: Number(token.text) };
    if (token.kind === "text") return { kind: "literal", value: unquote(token.text) };
    if (token.text === "(") {
      const inner = this.or();
      this.expect(")");
      return inner;
    }
    if (token.text === "true" || token.text === "false") return { kind: "literal", value: token.text === "true" };
    if (token.text === "null") return { kind: "literal", value: null };
    if (token.kind === "name" && !WORDS.has(token.text)) {
      return { kind: "name", name: token.text, offset: token.offset };
    }
    this.at--;
    this.fail(
      token.kind === "end" ? "the expression ends where a value is expected" : `"${token.text}" is not expected here`,
    );
  }

  private get next(): Token {
    return this.list[this.at] as Token;
  }

  private accept(text: string): boolean {
    const matches = this.next.text === text && (this.next.kind === "sign" || this.next.kind === "name");
    if (matches) this.at++;
    return matches;
  }

  private acceptOf<Sign extends string>(...signs: Sign[]): Sign | undefined {
    return signs.find((sign) => this.accept(sign));
  }

  private expect(text: string): void {
    if (!this.accept(text)) this.fail(`"${text}" is missing here`);
  }

  private fail(reason: string): never {
    throw new SyntaxFault(reason, this.next.offset);
  }
}

/**
 * Resolves `\
 * `, `\\t`, and a backslash before a quote or a backslash. Other backslashes stay, so that patterns work as usual.
 */
function unquote(text: string): string {
  const escapes: Record<string, string> = { n: "\n", t: "\t", '"': '"', "'": "'", "\\": "\\" };
  return text.slice(1, -1).replace(/\\(.)/gs, (whole, char: string) => escapes[char] ?? whole);
}
