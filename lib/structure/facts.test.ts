import { expect, test } from "vitest";
import { codeLanguageOf, factsOf, loadLanguages } from "./facts-of";

async function facts(path: string, text: string | Buffer) {
  const language = codeLanguageOf(path);
  if (!language) throw new Error(`${path} is of no known language.`);
  await loadLanguages([language]);
  return factsOf(path, language, Buffer.from(text));
}

/** Symbol, lines, complexity, and whether it is exported (x) and documented (d). */
async function shown(path: string, text: string) {
  const { functions } = await facts(path, text);
  return functions.map(
    ({ symbol, start, end, complexity, isExported, isDocumented }) =>
      `${symbol} ${start}-${end} c${complexity}${isExported ? " x" : ""}${isDocumented ? " d" : ""}`,
  );
}

test("functions of six languages are found with their lines, complexity, and whether they are documented", async () => {
  expect(
    await shown(
      "a.ts",
      `/** Adds. */
export function add(a: number, b: number) {
  if (a > 1 && b > 1) { for (const x of [a]) { if (x) return b; else if (a) return 1; else return 2; } }
  return [1].map((v) => (v ? 1 : 2));
}
const hidden = () => 1;
export class Basket {
  /** Sums. */
  total() { return 1; }
  private secret() { return 2; }
}
export { hidden };
`,
    ),
  ).toEqual(["add 2-5 c11 x d", "hidden 6-6 c0 x", "Basket.total 9-9 c0 x d", "Basket.secret 10-10 c0"]);
  expect(
    await shown(
      "a.py",
      `def add(a, b: int) -> int:
    """Adds."""
    if a and b and a:
        for x in [a]:
            if x:
                return 1
            elif b:
                return 2
            else:
                return 3
    return 1 if a else 2

class Basket:
    def total(self):
        return 1
    def _secret(self): return 2
`,
    ),
  ).toEqual(["add 1-11 c10 x d", "Basket.total 14-15 c0 x", "Basket._secret 16-16 c0"]);
  expect(
    await shown(
      "a.go",
      `package a
// Add adds.
func Add(a int) int {
	if a > 1 && a < 3 { return 1 } else if a > 4 { return 2 } else { return 3 }
}

func (b *Basket) total() int { return 1 }
`,
    ),
  ).toEqual(["Add 3-5 c4 x d", "Basket.total 7-7 c0"]);
  expect(
    await shown(
      "a.rs",
      `/// Adds.
#[inline]
pub fn add(a: i32) -> i32 { if a > 1 && a < 3 { 1 } else { match a { 1 => 2, _ => 3 } } }
impl Basket { pub fn total(&self) -> i32 { 1 } fn secret(&self) {} }
#[cfg(test)]
mod tests { #[test] fn adds() {} }
`,
    ),
  ).toEqual(["add 3-3 c5 x d", "Basket.total 4-4 c0 x", "Basket.secret 4-4 c0"]);
  expect(
    await shown(
      "A.java",
      `package shop;
class Basket {
  /** Adds. */
  public int add(int a) { if (a > 1 || a < 0) { return a > 2 ? 1 : 2; } return 3; }
  @Override public String toString() { return ""; }
  private int secret() { return 1; }
}
`,
    ),
  ).toEqual(["Basket.add 4-4 c4 x d", "Basket.toString 5-5 c0 x d", "Basket.secret 6-6 c0"]);
});

test("imports, exports, notes and the type any are found", async () => {
  const { imports, exports, todos, anys, passedOn } = await facts(
    "a.ts",
    `import { a } from "./a";
export * from "./b";
const c = require("./c");
// TODO: remove after the migration
export const one: any = a + c, two = "TODO in a text";
`,
  );
  expect({ imports, exports, todos, anys, passedOn }).toEqual({
    imports: ["./a", "./b", "./c"],
    passedOn: ["./b"],
    exports: [
      { name: "one", line: 5, mentions: 1 },
      { name: "two", line: 5, mentions: 1 },
    ],
    todos: [{ line: 4, text: "TODO: remove after the migration" }],
    anys: [5],
  });
  expect((await facts("a.py", "from .b import (c, d as e)\nimport f.g, h as i\n")).imports).toEqual([
    ".b",
    ".b.c",
    ".b.d",
    "f.g",
    "h",
  ]);
  expect((await facts("a.rs", "use crate::{a::b, c::{d, e}};\nmod f;\n")).imports).toEqual([
    "crate.a.b",
    "crate.c.d",
    "crate.c.e",
    "mod f",
  ]);
  expect((await facts("a.go", 'package a\nimport (\n\tx "b/c"\n\t"d"\n)\n')).imports).toEqual(["b/c", "d"]);
  const java = await facts("A.java", "package a.b;\nimport static c.D.e;\nimport f.*;\n");
  expect([java.packageName, ...java.imports]).toEqual(["a.b", "c.D.e", "f.*"]);
});

test("parameters and results without a type count in Python", async () => {
  const { functions } = await facts("a.py", "class A:\n    def b(self, c, d: int, e=1):\n        return c\n");
  expect(functions[0]?.untyped).toBe(3);
});

test("hostile files are left out with a reason, and the next file is read", async () => {
  const leftOut = async (path: string, text: string | Buffer) => (await facts(path, text)).leftOut;
  expect(await leftOut("a.ts", `const a = ${"[\n".repeat(3_000)}${"]\n".repeat(3_000)};`)).toBe("unreadable");
  expect(await leftOut("a.py", `a = ${"(\n".repeat(20_000)}1${")\n".repeat(20_000)}`)).toBe("unreadable");
  expect(await leftOut("a.js", `var a=1;${"a=a+1;".repeat(200_000)}`)).toBe("minified");
  expect(await leftOut("a.go", Buffer.from([0x70, 0, 1, 2]))).toBe("unreadable");
  expect(await leftOut("a.ts", "const = ;")).toBe("syntax");
  expect(await leftOut("a.go", "// Code generated by protoc. DO NOT EDIT.\npackage a\n")).toBe("generated");
  expect((await facts("a.py", Buffer.from([0x64, 0x65, 0x66, 0x20, 0xff, 0xfe, 0x28, 0x29, 0x3a]))).leftOut).toBe(
    undefined,
  );
  expect(await shown("b.py", "def fine():\n    return 1\n")).toEqual(["fine 1-2 c0 x"]);
});
