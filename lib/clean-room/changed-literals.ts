/**
 * Changes expected values in tests, so that each of these tests must fail. Code that makes every comparison hold, or that
 * reads the expected values from the tests, is noticed by that.
 */
import { randomInt } from "node:crypto";
import { isJavaScript, type Node, type Place, syntaxOf } from "@/lib/syntax/javascript";

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
  const edits = isJavaScript(path) ? inJavaScript(path, text) : path.endsWith(".py") ? inPython(text) : [];
  let changed = text;
  for (const { start, end, replacement } of [...edits].sort((a, b) => b.start - a.start))
    changed = changed.slice(0, start) + replacement + changed.slice(end);
  return { text: changed, tests: edits.length };
}

/** Assertions of equality: the expected value comes second. */
const EQUAL = new Set(["equal", "strictEqual", "deepEqual", "deepStrictEqual", "is", "same", "eql"]);
/** Matchers of `expect`. */
const MATCHERS = new Set(["toBe", "toEqual", "toStrictEqual", "equal", "eql", "eq"]);

/** Calls in which tests stand that run once. */
const GROUPS = new Set(["describe", "suite", "context"]);
/** What may stand between a test and its file; in a condition, a loop or a helper a test may run never, or more than once. */
const AROUND = new Set(["Program", "ExpressionStatement", "BlockStatement"]);
/** Other tests of the file do not run beside the chosen ones, and a hook may skip all of them. */
const CHOSEN = /\.only\b|\bf(?:it|describe)\s*\(|\bthis\.skip\s*\(/;

function inJavaScript(path: string, text: string): Edit[] {
  const syntax = CHOSEN.test(text) ? null : syntaxOf(path, text);
  return (syntax?.places ?? []).flatMap(({ node, parent }) => {
    if (node.type !== "CallExpression" || node.callee.type !== "Identifier") return [];
    if (!["test", "it"].includes(node.callee.name)) return [];
    for (let above = parent; above; above = above.parent) if (!surelyRuns(above)) return [];
    // Options may skip the test, or expect it to fail.
    if (node.arguments.some(({ type }) => type === "ObjectExpression")) return [];
    const body = node.arguments.map(bodyOf).find((body) => body !== null);
    const edit = body ? firstEdit(body, text) : null;
    return edit ? [edit] : [];
  });
}

/** Whether a test in this node runs once, as far as it depends on the node. */
function surelyRuns({ node, parent }: Place): boolean {
  if (node.type === "CallExpression")
    return (
      node.callee.type === "Identifier" &&
      GROUPS.has(node.callee.name) &&
      !node.arguments.some(({ type }) => type === "ObjectExpression")
    );
  // The body of a group: a test in the name of one, or in a function that something else calls, is none.
  return AROUND.has(node.type) || (bodyOf(node) !== null && parent?.node.type === "CallExpression");
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
    if (/\b(skip|todo|return|plan|pending|fails?)\b/.test(source)) return null;
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
    return MATCHERS.has(name) && isPlain(callee.object) ? literal(call.arguments[0]) : null;
  return callee.object.type === "Identifier" && EQUAL.has(name) ? literal(call.arguments[1]) : null;
}

/** What turns a comparison round, or lets it wait, anywhere in a chain such as `expect(a).not.to`. */
const TURNS = new Set(["not", "rejects", "resolves", "eventually", "any", "oneOf"]);

function isPlain(chain: Node): boolean {
  let at = chain;
  while (at.type === "MemberExpression" || (at.type === "CallExpression" && at.callee.type === "MemberExpression")) {
    const member = at.type === "MemberExpression" ? at : at.callee;
    if (member.type !== "MemberExpression" || member.property.type !== "Identifier") return false;
    if (TURNS.has(member.property.name)) return false;
    at = member.object;
  }
  return true;
}

/** From it on a number may be the same as its neighbours. */
const MOST_NUMBER = 2 ** 53;

function literal(node: Node | undefined): { start: number; end: number; value: string | number | boolean } | null {
  if (node?.type !== "Literal") return null;
  const { start, end, value } = node;
  if (typeof value === "number" && Math.abs(value) >= MOST_NUMBER) return null;
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

/** A line of Python outside of strings: a statement begins there, or goes on. */
interface PythonLine {
  text: string;
  /** Where it begins in the file. */
  at: number;
  indentation: number;
}

/** A comparison that stands alone on a line, with what comes before the expected value, that value, and what closes it. */
const COMPARES =
  /^([ \t]+(?:assert [^#"'\n]+ == |self\.assertEqual\([^#\n]+, ))(-?\d+|"[^"\\\n]*"|'[^'\\\n]*')(\)?)\s*$/;
/** After these words an assertion may hold with another value. */
const MAY_HOLD = /\b(not|or|if|lambda)\b/;
const TEST = /^\s*def test\w*\(/;
/** pytest runs tests of classes by this name, and unittest those of its own classes. */
const TEST_CLASS = /^\s*class (?:Test\w*\s*[(:]|\w+\(.*TestCase\b)/;
/** What leaves a test, repeats it, or begins a text of several lines. */
const LEAVES = /\b(return|skip|raise|if|for|while|with|try|def|class|lambda|match|async)\b|"""|'''/;
/** What may skip tests of a file from somewhere else in it. */
const SKIPS = /\b(pytestmark|importorskip|allow_module_level|skipTest|SkipTest|load_tests|__test__)\b/;

/** Python has no parser here: only comparisons that stand alone on a line directly in a test are changed. */
function inPython(text: string): Edit[] {
  if (SKIPS.test(text)) return [];
  const edits: Edit[] = [];
  /** The blocks around the line: whether tests in them surely run. */
  const around: { indentation: number; runs: boolean }[] = [];
  let isDecorated = false;
  /** The indentation of the test's own statements; null outside of a test, and after its first comparison. */
  let inside: number | null = null;
  for (const line of pythonLines(text)) {
    const { indentation } = line;
    while ((around.at(-1)?.indentation ?? -1) >= indentation) around.pop();
    const runs = around.length === 0 ? indentation === 0 : around.every((block) => block.runs);
    const isBlock = /^\s*(def|class)\b|:\s*(#.*)?$/.test(line.text);
    if (isBlock) around.push({ indentation, runs: runs && !isDecorated && TEST_CLASS.test(line.text) });
    if (TEST.test(line.text)) inside = runs && !isDecorated ? -1 : null;
    else if (inside !== null) {
      // The first statement says how far the others are indented.
      if (inside === -1) inside = indentation;
      if (indentation !== inside || LEAVES.test(line.text)) inside = null;
      const edit = inside === null ? null : pythonEdit(line);
      if (edit !== null) {
        edits.push(edit);
        inside = null;
      }
    }
    // A decorator may go on over several lines, up to what it decorates.
    isDecorated = line.text.trimStart().startsWith("@") || (isDecorated && !isBlock);
  }
  return edits;
}

function pythonLines(text: string): PythonLine[] {
  let at = 0;
  return text.split("\n").flatMap((line) => {
    const here = { text: line, at, indentation: /^[ \t]*/.exec(line)?.[0].length ?? 0 };
    at += line.length + 1;
    return line.trim() === "" || line.trimStart().startsWith("#") ? [] : [here];
  });
}

function pythonEdit({ text, at }: PythonLine): Edit | null {
  const [, before = "", value = "", close = ""] = COMPARES.exec(text) ?? [];
  if (value === "" || MAY_HOLD.test(before)) return null;
  const isMethod = before.trimStart().startsWith("self.");
  // The value is the right side of the whole comparison, or the second of exactly two arguments.
  const { depth, commas } = openIn(before);
  if (isMethod ? close === "" || depth !== 1 || commas !== 1 : close !== "" || depth !== 0) return null;
  return { start: at + before.length, end: at + before.length + value.length, replacement: otherValue(value) };
}

/** Returns how many brackets a text leaves open, and how many commas stand in the first of them alone. */
function openIn(text: string): { depth: number; commas: number } {
  let depth = 0;
  let commas = 0;
  for (const character of text) {
    if ("([{".includes(character)) depth += 1;
    else if (")]}".includes(character)) depth -= 1;
    else if (character === "," && depth === 1) commas += 1;
  }
  return { depth, commas };
}

function otherValue(written: string): string {
  if (/^-?\d+$/.test(written)) return String(BigInt(written) + BigInt(randomInt(3, 1_000)));
  const quote = written.slice(-1);
  return `${written.slice(0, -1)}${randomInt(10, 1_000)}${quote}`;
}
