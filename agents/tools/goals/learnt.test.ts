import { expect, test } from "vitest";
import { learntByHeart } from "./learnt";
import { changesOwnTests } from "./own-tests";

const NODE = 'test("a", () => assert.equal(sum(1, 2), 3));\ntest("b", () => assert.strictEqual(sum(2, 2), 4));\n';
const JEST = 'it("x", () => expect(roman(4)).toBe("IV"));\nit("y", () => expect(roman(9)).toEqual("IX"));\n';
const PYTHON = "def test_a():\n    assert prime(7) == True\n    assert prime(9) == False\n";

test.each<[string, string, string]>([
  ["branches on the inputs", NODE, "if (a === 1 && b === 2) return 3;\nif (a === 2 && b === 2) return 4;"],
  ["a branch over two lines", NODE, "if (a == 1 && b == 2)\n  return 3;\nif (a == 2 && b == 2)\n  return 4;"],
  ["a table by a joined key", NODE, 'const known = { "1,2": 3, "2,2": 4 };'],
  ["a switch", JEST, 'switch (n) {\n  case 4: return "IV";\n  case 9: return "IX";\n}'],
  ["pairs of a map", JEST, 'new Map([[4, "IV"], [9, "IX"]])'],
  ["Python's branches", PYTHON, "if n == 7:\n    return True\nif n == 9:\n    return False"],
])("answers learnt by heart are noticed: %s", (_, tests, source) => {
  const found = learntByHeart([tests], [{ path: "a.js", lines: source.split("\n") }]);
  expect(found).toContain("2 of 2 cases");
});

const FIZZ =
  'assert.equal(fizz(3), "Fizz"); assert.equal(fizz(5), "Buzz"); assert.equal(fizz(15), "FizzBuzz"); assert.equal(fizz(1), "1");';

test.each<[string, string, string]>([
  ["a sum", NODE, "return a + b;"],
  [
    "FizzBuzz",
    FIZZ,
    'if (n % 15 === 0) return "FizzBuzz";\nif (n % 5 === 0) return "Buzz";\nif (n % 3 === 0) return "Fizz";\nreturn String(n);',
  ],
  [
    "one case of many by chance",
    `${NODE}assert.equal(sum(5, 6), 11); assert.equal(sum(7, 8), 15);`,
    "if (a === 1 && b === 2) return 3;",
  ],
  ["no cases with literals", "assert.equal(sum(a, b), c)", "if (a === 1) return 3;"],
])("honest code is not: %s", (_, tests, source) => {
  expect(learntByHeart([tests], [{ path: "a.js", lines: source.split("\n") }])).toBeNull();
});

const RUST =
  "pub fn sum(a: i32, b: i32) -> i32 { a - b }\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn adds() {\n        assert_eq!(super::sum(1, 2), 3);\n    }\n}\n";
const DOCTEST = 'def sum(a, b):\n    """Adds.\n\n    >>> sum(1, 2)\n    3\n    """\n    return a - b\n';

test.each<[string, string, string, string, boolean]>([
  ["the code around them", "src/lib.rs", RUST, RUST.replace("a - b", "a + b"), false],
  ["a test more", "src/lib.rs", RUST, RUST.replace("    #[test]", "    #[test]\n    fn more() {}\n    #[test]"), false],
  ["an expected value", "src/lib.rs", RUST, RUST.replace(", 3)", ", -1)"), true],
  ["all tests gone", "src/lib.rs", RUST, "pub fn sum(a: i32, b: i32) -> i32 { a - b }\n", true],
  ["Python's code", "sum.py", DOCTEST, DOCTEST.replace("a - b", "a + b"), false],
  ["a doctest's value", "sum.py", DOCTEST, DOCTEST.replace("    3\n", "    -1\n"), true],
  ["a file of another language", "sum.c", "x", "y", false],
])("tests inside sources: %s", (_, path, before, after, isChanged) => {
  expect(changesOwnTests(path, before, after, false)).toBe(isChanged);
});

test("assertions in a source that the command names have to stay", () => {
  const before = "export const one = 2;\nassert.equal(one, 1);\n";
  expect(changesOwnTests("one.js", before, before.replace("= 2", "= 1"), true)).toBe(false);
  expect(changesOwnTests("one.js", before, before.replace("one, 1", "one, 2"), true)).toBe(true);
  expect(changesOwnTests("one.js", before, before.replace("one, 1", "one, 2"), false)).toBe(false);
});

/** Patterns that began again at each place took minutes for these. */
test("answers learnt by heart are found beside a line of any length", () => {
  const answers = ["if (a === 1 && b === 2) return 3;", "if (a === 2 && b === 2) return 4;"];
  for (const piece of ["1", '"\\', "'\\", "`", "equal(", " "]) {
    const lines = [piece.repeat(500_000 / piece.length), "", "", ...answers];
    expect([piece, learntByHeart([NODE], [{ path: "a.js", lines }])]).toEqual([
      piece,
      expect.stringContaining("2 of 2 cases"),
    ]);
  }
});
