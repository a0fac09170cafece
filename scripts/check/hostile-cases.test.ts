import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Rows of the table of hostile cases: id and the files that test the case. */
const ROWS = [...readFileSync("docs/security.md", "utf8").matchAll(/^\| ([A-Z]\d) \|.*\| (`[^|]+`) \|$/gm)];

test("the document lists at least the 27 known hostile cases", () => {
  expect(ROWS.length).toBeGreaterThanOrEqual(27);
});

test.each(
  ROWS.flatMap(([, id = "", files = ""]) => [...files.matchAll(/`([^`]+)`/g)].map(([, file = ""]) => [id, file])),
)("case %s has a test in the file that the document names, %s", (id, file) => {
  const source = readFileSync(file, "utf8");
  expect(source).toMatch(new RegExp(`["'\`/ ]${id}[,:. ]`));
  expect(source).not.toMatch(/\.(skip|todo|only)\(/);
});
