import fs, { symlinkSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import type { GatesReport } from "@/core/shapes/improving/gates";
import { createFixture, type Fixture, failedIn, faultsIn, found, gateIn } from "./testing/fixture";

let fixture: Fixture;
afterEach(() => fixture.end());

const VITEST = `tests:
  run: node node_modules/vitest/vitest.mjs run --reporter=json --outputFile=report.json
  rerun: node node_modules/vitest/vitest.mjs run --reporter=json --outputFile=report.json "$BANYAN_TEST_FILE" -t "$BANYAN_TEST_NAME"
  until_red: node node_modules/vitest/vitest.mjs run --bail=1 --reporter=json --outputFile=report.json
  report: { format: vitest, file: report.json }
  timeout_minutes: 4
sentinels: { count: 2, least: 1 }
mutation: false
`;

/** A repository whose tests run with this project's Vitest, which the sandbox shows read-only. */
function createWithVitest(): void {
  fixture = createFixture({
    ".banyan/gates.yaml": VITEST,
    ".gitignore": "node_modules\n",
    "test/numbers.test.mjs": "",
    "src/numbers.mjs": "",
    "vitest.config.mjs":
      'export default { test: { include: ["src/**/*.test.ts"], setupFiles: ["./tests/setup.ts"] } };\n',
    "tests/setup.ts": "export {};\n",
    "src/sum.ts":
      "export function sum(a: number, b: number): number {\n  return a + b;\n}\n\nexport const twice = (a: number) => a * 2;\n",
    "src/sum.test.ts":
      'import { expect, test } from "vitest";\nimport { sum, twice } from "./sum";\n\ntest("adds", () => expect(sum(2, 3)).toBe(5));\ntest("doubles", () => expect(twice(2)).toBe(4));\n',
  });
  symlinkSync(path.resolve("node_modules"), path.join(fixture.folder, "node_modules"));
}

test("Vitest: a good change passes, with the installed packages shown read-only", async () => {
  createWithVitest();
  fixture.edit("src/sum.ts", "return a + b", "return b + a");
  const before = fs.readdirSync("node_modules").length;
  const report = await fixture.judge();
  expect(faultsIn(report)).toEqual([]);
  expect(report.outcome).toBe("passed");
  expect(gateIn(report, "sentinels").counts).toMatchObject({ killed_on_base: 2, killed_on_head: 2 });
  expect(fs.readdirSync("node_modules").length).toBe(before);
});

test("Vitest: edited settings and a setup file that disarms every assertion do not apply", async () => {
  createWithVitest();
  fixture.edit("src/sum.ts", "return a + b", "return a - b");
  fixture.put("vitest.config.mjs", 'export default { test: { include: ["none/**"], passWithNoTests: true } };\n');
  fixture.put("tests/setup.ts", 'import { chai } from "vitest";\nchai.Assertion.prototype.assert = () => {};\n');
  const report = await fixture.judge({ only: ["old_tests", "new_tests"] });
  expect(failedIn(report)).toEqual(["old_tests", "new_tests"]);
  expect(found(report, "old_tests", "fault")).toEqual([
    "src/sum.test.ts > adds: This test of the base fails on the change.",
  ]);
  expect(found(report, "new_tests", "flag")).toHaveLength(2);
});

const SOME = `  some: node node_modules/vitest/vitest.mjs run --reporter=json --outputFile=report.json $BANYAN_TEST_FILES
`;

const LIST = `  list: { run: node node_modules/vitest/vitest.mjs list --json=list.json, file: list.json }
`;

/** Returns what a gate of tests ran: all tests, or some. */
function ranIn({ evidence }: GatesReport, gate = "new_tests"): string[] {
  const { runs } = JSON.parse(fs.readFileSync(path.join(evidence, `${gate}.json`), "utf8"));
  return runs.map(({ name, command }: Record<string, string>) =>
    command?.includes("$BANYAN_TEST_FILES") ? `${name}: some` : `${name}: all`,
  );
}

test("Vitest: where only files of tests are edited, only these run again", async () => {
  createWithVitest();
  fixture.put(
    ".banyan/gates.yaml",
    VITEST.replace("  report:", `${SOME}  report:`).replace("{ count: 2, least: 1 }", "false"),
  );
  fixture.put(
    "src/other.test.ts",
    `import { expect, test } from "vitest";\n\ntest("other", () => expect(1).toBe(1));\n`,
  );
  fixture.commit();
  fixture.edit("src/sum.ts", "export const twice", "export const thrice = (a: number) => a * 3;\n\nexport const twice");
  fixture.edit("src/sum.test.ts", 'test("doubles"', 'test.skip("doubles"');
  fixture.put(
    "src/thrice.test.ts",
    'import { expect, test } from "vitest";\nimport { thrice } from "./sum";\n\ntest("triples", () => expect(thrice(2)).toBe(6));\ntest("idles", () => expect(2).toBe(2));\n',
  );
  const report = await fixture.judge({ only: ["old_tests", "new_tests"] });
  expect(found(report, "new_tests", "fault")).toEqual(["src/sum.test.ts > doubles: The change skips this test."]);
  expect(found(report, "new_tests", "flag")).toEqual([
    "src/thrice.test.ts > idles: This new test passes on the base too, so it does not show the change.",
    "src/sum.test.ts: A file of tests is modified; the base's version was used for the old tests.",
  ]);
  expect(gateIn(report, "new_tests").counts).toMatchObject({ tests: 5, new: 2 });
  expect(ranIn(report)).toEqual(["head: some", "base-with-tests-of-head: some"]);
  // A file that other tests load may change them all.
  fixture.put("tests/setup.ts", "export const more = 1;\n");
  expect(ranIn(await fixture.judge({ only: ["new_tests"] }))).toContain("head: all");
});

test("Vitest: where the base's tests are named without a run, only those in doubt run on the base", async () => {
  createWithVitest();
  fixture.put(
    ".banyan/gates.yaml",
    VITEST.replace("  report:", `${SOME}${LIST}  report:`).replace("{ count: 2, least: 1 }", "false"),
  );
  const put = (name: string, body: string) =>
    fixture.put(
      `src/${name}.test.ts`,
      `import { describe, expect, test } from "vitest";\nimport { names } from "./names";\n\n${body}\n`,
    );
  fixture.put("src/names.ts", 'export const names = ["a", "b"];\n');
  put("named", 'describe("named > so", () => {\n  test.each(names)(" %s", (name) => expect(name).not.toBe("c"));\n});');
  put("red", 'test("needs a network", () => expect(names).toEqual([]));');
  put("skipped", 'test.skip("later", () => {});\ntest("not here", ({ skip }) => skip());');
  fixture.commit();
  fixture.edit("src/sum.ts", "a + b", "b + a");
  const good = await fixture.judge({ only: ["old_tests", "new_tests"] });
  expect(faultsIn(good)).toEqual([]);
  expect(good.outcome).toBe("passed");
  expect(ranIn(good, "old_tests")).toEqual(["base-list: all", "head-with-tests-of-base: all", "base-files: some"]);
  expect(gateIn(good, "old_tests").counts).toMatchObject({ tests: 4, passed: 4, left_out: 1 });
  expect(gateIn(good, "new_tests").counts).toMatchObject({ tests: 7, new: 0 });
  // A broken test, one that is gone and one that fails.
  fixture.edit("src/sum.ts", "a * 2", "a * 3");
  fixture.put("src/names.ts", 'export const names = ["a", "c"];\n');
  const bad = await fixture.judge({ only: ["old_tests", "new_tests"] });
  expect(found(bad, "old_tests", "fault").sort()).toEqual([
    "src/named.test.ts > named > so > b: This test of the base did not run on the change.",
    "src/named.test.ts > named > so > c: This is red on the change, and the base does not have it.",
    "src/sum.test.ts > doubles: This test of the base fails on the change.",
  ]);
  expect(found(bad, "new_tests", "fault").sort()).toEqual([
    "src/named.test.ts > named > so > b: The change removes this test without retiring it.",
    "src/named.test.ts > named > so > c: This new test fails.",
    "src/sum.test.ts > doubles: This test fails as the change has it.",
  ]);
  // Tests that cannot be named run.
  fixture.git("checkout", "-q", "--", ".");
  fixture.put("src/broken.test.ts", 'throw new Error("broken");\n');
  fixture.commit();
  fixture.edit("src/sum.ts", "a + b", "b + a");
  const whole = await fixture.judge({ only: ["old_tests"] });
  expect(faultsIn(whole)).toEqual([]);
  expect(whole.outcome).toBe("passed");
  expect(ranIn(whole, "old_tests")).toContain("base: all");
});

test("coverage falls: a fault; a missing tool: not measured", async () => {
  const run = `node -e 'const lines = require("fs").readFileSync("src/numbers.mjs", "utf8").split("\\n").length; require("fs").writeFileSync("lcov.info", "LF:" + lines + "\\nLH:14\\n")'`;
  const settings = (command: string) =>
    `coverage:\n  run: |\n    ${command}\n  report: { format: lcov, file: lcov.info }\n  may_fall_percent: 1\n`;
  fixture = createFixture({ ".banyan/gates.yaml": settings(run) });
  expect((await fixture.judge()).outcome).toBe("passed");
  fixture.edit("src/numbers.mjs", "export function isEven", `${"\n".repeat(10)}export function isEven`);
  const report = await fixture.judge();
  expect(failedIn(report)).toEqual(["coverage"]);
  expect(found(report, "coverage", "fault")[0]).toMatch(/^null: It falls by 41\.7 points/);
  fixture.put(".banyan/gates.yaml", settings("no-such-tool"));
  fixture.commit();
  expect((await fixture.judge()).outcome).toBe("not_measured");
});

test("coverage below the floor: a fault, also where the base is no better or was not measured", async () => {
  const settings = (least: number, run = "cat given.info > lcov.info") =>
    `coverage: { run: ${run}, report: { format: lcov, file: lcov.info }, least_percent: ${least} }\n`;
  fixture = createFixture({ ".banyan/gates.yaml": settings(80), "given.info": "LF:1000\nLH:799\n" });
  const low = await fixture.judge();
  expect(found(low, "coverage", "fault")).toEqual(["null: 79.9 % is less than the 80 % that the settings ask for."]);
  fixture.put(".banyan/gates.yaml", settings(79));
  fixture.commit();
  expect(gateIn(await fixture.judge(), "coverage").outcome).toBe("passed");
  fixture.remove("given.info");
  fixture.commit();
  fixture.put("given.info", "LF:10\nLH:9\n");
  const unknown = await fixture.judge();
  expect(gateIn(unknown, "coverage").outcome).toBe("not_measured");
  fixture.put("given.info", "LF:10\nLH:1\n");
  expect(failedIn(await fixture.judge())).toEqual(["coverage"]);
});

/** A bench that prints the number in `src/steps.json`. */
const BENCH = `import fs from "node:fs";
console.log(JSON.stringify({ steps: JSON.parse(fs.readFileSync("src/steps.json", "utf8")) }));
`;

function createWithBench(settings = "rounds: 6"): void {
  fixture = createFixture({
    ".banyan/gates.yaml": `test_side: [bench.mjs]\nbench: { run: node bench.mjs, ${settings} }\n`,
    "bench.mjs": BENCH,
    "src/steps.json": "100",
  });
}

function runsIn({ evidence }: GatesReport): string[] {
  const { runs } = JSON.parse(fs.readFileSync(path.join(evidence, "bench.json"), "utf8"));
  return runs.map(({ name }: { name: string }) => name);
}

test("bench: a slower change fails, and base and head take turns in being first", async () => {
  createWithBench();
  const same = await fixture.judge();
  expect(gateIn(same, "bench")).toMatchObject({ outcome: "passed", counts: { steps: 0 } });
  fixture.put("src/steps.json", "130");
  const report = await fixture.judge();
  expect(found(report, "bench", "fault")).toEqual([
    "null: steps: 130 instead of 100, +30 % (95 % interval +30 % to +30 %).",
  ]);
  const rounds = [1, 3, 5].flatMap((odd) => [`base-${odd}`, `head-${odd}`, `head-${odd + 1}`, `base-${odd + 1}`]);
  expect(runsIn(report)).toEqual(rounds);
  fixture.put("src/steps.json", "109");
  const allowed = await fixture.judge();
  expect(gateIn(allowed, "bench")).toMatchObject({ outcome: "passed", counts: { steps: 9 }, findings: [] });
});

test("bench: the base's bench judges, and a number that is gone is a fault", async () => {
  createWithBench();
  fixture.put("src/steps.json", "200");
  fixture.put("bench.mjs", "console.log(JSON.stringify({ steps: 1 }));\n");
  const cheating = await fixture.judge({ only: ["bench"] });
  expect(found(cheating, "bench", "fault")).toHaveLength(1);
  fixture.put("bench.mjs", BENCH);
  fixture.put("src/steps.json", "");
  const broken = await fixture.judge({ only: ["bench"] });
  expect(found(broken, "bench", "fault")).toEqual(["null: The bench prints no numbers on the change."]);
  // On the change, only its own bench works.
  fixture.put("bench.mjs", "console.log(JSON.stringify({ steps: 100 }));\n");
  const own = await fixture.judge({ only: ["bench"] });
  expect(gateIn(own, "bench").outcome).toBe("passed");
  expect(found(own, "bench", "flag")).toEqual([
    "null: The base's bench prints no numbers on the change, so the change's own bench was used.",
  ]);
  fixture.put("bench.mjs", "console.log(JSON.stringify({ other: 100 }));\n");
  expect(found(await fixture.judge({ only: ["bench"] }), "bench", "fault")).toEqual([
    "null: steps is missing on the change.",
  ]);
});

test("known vulnerabilities are not measured when the registry does not answer", async () => {
  const left = { version: "1.0.0", resolved: "https://registry.invalid/left-1.0.0.tgz", integrity: "sha512-aaaa" };
  const packages = { "": { name: "numbers", dependencies: { left: "1.0.0" } }, "node_modules/left": left };
  fixture = createFixture({
    ".banyan/gates.yaml": "vulnerabilities: { hosts: [registry.invalid] }\n",
    "package.json": JSON.stringify({ name: "numbers", dependencies: { left: "1.0.0" } }),
    "package-lock.json": JSON.stringify({ name: "numbers", lockfileVersion: 3, packages }),
  });
  const report = await fixture.judge();
  expect(report.outcome).toBe("not_measured");
  expect(gateIn(report, "vulnerabilities").summary).toBe("npm audit got no answer from the registry.");
});
