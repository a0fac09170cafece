import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { type Analysed, readSarif } from "./sarif";

/** oxlint wrote its own; those of CodeQL and Semgrep are written after their form. */
const sample = (tool: string) => fs.readFileSync(path.join(import.meta.dirname, "testing", `${tool}.sarif`), "utf8");
const where = { has: (name: string) => ["src/a.js", "b c.js"].includes(name), roots: ["/home/me/work"] };

function resultsOf(text: string): Analysed[] {
  const read = readSarif(text, where);
  if ("problem" in read) throw new Error(read.problem);
  return read.results;
}

const rows = (text: string) =>
  resultsOf(text).map(({ tool, rule, level, path: file, line, isSuppressed }) => {
    return [tool, rule, level, `${file}:${line}`, isSuppressed];
  });

test("oxlint: levels of the results", () => {
  expect(rows(sample("oxlint"))).toEqual([
    ["oxlint", "eslint(no-unused-vars)", "warning", "src/a.js:4", false],
    ["oxlint", "eslint(no-debugger)", "warning", "src/a.js:2", false],
    ["oxlint", "eslint(use-isnan)", "warning", "src/a.js:3", false],
  ]);
});

test("CodeQL: rules of extensions, files by their index, and marks", () => {
  expect(rows(sample("codeql"))).toEqual([
    ["CodeQL", "js/command-line-injection", "error", "src/a.js:3", false],
    ["CodeQL", "js/unused-local-variable", "note", "src/a.js:4", false],
  ]);
  expect(resultsOf(sample("codeql"))[0]?.fingerprints[0]).toBe("primaryLocationLineHash 39fa2ee980eb94b0:1");
});

test("Semgrep: the rule's level, suppressions, and no mark, because that of the free version is a constant", () => {
  expect(rows(sample("semgrep"))).toEqual([
    ["Semgrep OSS", "rules.no-debugger", "warning", "src/a.js:2", false],
    ["Semgrep OSS", "rules.nan", "error", "src/a.js:3", true],
  ]);
  expect(resultsOf(sample("semgrep")).flatMap(({ fingerprints }) => fingerprints)).toEqual([]);
});

const log = (run: object) => JSON.stringify({ version: "2.1.0", runs: [{ tool: { driver: { name: "t" } }, ...run }] });
const at = (artifactLocation: object, more: object = {}) =>
  log({ results: [{ message: { text: "m" }, locations: [{ physicalLocation: { artifactLocation } }] }], ...more });

test.each([
  ["a plain path", at({ uri: "src/a.js" }), "src/a.js"],
  ["a path from here", at({ uri: "./src/a.js" }), "src/a.js"],
  ["an escaped name", at({ uri: "b%20c.js" }), "b c.js"],
  ["the folder of the repository", at({ uri: "file:///home/me/work/src/a.js" }), "src/a.js"],
  ["the sandbox", at({ uri: "file:///workspace/src/a.js" }), "src/a.js"],
  [
    "a base",
    at({ uri: "a.js", uriBaseId: "S" }, { originalUriBaseIds: { S: { uri: "file:///workspace/src/" } } }),
    "src/a.js",
  ],
  ["a base without an address", at({ uri: "src/a.js", uriBaseId: "S" }, { originalUriBaseIds: { S: {} } }), "src/a.js"],
  ["another file", at({ uri: "../../etc/passwd" }), null],
  ["another machine's file", at({ uri: "file:///etc/passwd" }), null],
  ["no address", at({ uri: "%E0%A4%A" }), null],
  ["a prototype's name", at({ uri: "src/a.js", uriBaseId: "__proto__" }), "src/a.js"],
])("the file of a result: %s", (_what, text, expected) => {
  expect(resultsOf(text)[0]?.path).toBe(expected);
});

test("a result without a level has that of its rule, and one that is no failure is a note", () => {
  const levelOf = (result: object) => resultsOf(log({ results: [result] }))[0]?.level;
  expect([levelOf({}), levelOf({ level: "none" }), levelOf({ kind: "pass" }), levelOf({ level: "error" })]).toEqual([
    "warning",
    "note",
    "note",
    "error",
  ]);
});

test("a suppression counts only when it is accepted", () => {
  const isOne = (...suppressions: object[]) => resultsOf(log({ results: [{ suppressions }] }))[0]?.isSuppressed;
  expect([
    isOne(),
    isOne({ kind: "inSource" }),
    isOne({ status: "underReview" }),
    isOne({}, { status: "rejected" }),
  ]).toEqual([false, true, false, false]);
});

test.each([
  ["no JSON", "{", "the report is not SARIF 2.1.0"],
  ["another version", '{"version":"1.0.0","runs":[]}', "the report is not SARIF 2.1.0"],
  ["no run", '{"version":"2.1.0","runs":[]}', "the report is not SARIF 2.1.0"],
  ["depth", `${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}`, "the report is not SARIF 2.1.0"],
  ["no results", log({}), "the report has a run without results"],
  ["no results either", log({ results: null }), "the report has a run without results"],
  [
    "a tool that failed",
    log({ results: [], invocations: [{ executionSuccessful: false }] }),
    "the tool says in its report that it failed",
  ],
  [
    "too many",
    log({ results: Array.from({ length: 100_001 }, () => ({})) }),
    "the report has more than 100000 results",
  ],
])("%s says nothing", (_what, text, problem) => {
  expect(readSarif(text, where)).toEqual({ problem });
});

test("long texts are cut, and strange lines are none", () => {
  const [result] = resultsOf(
    log({
      results: [
        {
          ruleId: "r".repeat(9999),
          message: { text: "m".repeat(99_999) },
          locations: [{ physicalLocation: { artifactLocation: { uri: "src/a.js" }, region: { startLine: -3.5 } } }],
        },
      ],
    }),
  );
  expect([result?.rule.length, result?.message.length, result?.line]).toEqual([200, 500, null]);
});
