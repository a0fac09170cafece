import { expect, test } from "vitest";
import { criterionLines, criterionRows } from "./criteria-lines";

test("rows become the lines that a draft keeps, and come back as they were typed", () => {
  const rows = [
    { statement: "It adds ", command: "node a.js :: expect three", weight: "2" },
    { statement: "It is plain", command: "", weight: "" },
    { statement: "It counts more", command: "", weight: "3" },
    { statement: "It is quick", command: "npm run size", weight: "" },
    { statement: "It says 3", command: "node b.js :: expect 3", weight: "" },
    { statement: "", command: "", weight: "" },
  ];
  const text = criterionLines(rows);
  expect(text).toBe(
    "It adds  :: node a.js :: expect three :: 2\nIt is plain\nIt counts more ::  :: 3\nIt is quick :: npm run size\nIt says 3 :: node b.js :: expect 3\n",
  );
  expect(criterionRows(text)).toEqual(rows);
  expect(criterionRows("")).toEqual([{ statement: "", command: "", weight: "" }]);
});
