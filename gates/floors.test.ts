import { afterEach, expect, test } from "vitest";
import { createFixture, type Fixture, failedIn, found, gateIn } from "./testing/fixture";

let fixture: Fixture;
afterEach(() => fixture?.end());

const shape = { only: ["complexity", "documentation"] };
const DOCUMENTED = "def one():\n    '''Returns 1.'''\n    return 1\n";
const BARE = "def two():\n    return 2\n";
const KNOTTY = "def knotty(a):\n    if a and a and a and a:\n        return a\n";

test("documentation: so many of all exported functions, in several languages", async () => {
  fixture = createFixture({
    ".banyan/gates.yaml": "documentation: { least_percent: 80, files: ['lib/**'] }\n",
    "lib/one.py": DOCUMENTED,
    "lib/two.py": BARE,
    "lib/a.go": "package a\n\n// F returns 1.\nfunc F() int { return 1 }\n",
  });
  const low = await fixture.judge(shape);
  expect(found(low, "documentation", "fault")).toEqual([
    "null: 66.6 % of the exported functions are documented, and the settings ask for 80 %.",
  ]);
  expect(found(low, "documentation", "note")).toEqual(["lib/two.py:1: two has no docstring."]);
  fixture.put("lib/two.py", BARE.replace("two():", "two():\n    'Returns 2.'"));
  const high = await fixture.judge(shape);
  expect(gateIn(high, "documentation")).toMatchObject({ outcome: "passed", counts: { percent: 100 } });
});

test("complexity: a limit for all files also names what the base has", async () => {
  fixture = createFixture({ ".banyan/gates.yaml": "complexity: { most: 3 }\n", "lib/a.py": KNOTTY });
  fixture.put("lib/a.py", `${KNOTTY}\n${BARE}`);
  expect(failedIn(await fixture.judge(shape))).toEqual([]);
  fixture.put(".banyan/gates.yaml", "complexity: { most: 3, everywhere: true }\n");
  fixture.commit();
  expect(found(await fixture.judge(shape), "complexity", "fault")).toEqual([
    "lib/a.py:1: knotty has a complexity of 5, and the limit is 3.",
  ]);
});

test("code that nobody can read is not measured", async () => {
  fixture = createFixture({
    ".banyan/gates.yaml": "complexity: {}\ndocumentation: { least_percent: 0, files: ['b/**'] }\n",
  });
  fixture.put("a.rb", "def a; end\n");
  const report = await fixture.judge(shape);
  expect(report.gates.map(({ outcome }) => outcome)).toEqual(["not_measured", "not_measured"]);
  expect(found(report, "complexity", "note")).toEqual(["a.rb: Not read: this gate does not know the language."]);
  // Beside code that is read, it is a note.
  fixture.edit("src/numbers.mjs", "a + b", "b + a");
  const mixed = await fixture.judge(shape);
  expect(gateIn(mixed, "complexity").outcome).toBe("passed");
  expect(found(mixed, "complexity", "note")).toHaveLength(1);
});
