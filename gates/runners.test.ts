import fs, { symlinkSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { createFixture, type Fixture, failedIn, found, gateIn } from "./testing/fixture";

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

test("bench: a slower change fails, and base and head run in turn", async () => {
  const settings = "bench: { run: node bench.mjs, rounds: 3 }\n";
  fixture = createFixture({
    ".banyan/gates.yaml": settings,
    "bench.mjs": "console.log(JSON.stringify({ steps: 100 }));\n",
  });
  expect((await fixture.judge()).outcome).toBe("passed");
  fixture.put("bench.mjs", "console.log(JSON.stringify({ steps: 130 }));\n");
  const report = await fixture.judge();
  expect(found(report, "bench", "fault")).toEqual(["null: steps: 130 instead of 100, 30 % worse."]);
  const evidence = JSON.parse(fs.readFileSync(path.join(report.evidence, "bench.json"), "utf8"));
  expect(evidence.runs.map(({ name }: { name: string }) => name)).toEqual([
    "base-1",
    "head-1",
    "base-2",
    "head-2",
    "base-3",
    "head-3",
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
