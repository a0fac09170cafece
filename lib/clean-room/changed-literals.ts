/**
 * Changes expected values in tests, so that each of these tests must fail. Code that makes every comparison hold, or that
 * reads the expected values from the tests, is noticed by that.
 */
import { randomInt } from "node:crypto";
import { isJavaScript, type Node, syntaxOf } from "@/lib/syntax/javascript";

export interface Changed {
  text: string;
  /** The number of tests with a changed value. */
  tests: number;
}

interface Edit {
  start: number;
  end: number;
  replacement: string;
}

/** Changes at most one expected value in each test. Returns the text as it is where none is surely compared. */
export function withChangedLiterals(path: string, text: string): Changed {
  const edits = isJavaScript(path) ? inJavaScript(path, text) : LINES.flatMap((way) => inLines(way, path, text));
  let changed = text;
  for (const { start, end, replacement } of [...edits].sort((a, b) => b.start - a.start))
    changed = changed.slice(0, start) + replacement + changed.slice(end);
  return { text: changed, tests: edits.length };
}

/** Assertions of equality: the expected value comes second. */
const EQUAL = new Set(["equal", "strictEqual", "deepEqual", "deepStrictEqual", "is", "same", "eql"]);
/** Matchers of `expect`. */
const MATCHERS = new Set(["toBe", "toEqual", "toStrictEqual", "equal", "eql", "eq"]);

function inJavaScript(path: string, text: string): Edit[] {
  const syntax = syntaxOf(path, text);
  return (syntax?.places ?? []).flatMap(({ node, parent }) => {
    if (node.type !== "CallExpression" || node.callee.type !== "Identifier") return [];
    if (!["test", "it"].includes(node.callee.name)) return [];
    for (let above = parent; above; above = above.parent) if (isSwitchedOff(above.node)) return [];
    // Options may skip the test, or expect it to fail.
    if (node.arguments.some(({ type }) => type === "ObjectExpression")) return [];
    const body = node.arguments.map(bodyOf).find((body) => body !== null);
    const edit = body ? firstEdit(body, text) : null;
    return edit ? [edit] : [];
  });
}

/** Whether the tests in this call do not run, or not once. */
function isSwitchedOff(node: Node): boolean {
  return node.type === "CallExpression" && node.callee.type !== "Identifier";
}

/** Returns the statements of a function, or the expression that it returns. */
function bodyOf(node: Node): readonly Node[] | null {
  if (node.type !== "ArrowFunctionExpression" && node.type !== "FunctionExpression") return null;
  const { body } = node;
  if (!body) return null;
  return body.type === "BlockStatement" ? body.body : [body as Node];
}

/** Changes the first comparison that is surely reached: nothing before it may leave the test. */
function firstEdit(statements: readonly Node[], text: string): Edit | null {
  for (const statement of statements) {
    const source = text.slice(statement.start, statement.end);
    if (/\b(skip|todo|return|plan)\b/.test(source)) return null;
    if (statement.type === "VariableDeclaration") continue;
    const expression = statement.type === "ExpressionStatement" ? statement.expression : statement;
    const call = expression.type === "AwaitExpression" ? expression.argument : expression;
    if (call.type !== "CallExpression") return null;
    const expected = expectedIn(call, text);
    if (expected) return { start: expected.start, end: expected.end, replacement: otherThan(expected.value) };
  }
  return null;
}

function expectedIn(call: Extract<Node, { type: "CallExpression" }>, text: string) {
  const { callee } = call;
  if (callee.type === "Identifier") return EQUAL.has(callee.name) ? literal(call.arguments[1]) : null;
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return null;
  const name = callee.property.name;
  const object = text.slice(callee.object.start, callee.object.end);
  if (/^expect\s*\(/.test(object))
    return MATCHERS.has(name) && !/\.(not|rejects|resolves)$/.test(object) ? literal(call.arguments[0]) : null;
  return callee.object.type === "Identifier" && EQUAL.has(name) ? literal(call.arguments[1]) : null;
}

function literal(node: Node | undefined): { start: number; end: number; value: string | number | boolean } | null {
  if (node?.type !== "Literal") return null;
  const { start, end, value } = node;
  return typeof value === "number" || typeof value === "string" || typeof value === "boolean"
    ? { start, end, value }
    : null;
}

function otherThan(value: string | number | boolean): string {
  if (typeof value === "boolean") return String(!value);
  return typeof value === "number"
    ? String(value + randomInt(3, 1_000))
    : JSON.stringify(`${value}${randomInt(10, 1_000)}`);
}

interface LineWay {
  files: RegExp;
  /** Begins a test; its indentation is the first group. */
  test: RegExp;
  /** A comparison directly in a test, with what comes before the expected value, and that value, as groups. */
  compares: RegExp;
}

/** Languages without a parser here: only comparisons that stand alone on a line directly in a test are changed. */
const LINES: readonly LineWay[] = [
  {
    files: /\.py$/,
    test: /^([ \t]*)def test\w*\(/,
    compares: /^([ \t]+(?:assert [^#"'\n]+ == |self\.assertEqual\([^#\n]+, ))(-?\d+|"[^"\\\n]*"|'[^'\\\n]*')\)?\s*$/,
  },
];

function inLines({ files, test, compares }: LineWay, path: string, text: string): Edit[] {
  if (!files.test(path)) return [];
  const edits: Edit[] = [];
  // The indentation of the test's own statements; null outside of a test, and after its first comparison.
  let inside: number | null = null;
  let isFirst = false;
  let at = 0;
  for (const line of text.split("\n")) {
    const begins = test.exec(line);
    const indentation = /^[ \t]*/.exec(line)?.[0].length ?? 0;
    if (begins) [inside, isFirst] = [begins[1]?.length ?? 0, true];
    else if (inside !== null && line.trim() !== "") {
      if (indentation <= inside || /\b(return|skip|raise|if|for|while|with|try)\b/.test(line)) inside = null;
      const found = inside === null ? null : compares.exec(line);
      if (found && isFirst) {
        const start = at + (found[1]?.length ?? 0);
        edits.push({ start, end: start + (found[2]?.length ?? 0), replacement: otherValue(found[2] ?? "") });
        isFirst = false;
      }
    }
    at += line.length + 1;
  }
  return edits;
}

function otherValue(written: string): string {
  if (/^-?\d+$/.test(written)) return String(Number(written) + randomInt(3, 1_000));
  const quote = written.slice(-1);
  return `${written.slice(0, -1)}${randomInt(10, 1_000)}${quote}`;
}
