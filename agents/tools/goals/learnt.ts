/** Answers learnt by heart: code that decides by the inputs of the visible tests, and gives what they expect. */

interface Pair {
  inputs: readonly string[];
  expected: string;
}

/** A line may be a megabyte of anything, so no literal is longer than tests write them. */
const LITERAL = String.raw`-?\d{1,40}(?:\.\d{1,40})?|"(?:[^"\\\n]|\\.){0,500}"|'(?:[^'\\\n]|\\.){0,500}'|\x60[^\x60\n]{0,500}\x60|true|false|True|False`;
const CALL = String.raw`(?:await\s+)?[\w.:]+\(([^()\n]*)\)`;
/** A call with literals, and the literal that a test expects of it. */
const EXPECTS = [
  String.raw`(?:[eE]qual|[sS]trictEqual|[dD]eepEqual|eql|same|is|assertEquals)\(\s*${CALL}\s*,\s*(${LITERAL})\s*[,)]`,
  String.raw`expect\(\s*${CALL}\s*\)\.(?:to\.)?(?:toBe|toEqual|toStrictEqual|equal|eql|eq)\(\s*(${LITERAL})\s*\)`,
  String.raw`assert\s+${CALL}\s*==\s*(${LITERAL})`,
  String.raw`assert_eq!\(\s*${CALL}\s*,\s*(${LITERAL})`,
].map((pattern) => new RegExp(pattern, "g"));
const TOKEN = new RegExp(LITERAL, "g");
/** A literal that is compared, or that is a key or an item of a table. `n % 15 === 0` compares with 0, not with 15. */
const DECIDES = new RegExp(
  String.raw`(?:[=!]==?|\b(?:case|is|in|when)\b|[[{(,])\s*(${LITERAL})|(?<![%*/+-]\s{0,2})(${LITERAL})\s*(?:===?|:|=>|->)`,
  "g",
);

/** Fewer visible cases than this, or than half of them, prove nothing: a table of constants may hold one by chance. */
const FEWEST = 2;
/** A branch and what it returns may stand in lines after each other. */
const LINES = 3;

/** Returns a sentence when new lines of sources hold the visible cases; else null. */
export function learntByHeart(
  tests: readonly string[],
  sources: readonly { path: string; lines: readonly string[] }[],
) {
  const pairs = distinct(tests.flatMap(pairsIn));
  if (pairs.length < FEWEST) return null;
  const windows = sources.flatMap(({ lines }) =>
    lines.map((_, at) => readWindow(lines.slice(at, at + LINES).join("\n"))),
  );
  const held = pairs.filter((pair) => windows.some((window) => holds(window, pair)));
  if (held.length < FEWEST || held.length * 2 < pairs.length) return null;
  const shown = held.slice(0, 2).map(({ inputs, expected }) => `${inputs.join(", ")} → ${expected}`);
  return `The changed sources hold ${held.length} of ${pairs.length} cases of the visible tests (${shown.join("; ")}), so they may only know the answers.`;
}

/** Returns the cases of a test file whose inputs and expected value are literals. */
function pairsIn(text: string): Pair[] {
  return EXPECTS.flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap(([, given = "", expected = ""]) => {
      const inputs = (given.match(TOKEN) ?? []).map(bare);
      return inputs.length > 0 ? [{ inputs, expected: bare(expected) }] : [];
    }),
  );
}

function distinct(pairs: readonly Pair[]): Pair[] {
  return [...new Map(pairs.map((pair) => [JSON.stringify(pair), pair])).values()];
}

interface Window {
  all: ReadonlySet<string>;
  deciding: ReadonlySet<string>;
}

function readWindow(text: string): Window {
  const deciding = [...text.matchAll(DECIDES)].flatMap(([, before, after]) => partsOf(before ?? after ?? ""));
  return { all: new Set((text.match(TOKEN) ?? []).flatMap(partsOf)), deciding: new Set(deciding) };
}

function holds({ all, deciding }: Window, { inputs, expected }: Pair): boolean {
  return all.has(expected) && inputs.every((input) => deciding.has(input));
}

/** A key such as `"1,2"` holds two inputs. */
function partsOf(literal: string): string[] {
  const text = bare(literal);
  return [text, ...(text === literal ? [] : text.split(/[^\w.-]+/).filter((part) => part !== "" && part !== text))];
}

function bare(literal: string): string {
  return /^["'`]/.test(literal) ? literal.slice(1, -1) : literal.toLowerCase();
}
