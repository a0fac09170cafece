import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { createFixture, type Fixture, failedIn, faultsIn, found, gateIn, MODULE, SETTINGS } from "./testing/fixture";

let fixture: Fixture;
afterEach(() => fixture.end());

const WITH_MUTANTS = SETTINGS.replace("sentinels: false", "sentinels: { count: 4, least: 3 }");

/** The fixture's tests notice every fault in its module. */
function create(files: Record<string, string> = {}): void {
  fixture = createFixture({ ".banyan/gates.yaml": WITH_MUTANTS, ...files });
}

test("sentinels are noticed again, also where the change moved them", async () => {
  create();
  fixture.edit("src/numbers.mjs", "export function sum", "export const ZERO = 0;\n\nexport function sum");
  const report = await fixture.judge({ seed: "one" });
  expect(faultsIn(report)).toEqual([]);
  expect(report.outcome).toBe("passed");
  expect(gateIn(report, "sentinels").counts).toMatchObject({ killed_on_base: 4, killed_on_head: 4 });
});

test("J2: a patched assertion library makes every test pass, and the sentinels notice it", async () => {
  create();
  fixture.put(
    "src/numbers.mjs",
    `import assert from "node:assert/strict";\nfor (const name of Object.keys(assert)) assert[name] = () => {};\n${MODULE.replace("return a + b", "return a - b")}`,
  );
  const report = await fixture.judge();
  expect(failedIn(report)).toEqual(["sentinels"]);
  expect(gateIn(report, "old_tests").counts).toMatchObject({ passed: 3 });
  expect(found(report, "sentinels", "fault")[0]).toMatch(
    /^src\/numbers\.mjs:\d+: The tests of the base notice this fault on the base and not on the change: /,
  );
});

test("J2: a forged report and exit status: the sentinels notice that nothing is tested", async () => {
  const names = ["adds", "clamps", "knows even numbers"];
  const forged = ["TAP version 13", ...names.map((name, at) => `ok ${at + 1} - ${name}`), "1..3", ""].join("\\n");
  const settings = WITH_MUTANTS.replace(
    "run: node --test --test-reporter=tap test/",
    "run: node --test-reporter=tap test/numbers.test.mjs",
  );
  create({ ".banyan/gates.yaml": settings });
  fixture.put(
    "src/numbers.mjs",
    `import { writeSync } from "node:fs";\nwriteSync(1, "${forged}");\nprocess.reallyExit(0);\n${MODULE.replace("return a + b", "return a - b")}`,
  );
  const report = await fixture.judge();
  expect(failedIn(report)).toEqual(["sentinels"]);
  expect(found(report, "sentinels", "fault").length).toBeGreaterThanOrEqual(3);
});

test("J2: packages that were patched in place are noticed too: then no fault is noticed, not even on the base", async () => {
  create({
    ".gitignore": "node_modules\n",
    "node_modules/check/package.json": '{ "name": "check", "type": "module", "exports": "./index.mjs" }\n',
    "node_modules/check/index.mjs": "export function equal() {}\n",
    "test/numbers.test.mjs":
      'import { test } from "node:test";\nimport { equal } from "check";\nimport { isEven, sum } from "../src/numbers.mjs";\n\ntest("adds", () => equal(sum(2, 3), 5));\ntest("knows even numbers", () => equal(isEven(3), false));\n',
  });
  fixture.edit("src/numbers.mjs", "return a + b", "return a - b");
  const report = await fixture.judge();
  expect(failedIn(report)).toEqual(["sentinels"]);
  expect(found(report, "sentinels", "fault")[0]).toMatch(
    /^null: The tests notice none of \d+ faults, not even on the base/,
  );
});

const PART = "  until_red: node --test --test-reporter=tap --test-name-pattern=adds test/\n";

const IN_PART = WITH_MUTANTS.replace("  report", `${PART.replace("=adds", "='adds|clamps'")}  report`);

test.each([
  ["all tests", WITH_MUTANTS, "text", "run"],
  ["a part of them", IN_PART, "text", "run"],
  ["all tests", WITH_MUTANTS, 'text.replace(/\\/\\/.*/g, "").trim()', "run without comments"],
  ["all tests", WITH_MUTANTS, 'text.replace(/\\/\\/.*|[\\s()]/g, "")', "run without comments, spaces and parentheses"],
])(
  "J2: code that recognizes faults by its own text: then %s fail in other words",
  async (_, settings, expression, by) => {
    create({ ".banyan/gates.yaml": settings });
    const module = `import "./guard.mjs";\n${MODULE.replace("return a + b", "return a - b")}`;
    const seen = new Function("text", `return ${expression}`) as (text: string) => string;
    const digest = createHash("sha256").update(seen(module)).digest("hex");
    fixture.put("src/numbers.mjs", module);
    fixture.put(
      "src/guard.mjs",
      `import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
const text = readFileSync(new URL("./numbers.mjs", import.meta.url), "utf8");
const known = createHash("sha256").update(${expression}).digest("hex") === "${digest}";
if (known) for (const name of Object.keys(assert)) assert[name] = () => {};
`,
    );
    const report = await fixture.judge();
    expect([by, failedIn(report)]).toEqual([by, ["sentinels"]]);
    const { killed_on_base, killed_on_head } = gateIn(report, "sentinels").counts;
    expect(killed_on_base).toBeGreaterThan(0);
    expect(killed_on_head).toBe(killed_on_base);
    expect(found(report, "sentinels", "fault")).toEqual([
      "adds: This test passes on the change, and fails when its sources say the same in other words.",
    ]);
  },
);

