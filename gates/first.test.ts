/** The first part of the gates: tests that the change can reach run at once, all others with the whole gates. */
import fs from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import type { GatesReport } from "@/core/shapes/improving/gates";
import { tableLines } from "./print/table";
import { createFixture, type Fixture, failedIn, found, gateIn, MODULE, SETTINGS } from "./testing/fixture";

let fixture: Fixture;
afterEach(() => fixture.end());

const WITH_FIRST = `${SETTINGS.replace(
  "  report:",
  `  some: node --test --test-reporter=tap $BANYAN_TEST_FILES
  first: { files: ["test/**", "!test/slow.test.mjs"], most_files: 3, most_steps: 2, aliases: { "#/": "src/" } }
  report:`,
)}guarded: ["src/guarded.mjs"]
`;
const WITH_SENTINELS = WITH_FIRST.replace("sentinels: false\nmutation: false", "sentinels: { count: 1, least: 1 }");

const testOf = (module: string, expected: string) => `import assert from "node:assert/strict";
import { test } from "node:test";
import { answer } from "${module}";

test("${module} answers", () => assert.equal(answer(), "${expected}"));
`;

/** Sentinels run the tests again and again, so that only what is about them has some. */
function create(settings: string): void {
  fixture = createFixture({
    ".banyan/gates.yaml": settings,
    "src/near.mjs": 'export const answer = () => "near";\n',
    "src/far.mjs": 'export { answer } from "./near.mjs";\n',
    "src/guarded.mjs": 'export const answer = () => "guarded";\n',
    "test/near.test.mjs": testOf("../src/near.mjs", "near"),
    "test/far.test.mjs": testOf("../src/far.mjs", "near"),
    "test/further.test.mjs": `import "./far.test.mjs";\n`,
    "test/furthest.test.mjs": `import "./further.test.mjs";\n`,
    "test/guarded.test.mjs": testOf("../src/guarded.mjs", "guarded"),
    "test/slow.test.mjs": testOf("../src/near.mjs", "near"),
    "docs/guide.md": "A sentence.\n",
  });
}

function ranIn({ evidence }: GatesReport): string[] {
  const { runs } = JSON.parse(fs.readFileSync(path.join(evidence, "old_tests.json"), "utf8"));
  return runs.map(({ name }: { name: string }) => name);
}

test("the nearest tests run, slow gates are left for later, and the digest covers that", async () => {
  create(WITH_SENTINELS);
  fixture.edit("src/near.mjs", "answer = () =>", "answer = (/* nothing */) =>");
  const report = await fixture.judge({ first: true });
  expect(failedIn(report)).toEqual([]);
  expect(report.outcome).toBe("passed");
  expect(gateIn(report, "old_tests")).toMatchObject({
    later: true,
    counts: { tests: 2, passed: 2, files: 2, files_reached: 4 },
  });
  expect(found(report, "old_tests", "note")).toEqual([
    "null: 2 of the 4 files of tests that the change can reach ran, the nearest first. The others run with the whole gates.",
  ]);
  expect(JSON.parse(fs.readFileSync(path.join(report.evidence, "old_tests.json"), "utf8"))).toMatchObject({
    later: true,
  });
  expect(gateIn(report, "sentinels")).toMatchObject({ outcome: "off", later: true });
  const said = tableLines(report, (_, text) => text).join("\n");
  expect(said).toContain("Later, with the whole gates: sentinels.");
  expect(said).toContain("Passed so far: this is the first part of the gates.");
});

test("a fault in code that the change can reach is found at once", async () => {
  create(WITH_FIRST);
  fixture.edit("src/near.mjs", '"near"', '"else"');
  const report = await fixture.judge({ first: true });
  expect(failedIn(report)).toEqual(["old_tests", "new_tests"]);
  expect(found(report, "old_tests", "fault")).toHaveLength(2);
});

test("a sentence that no test reads runs no test, and says so", async () => {
  create(WITH_FIRST);
  fixture.put("docs/guide.md", "A better sentence.\n");
  const report = await fixture.judge({ first: true });
  expect(report.outcome).toBe("passed");
  expect(ranIn(report)).toEqual([]);
  expect(found(report, "old_tests", "note")).toEqual([
    "null: No file of tests imports or names what changed. The others run with the whole gates.",
  ]);
  expect(found(report, "old_tests", "flag")).toEqual([]);
});

test("a change with a flag is judged whole", async () => {
  create(WITH_SENTINELS);
  fixture.edit("src/guarded.mjs", "answer = () =>", "answer = (/* nothing */) =>");
  const guarded = await fixture.judge({ first: true });
  expect(gateIn(guarded, "scope").findings.map(({ kind }) => kind)).toEqual(["flag"]);
  expect(gateIn(guarded, "sentinels")).toMatchObject({ outcome: "passed" });
  expect(gateIn(guarded, "old_tests")).not.toHaveProperty("later");
});

test("a change of files that decide how tests run is judged whole", async () => {
  create(WITH_FIRST);
  fixture.put(
    "package.json",
    '{ "name": "numbers", "version": "1.0.0", "type": "module", "scripts": { "test": "x" } }\n',
  );
  expect(gateIn(await fixture.judge({ first: true }), "old_tests")).not.toHaveProperty("later");
  fixture.git("checkout", "-q", ".");
  fixture.put("test/helper.mjs", "export const helped = 1;\n");
  expect(gateIn(await fixture.judge({ first: true }), "old_tests")).not.toHaveProperty("later");
});

test("without tests that run first, everything runs", async () => {
  fixture = createFixture();
  fixture.put("src/numbers.mjs", `${MODULE}\nexport const zero = 0;\n`);
  expect(gateIn(await fixture.judge({ first: true }), "old_tests")).not.toHaveProperty("later");
});

test("the first part and a choice of gates exclude each other", async () => {
  create(WITH_FIRST);
  await expect(fixture.judge({ first: true, only: ["scope"] })).rejects.toThrow("leave out which gates run");
});
