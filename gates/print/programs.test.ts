import sarifSchema from "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import type { GatesReport } from "@/core/shapes/improving/gates";
import { readJunit } from "@/lib/test-reports/junit";
import { finding, gate, report } from "../testing/report";
import { annotationsOf, summaryOf, withoutCommands } from "./github";
import { junitOf } from "./junit";
import { sarifOf } from "./sarif";

/** Its draft 4 differs from what Ajv reads only in the name of `id`, and in words that it does not use. */
const { $schema, id, ...schema } = sarifSchema;
const isSarif = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);

const HOSTILE = "a\n::error::b\r%0A ]]> <x> & [c](https://example.org) \u001b[2J\u202e \ud800 \uffff";

const failed = report("failed", [
  gate("scope", "passed", [finding("A guarded file is added.", { kind: "flag", path: "src/a b.ts" })]),
  gate("old_tests", "failed", [
    finding("Red.", { path: "a.test.ts", line: 3, test: "a.test.ts > adds" }),
    finding("Why.", { kind: "note" }),
  ]),
  gate("lint", "not_measured"),
  gate("types", "not_measured", [], false),
  gate("bench", "off"),
]);
const hostile = report("failed", [
  gate("own", "failed", [
    finding(HOSTILE, { path: "src/a,b:c\n.ts", line: -1 }),
    finding("Elsewhere.", { path: "../../etc/passwd", line: 2 }),
  ]),
]);

function runIn(of: GatesReport) {
  const sarif = JSON.parse(sarifOf(of));
  expect([isSarif(sarif), isSarif.errors]).toEqual([true, null]);
  return sarif.runs[0];
}

test("SARIF holds each finding at its place, and is as the schema says", () => {
  const { results, tool } = runIn(failed);
  expect(tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(["scope", "old_tests", "lint", "types"]);
  const rows = results.map(({ ruleId, level, message, locations: [{ physicalLocation: place }] }: Result) => {
    return [ruleId, level, message.text, place.artifactLocation.uri, place.region?.startLine];
  });
  expect(rows).toEqual([
    ["scope", "warning", "A guarded file is added.", "src/a%20b.ts", undefined],
    ["old_tests", "error", "a.test.ts > adds: Red.", "a.test.ts", 3],
    ["old_tests", "note", "Why.", ".banyan/gates.yaml", undefined],
  ]);
});

interface Result {
  ruleId: string;
  level: string;
  message: { text: string };
  locations: [{ physicalLocation: { artifactLocation: { uri: string }; region?: { startLine: number } } }];
}

test("SARIF: a required gate that was not measured makes the run unsuccessful", () => {
  const [invocation] = runIn(report("not_measured", [gate("lint", "not_measured"), gate("bench", "off")])).invocations;
  expect(invocation.executionSuccessful).toBe(false);
  expect(invocation.toolExecutionNotifications).toEqual([
    { level: "error", message: { text: "Not measured: lint." } },
    { level: "error", message: { text: "lint: not measured. lint | said" }, associatedRule: { id: "lint" } },
    { level: "note", message: { text: "Off: bench." } },
  ]);
  const [optional] = runIn(report("passed", [gate("lint", "not_measured", [], false)])).invocations;
  expect(optional.executionSuccessful).toBe(true);
  expect(optional.toolExecutionNotifications).toMatchObject([
    { message: { text: "Not measured: tests. The other gates passed." } },
    { level: "warning", associatedRule: { id: "lint" } },
  ]);
});

test("SARIF: hostile texts and places stay texts, and a finding keeps its fingerprint when its line moves", () => {
  const { results } = runIn(hostile);
  expect(results[0].message.text).toContain("[c] (https://example.org)");
  expect(results[0].locations[0].physicalLocation).toEqual({
    artifactLocation: { uri: "src/a%2Cb%3Ac%0A.ts", uriBaseId: "%SRCROOT%" },
  });
  expect(results[1].locations[0].physicalLocation.artifactLocation.uri).toBe(".banyan/gates.yaml");
  const at = (line: number) => report("failed", [gate("own", "failed", [finding("Red.", { path: "a", line })])]);
  const printOf = (of: GatesReport) => runIn(of).results[0].partialFingerprints;
  expect(printOf(at(1))).toEqual(printOf(at(9)));
  const many = Array.from({ length: 5001 }, (_, at) => finding(`Number ${at}.`));
  const long = runIn(report("failed", [gate("own", "failed", many)]));
  expect(long.results).toHaveLength(5000);
  expect(long.invocations[0].toolExecutionNotifications.at(-1).message.text).toBe(
    "1 more results are in the evidence.",
  );
});

test("JUnit: a gate is a test, and only a gate that passed is a test that passed", () => {
  const xml = junitOf(failed);
  expect(readJunit(xml).map(({ name, status }) => [name, status])).toEqual([
    ["banyan gates scope", "passed"],
    ["banyan gates old tests", "failed"],
    ["banyan gates lint", "failed"],
    ["banyan gates types", "skipped"],
    ["banyan gates bench", "skipped"],
  ]);
  expect(xml).toContain('<error message="not measured: lint | said"');
  expect(xml).toContain('<skipped message="not measured: types | said"/>');
  expect(xml).toContain('<skipped message="off: bench | said"/>');
  expect(xml).toMatch(/<testsuite name="banyan gates" tests="5" failures="1" errors="1" skipped="2"/);
  expect(xml).toContain("fault: a.test.ts > adds: Red.".replace(">", "&gt;"));
});

test("JUnit: a hostile text is a text", () => {
  const xml = junitOf(hostile);
  expect(readJunit(xml)).toHaveLength(1);
  expect(xml).toContain("]]&gt; &lt;x&gt; &amp; [c](https://example.org) \uFFFD[2J\uFFFD \uFFFD \uFFFD");
});

test("GitHub: findings annotate their files, and a gate that was not measured is a warning", () => {
  expect(annotationsOf(failed)).toEqual([
    "::warning title=lint::not measured: lint | said",
    "::warning title=types::not measured: types | said",
    "::error file=a.test.ts,line=3,title=old tests::a.test.ts > adds: Red.",
    "::warning file=src/a b.ts,title=scope::A guarded file is added.",
    "::notice title=old tests::Why.",
    "::error title=Gates::Failed: old tests. 1 flag needs a person's look.",
  ]);
});

test("GitHub: no text of the repository is a command", () => {
  const lines = annotationsOf(hostile);
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^::error file=src\/a%2Cb%3Ac%0A\.ts,title=own::a\uFFFD::error::b\uFFFD%250A /);
  expect(withoutCommands(["::error::x"], "token")).toEqual(["::stop-commands::token", "::error::x", "::token::"]);
  const many = Array.from({ length: 60 }, (_, at) => finding(`Number ${at}.`));
  expect(annotationsOf(report("failed", [gate("own", "failed", many)])).at(-2)).toBe(
    "::notice::10 more findings are in the summary of this job.",
  );
  const long = report("failed", [gate("own", "failed", [finding("x".repeat(600_000)), finding("y".repeat(600_000))])]);
  const summary = summaryOf(long);
  expect(summary.length).toBeLessThan(1_000_000);
  expect(summary).toMatch(/\n\nCut here: the whole report is in the evidence\.\n$/);
});
