import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Rows of the table of hostile cases: id and the files that do it. */
const ROWS = [...readFileSync("docs/security.md", "utf8").matchAll(/^\| ([A-Z]\d) \|.*\| (`[^|]+`) \|$/gm)];

test("the document names all the cases that there are tests of", () => {
  expect(ROWS.length).toBeGreaterThanOrEqual(27);
});

test.each(
  ROWS.flatMap(([, id = "", files = ""]) => [...files.matchAll(/`([^`]+)`/g)].map(([, file = ""]) => [id, file])),
)("%s is tested where the document says, in %s", (id, file) => {
  const source = readFileSync(file, "utf8");
  expect(source).toMatch(new RegExp(`["'\`/ ]${id}[,:. ]`));
  expect(source).not.toMatch(/\.(skip|todo|only)\(/);
});
