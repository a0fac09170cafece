import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const DOCUMENT = readFileSync("docs/security.md", "utf8");
const IDS = [...DOCUMENT.matchAll(/^\| ([A-Z]\d+) \|/gm)].map(([, id = ""]) => id);
/** Rows of the table of hostile cases: id and the files that test the case. */
const ROWS = [...DOCUMENT.matchAll(/^\| ([A-Z]\d+) \|.*\| (`[^|]+`) \|$/gm)];

test("the document lists at least the 27 known hostile cases, each with an id of its own and with its tests", () => {
  expect(IDS.length).toBeGreaterThanOrEqual(27);
  expect(IDS.filter((id, at) => IDS.indexOf(id) !== at)).toEqual([]);
  expect(ROWS.map(([, id]) => id)).toEqual(IDS);
});

test.each(
  ROWS.flatMap(([, id = "", files = ""]) => [...files.matchAll(/`([^`]+)`/g)].map(([, file = ""]) => [id, file])),
)("case %s has a test in the file that the document names, %s", (id, file) => {
  const source = readFileSync(file, "utf8");
  expect(source).toMatch(new RegExp(`["'\`/ ]${id}[,:. ]`));
  expect(source).not.toMatch(/\.(skip|todo|only)\(/);
});
