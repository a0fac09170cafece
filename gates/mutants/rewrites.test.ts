import { expect, test } from "vitest";
import { MODULE } from "@/gates/testing/fixture";
import { syntaxOf } from "@/lib/syntax/javascript";
import { inOtherWords } from "./rewrites";

const SEEDS = Array.from({ length: 20 }, (_, at) => `seed ${at}`);

/** Runs a module's text that ends by setting `result`. */
async function resultOf(text: string): Promise<unknown> {
  const module: { result: unknown } = await import(
    /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(text)}`
  );
  return module.result;
}

/** Code in which a careless rewriting changes the meaning. */
const DELICATE = `
const x = 40;
const ids = [1, 2, 3, 12]
const text = \`\${ids.length + 2} \${ids.length > 3 ? "many" : "few"}\`
function shadow(value, other) {
  const inner = (value) => value + other;
  { let other = 7; value = value + other; }
  return { value, sum: inner(value) + value, "12": 12, 7: other - 5 };
}
function keyed({ a, b = 2 }, list) {
  list.a = a; list.list = list[0] + b;
  return list;
}
class Counter { count = 3; static max = 9 - 2; add(by) { this.count = this.count + by; return this; } get by() { return 5; } }
const chain = (object) => object?.deep?.(3)?.length ?? 11;
label: for (let at = 0; at < 5; at = at + 1) { if (at > 3) break label; }
const power = (base) => (-base) ** 2 * 3 + 1;
const chained = (first, second) => first ?? (second || 15);
const own = function fact(n) { return n < 2 ? 1 : n * fact(n - 1); };
const give = async (later) => (await later) + 1;
let last = x
;[last] = [last - 1]
export const result = JSON.stringify([
  text, shadow(1, 2), keyed({ a: 5 }, [6]), new Counter().add(4).count, Counter.max, new Counter().by,
  chain({ deep: () => "four" }), chain(null), power(3), chained(null, 0), own(5), await give(9), x, last, 255, 1.5, 0x10,
]);
`;

test("every seed keeps what the code does, and changes its tokens in another way", async () => {
  const wanted = await resultOf(DELICATE);
  const written = SEEDS.map((seed) => inOtherWords("src/a.mjs", DELICATE, seed));
  for (const text of written) expect(await resultOf(text)).toEqual(wanted);
  expect(new Set([DELICATE, ...written]).size).toBe(SEEDS.length + 1);
  expect(inOtherWords("src/a.mjs", DELICATE, "seed 1")).toBe(written[1]);
});

test("parentheses, numbers and names are all drawn", () => {
  const all = inOtherWords("src/numbers.mjs", MODULE, "one");
  expect(all).toMatch(/return \(a_[0-9a-f]{8} \+ b_[0-9a-f]{8}\);/);
  expect(all).toContain("return ((value % 0x2) === 0x0);");
});

test("typed code keeps the types that numbers and names have", () => {
  const typed =
    "export enum Level {\n  low = 12,\n}\nexport const least: 12 | 13 = 12;\nexport function isLow(level: Level, of?: typeof least): level is Level.low {\n  return level < 12 && of !== 13;\n}\n";
  for (const seed of SEEDS) {
    const text = inOtherWords("src/a.ts", typed, seed);
    expect(text).toContain("low = 12,");
    expect(text).toContain(": 12 | 13 = 0xc;");
    expect(text).toContain("level is Level.low");
    expect(syntaxOf("src/a.ts", text)).not.toBe(null);
  }
});

test("what cannot be read, or has nothing to rewrite, stays", () => {
  for (const [path, text] of [
    ["a.mjs", "export const = ;"],
    ["a.mjs", 'export const name = "a";\n'],
    ["a.py", "a = 1 + 2\n"],
  ] as const)
    expect(inOtherWords(path, text, "one")).toBe(text);
});
