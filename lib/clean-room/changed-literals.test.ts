import { expect, test } from "vitest";
import { withChangedLiterals } from "./changed-literals";

const JS_CHANGED = [
  'test("a", () => { expect(sum(1, 2)).toBe(3); });',
  'describe("s", () => { it("a", async () => { const a = 1; assert.equal(await sum(a), "3"); }); });',
  'suite("s", function () { test("a", () => expect(sum(1)).to.equal(3)); });',
  'test("a", () => { expect(sum([1].not)).toBe(3); });',
  'test("a", () => { expect(a).to.be.a("string").and.equal("b"); });',
];
const JS_LEFT = [
  'test("a", () => { expect(sum(1, 2)).not.toBe(3); });',
  'test("a", () => { expect(sum(1, 2)).not.to.equal(3); });',
  'test("a", () => { expect(sum(1, 2)).to.not.deep.equal(3); });',
  'test("a", () => { expect(sum(1, 2)).to.be.a("string").and.not.equal("b"); });',
  'test("a", async () => { await expect(sum(1, 2)).resolves.toBe(3); });',
  'test("a", async () => { await expect(sum(1, 2)).to.eventually.equal(3); });',
  'test("a", () => { expect(sum(1, 2))["not"].to.equal(3); });',
  'test("a", () => { expect(sum(1, 2)).toBe(1e21); });',
  'test("a", () => { assert.equal(sum(1, 2), 9007199254740993); });',
  'xdescribe("s", () => { it("a", () => { expect(sum(1)).toBe(3); }); });',
  'fixme("s", () => { it("a", () => { expect(sum(1)).toBe(3); }); });',
  'describe.skip("s", () => { it("a", () => { expect(sum(1)).toBe(3); }); });',
  'describe("s", { skip: true }, () => { it("a", () => { expect(sum(1)).toBe(3); }); });',
  'if (isWindows) test("a", () => { expect(sum(1)).toBe(3); });',
  'isWindows && test("a", () => { expect(sum(1)).toBe(3); });',
  'for (const a of []) { test("a", () => { expect(sum(1)).toBe(3); }); }',
  'function shared() { test("a", () => { expect(sum(1)).toBe(3); }); }',
  'const shared = () => { test("a", () => { expect(sum(1)).toBe(3); }); };',
  'it.only("b", () => {}); it("a", () => { expect(sum(1)).toBe(3); });',
  'before(function () { this.skip(); }); it("a", () => { expect(sum(1)).toBe(3); });',
];
test.each(JS_CHANGED)("the expected value of %s becomes another one", (text) => {
  const changed = withChangedLiterals("a.test.js", text);
  expect(changed.tests).toBe(1);
  expect(changed.text).not.toBe(text);
});
test.each(JS_LEFT)("%s stays, because it may pass with another value or not run", (text) => {
  expect(withChangedLiterals("a.test.js", text)).toEqual({ text, tests: 0 });
});

const PYTHON_CHANGED = [
  "def test_a():\n    assert sum(1, 2) == 3\n",
  'def test_a():\n    # First.\n    a = sum(1, 2)\n\n    assert a == "3"\n',
  "class TestSum:\n    def test_a(self):\n        assert sum([1], (2)) == -3\n",
  "class Sum(unittest.TestCase):\n    def setUp(self):\n        pass\n\n    def test_a(self):\n        self.assertEqual(sum(1, 2), 3)\n",
  "@fixture\ndef one():\n    return 1\n\ndef test_a():\n    assert one() == 1\n",
  "def test_a():\n    assert power(10, 21) == 1000000000000000000000\n",
];
const PYTHON_LEFT = [
  "@pytest.mark.skip\ndef test_a():\n    assert sum(1, 2) == 3\n",
  '@pytest.mark.xfail(\n    reason="later",\n)\n\ndef test_a():\n    assert sum(1, 2) == 3\n',
  "@unittest.skip('later')\nclass Sum(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(sum(1, 2), 3)\n",
  "class Sum(unittest.TestCase):\n    @unittest.expectedFailure\n    def test_a(self):\n        self.assertEqual(sum(1, 2), 3)\n",
  "class TestA:\n    @mark\n    class TestB:\n        def test_a(self):\n            assert sum(1, 2) == 3\n",
  "class Mixin:\n    def test_a(self):\n        assert sum(1, 2) == 3\n",
  "if windows:\n    def test_a():\n        assert sum(1, 2) == 3\n",
  "def helper():\n    def test_a():\n        assert sum(1, 2) == 3\n",
  "pytestmark = pytest.mark.skip\n\ndef test_a():\n    assert sum(1, 2) == 3\n",
  "numpy = pytest.importorskip('numpy')\n\ndef test_a():\n    assert sum(1, 2) == 3\n",
  "def test_a():\n    assert not sum(1, 2) == 3\n",
  "def test_a():\n    assert sum(1, 2) or sum(1) == 3\n",
  "def test_a():\n    assert check(sum(1, 2) == 3)\n",
  "def test_a():\n    assert check(sum(1, 2) == 3\n    )\n",
  "def test_a(self):\n    self.assertEqual(a, b, 3)\n",
  "def test_a(self):\n    self.assertEqual(sum(a, 3)\n    , 4)\n",
  "def test_a():\n    def inner():\n        assert sum(1, 2) == 3\n",
  'def test_a():\n    a = """\n    assert sum(1, 2) == 3\n    """\n',
];
test.each(PYTHON_CHANGED)("the expected value of %j becomes another one", (text) => {
  const changed = withChangedLiterals("test_a.py", text);
  expect(changed.tests).toBe(1);
  expect(changed.text).not.toBe(text);
});
test.each(PYTHON_LEFT)("%j stays, because it may pass with another value or not run", (text) => {
  expect(withChangedLiterals("test_a.py", text)).toEqual({ text, tests: 0 });
});

test("a whole number of Python stays one that differs, however large it is", () => {
  const { text } = withChangedLiterals("test_a.py", PYTHON_CHANGED[5] ?? "");
  expect(/== (\d+)$/m.exec(text)?.[1]).toMatch(/^1000000000000000000\d{3}$/);
});
