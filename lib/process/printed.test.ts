import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { withoutSequences } from "./printed";

test("colours, cursor movements and links are taken out of what a program printed", () => {
  const printed = [
    "\u001b[1;31mred\u001b[39m and \u009b2Kcleared",
    "\u001b]8;;https://a.test/x\u001b\\a link\u001b]8;;\u001b\\, \u001b]0;title\u0007a title",
    `${"long ".repeat(500)}\u001b[32mgreen\u001b[0m`,
  ];
  for (const text of printed) expect(withoutSequences(text)).toBe(stripVTControlCharacters(text));
  expect(withoutSequences(printed.join("\n"))).toBe(`red and cleared\na link, a title\n${"long ".repeat(500)}green`);
});

/** Node's function alone takes minutes for it. */
test("a megabyte that could always go on as one sequence is read", () => {
  const half = 500_000;
  expect(withoutSequences(`\u001b${";#".repeat(half)}\u001b[32mdone`)).toMatch(/;#done$/);
  expect(withoutSequences("\u001b\\".repeat(half))).toContain("\\");
  expect(withoutSequences("\u001b[".repeat(half)).length).toBeLessThanOrEqual(2 * half);
});
