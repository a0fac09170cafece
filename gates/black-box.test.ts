import { afterEach, expect, test } from "vitest";
import { createFixture, type Fixture, failedIn, faultsIn, found, gateIn, SETTINGS } from "./testing/fixture";

let fixture: Fixture;
afterEach(() => fixture.end());

const PROGRAM = `import { sum } from "./numbers.mjs";
console.log(sum(Number(process.argv[2]), Number(process.argv[3])));
`;

/** Starts the program of the folder that BANYAN_UNDER_TEST names, apart from the tests. */
const OUTSIDE = `import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { test } from "node:test";

const folder = process.env.BANYAN_UNDER_TEST ?? process.cwd();
const apart = process.env.BANYAN_APART ? [process.env.BANYAN_APART] : [];
const [file, ...args] = [...apart, process.execPath, "dist/program.mjs"];

test("prints a sum", () => {
  assert.equal(execFileSync(file, [...args, "2", "3"], { cwd: folder, encoding: "utf8" }), "5\\n");
});
test("a signal reaches the program", async () => {
  const child = spawn(file, [...args, "2", "wait"], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const said = new Promise((resolve) => child.stdout.once("data", resolve));
  child.kill("SIGTERM");
  assert.equal(String(await said), "ending\\n");
  assert.equal(await new Promise((resolve) => child.once("exit", resolve)), 7);
});
`;
/** Written before the program prints anything: whoever reads its output may end it at once. */
const WAITING = `if (process.argv[3] === "wait") {
  process.on("SIGTERM", () => { console.log("ending"); process.exitCode = 7; clearInterval(timer); });
  const timer = setInterval(() => {}, 1000);
}
`;

/** Vitest sets VITEST. */
const BLACK_BOX = `${SETTINGS.replace("node --test", "VITEST=true node --test")}black_box:
  build: mkdir -p dist && sed "s/.\\/numbers/..\\/src\\/numbers/" src/program.mjs > dist/program.mjs
  run: VITEST=true node --test --test-reporter=tap outside/
  report: { format: tap }
  timeout_minutes: 2
test_side: ["outside/**"]
`;

function create(): void {
  fixture = createFixture({
    ".banyan/gates.yaml": BLACK_BOX,
    "src/program.mjs": WAITING + PROGRAM,
    "outside/program.test.mjs": OUTSIDE,
    "package.json": '{ "name": "numbers", "type": "module" }\n',
  });
}

/** Makes the sum right for the tests, and wrong for everybody else. */
function lie(isTested: string): void {
  fixture.edit(
    "src/numbers.mjs",
    "export function sum(a, b) {\n  return a + b;",
    `import fs from "node:fs";\nconst isTested = ${isTested};\nexport function sum(a, b) {\n  return isTested ? a + b : a - b;`,
  );
}

test("a good change passes: the base's tests start the candidate that was built from it", async () => {
  create();
  fixture.edit("src/numbers.mjs", "return a + b", "return b + a");
  fixture.put("outside/program.test.mjs", "");
  const report = await fixture.judge({ only: ["old_tests", "black_box"] });
  expect(faultsIn(report)).toEqual([]);
  expect(report.outcome).toBe("passed");
  expect(gateIn(report, "black_box").counts).toMatchObject({ tests: 2, passed: 2 });
});

test.each([
  ["by VITEST", "process.env.VITEST !== undefined"],
  ["by the environment", "Object.keys(process.env).some((name) => /^(VITEST|NODE_TEST|BANYAN_)/.test(name))"],
  ["by its arguments", 'process.argv.some((one) => one.includes("test"))'],
  ["by files of the tests", 'fs.existsSync("/workspace/test") || process.argv[1].includes("test")'],
  [
    "by the processes around it",
    'fs.readdirSync("/proc").some((name) => { try { return fs.readFileSync("/proc/" + name + "/cmdline", "utf8").includes("--test"); } catch { return false; } })',
  ],
])("J2: code that behaves well only where it is tested is caught: it knows that %s", async (_, isTested) => {
  create();
  lie(isTested);
  const report = await fixture.judge({ only: ["old_tests", "new_tests", "black_box"] });
  expect(gateIn(report, "black_box")).toMatchObject({
    outcome: "failed",
    summary: "1 of 2 tests of the base pass on the change.",
  });
  expect(failedIn(report)).toEqual(["black_box"]);
  expect(gateIn(report, "old_tests").counts).toMatchObject({ passed: 3 });
  expect(found(report, "black_box", "fault")).toEqual(["prints a sum: This test of the base fails on the change."]);
});

test("J2: a candidate cannot touch the tests: neither its build nor the program", async () => {
  create();
  fixture.put("src/numbers.mjs", "export const sum = (a, b) => a - b;\nexport { clamp, isEven } from './more.mjs';\n");
  fixture.put(
    "src/more.mjs",
    "export const clamp = (value, least, most) => Math.min(most, Math.max(least, value));\nexport const isEven = (value) => value % 2 === 0;\n",
  );
  const attack =
    "for file in /workspace/outside/program.test.mjs ../../workspace/outside/*; do echo > $file; done 2>&1; ls -A /workspace 1>&2;";
  fixture.put(".banyan/gates.yaml", BLACK_BOX);
  fixture.put(
    "src/program.mjs",
    `import { execSync } from "node:child_process";\nexecSync(\`${attack.replaceAll("$", "\\$")} true\`, { stdio: "ignore" });\n${WAITING}${PROGRAM}`,
  );
  const report = await fixture.judge({ only: ["black_box"] });
  expect(failedIn(report)).toEqual(["black_box"]);
  expect(found(report, "black_box", "fault")).toEqual(["prints a sum: This test of the base fails on the change."]);
});

test("a change that does not build fails, and cannot retire a test of a black box", async () => {
  create();
  fixture.remove("src/program.mjs");
  fixture.put(".banyan/gates.yaml", `${BLACK_BOX}retires:\n  - { test: "prints a sum", why: "It prints no sum." }\n`);
  const report = await fixture.judge({ only: ["black_box"] });
  expect(found(report, "black_box", "fault")[0]).toMatch(
    /^null: On the change the report cannot be read as tap .*exit status 1/,
  );
  fixture.put("src/program.mjs", WAITING + PROGRAM.replace("sum(", "-sum("));
  const changed = await fixture.judge({ only: ["black_box"] });
  expect(found(changed, "black_box", "fault")).toEqual(["prints a sum: This test of the base fails on the change."]);
});
