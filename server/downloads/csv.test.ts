import { expect, test } from "vitest";
import { csvLine } from "./csv";

test("formulas become text, however they begin", () => {
  const hostile = ["=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\ufeff=1", "＝1"];
  for (const text of [...hostile, "\tplain", "\rplain"])
    expect([text, csvLine([text])]).toEqual([text, `"'${text}"\r\n`]);
});

test("quotes are doubled, and line breaks and commas stay inside their cell", () => {
  expect(csvLine([7, 'say "no"', "a,b", "two\nlines", ""])).toBe('7,"say ""no""","a,b","two\nlines",""\r\n');
  expect(csvLine([-7])).toBe("-7\r\n");
});