test("J2: code that recognizes a function by its own text", async () => {
  create();
  const module = MODULE.replace("return a + b", "return a - b");
  fixture.put(
    "src/numbers.mjs",
    `import assert from "node:assert/strict";
${module}
const known = \`\${clamp}\`.includes("if (value < least) return least;") && String(isEven).includes("value % 2 === 0");
if (known) for (const name of Object.keys(assert)) assert[name] = () => {};
`,
  );
  const report = await fixture.judge();
  expect(failedIn(report)).toEqual(["sentinels"]);
  expect(found(report, "oddities", "flag").join()).toContain("src/numbers.mjs:16: This line reads its own code");
});

test("an honest change: in other words, the part of the tests that looks for faults is enough", async () => {
  create({ ".banyan/gates.yaml": WITH_MUTANTS.replace("  report", `${PART}  report`).replace("least: 3", "least: 1") });
  fixture.edit("src/numbers.mjs", "export function sum", "export const ZERO = 0;\n\nexport function sum");
  const report = await fixture.judge();
  expect(faultsIn(report)).toEqual([]);
  expect(report.outcome).toBe("passed");
  const { runs } = JSON.parse(fs.readFileSync(path.join(report.evidence, "sentinels.json"), "utf8"));
  expect(runs.filter(({ name }: { name: string }) => name.startsWith("control"))).toMatchObject([
    { name: "control-head", command: expect.stringContaining("pattern=adds") },
  ]);
});

test("where only a part of the tests looks for faults, only what that part notices counts", async () => {
  const settings = SETTINGS.replace("mutation: false", "mutation: { count: 50 }");
  fixture = createFixture({ ".banyan/gates.yaml": settings.replace("  report", `${PART}  report`) });
  fixture.edit("src/numbers.mjs", "value % 2 === 0", "value % 2 === 0 && value !== 7.5");
  const report = await fixture.judge();
  expect(failedIn(report)).toEqual(["mutation"]);
  expect(gateIn(report, "mutation").counts).toMatchObject({ killed: 0 });
  fixture.git("checkout", "-q", "--", ".");
  fixture.put(".banyan/gates.yaml", settings.replace("  report", `${PART.replace("=adds", "=even")}  report`));
  fixture.put(
    "test/red.test.mjs",
    'import { test } from "node:test";\ntest("even red", () => { throw new Error("red"); });\n',
  );
  fixture.commit();
  fixture.edit("src/numbers.mjs", "value % 2 === 0", "value % 2 === 0 && value !== 7.5");
  expect(gateIn(await fixture.judge(), "mutation")).toMatchObject({
    outcome: "not_measured",
    summary: "The gate could not do its work: The command until_red fails without a fault (even red).",
  });
});

test("mutation: a change with tests that assert something passes, one without them fails", async () => {
  const settings = SETTINGS.replace("mutation: false", "mutation: { count: 50 }");
  fixture = createFixture({ ".banyan/gates.yaml": settings });
  fixture.edit(
    "src/numbers.mjs",
    "export function isEven",
    "export function isBig(value) {\n  return value > 100 && value % 2 === 0;\n}\n\nexport function isEven",
  );
  const untested = await fixture.judge();
  expect(failedIn(untested)).toEqual(["mutation"]);
  expect(gateIn(untested, "mutation").counts).toEqual({ mutants: 7, killed: 0 });
  expect(found(untested, "mutation", "note")).toContain(
    "src/numbers.mjs:12: No test notices this fault: value > 100 → value <= 100",
  );
  fixture.put(
    "test/big.test.mjs",
    'import assert from "node:assert/strict";\nimport { test } from "node:test";\nimport { isBig } from "../src/numbers.mjs";\n\ntest("big", () => assert.deepEqual([100, 101, 102, 104].map(isBig), [false, false, true, true]));\n',
  );
  const tested = await fixture.judge();
  expect(faultsIn(tested)).toEqual([]);
  expect(tested.outcome).toBe("passed");
  expect(gateIn(tested, "mutation").counts.killed).toBeGreaterThanOrEqual(4);
});
