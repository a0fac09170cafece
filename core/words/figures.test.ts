import { expect, test } from "vitest";
import { money, plain } from "./figures";

test("a headline is shown without the marks of Markdown", () => {
  expect(plain("## The **tests** expect `req.query`, see [the guide](https://example.org)")).toBe(
    "The tests expect req.query, see the guide",
  );
  expect(plain("- 2 * 3 * 4 and snake_case_name")).toBe("2 * 3 * 4 and snake_case_name");
});

test("cents stand where they count", () => {
  expect([0, 4.1, 999.994, 1_000, 1_234.5, 12_000_000].map(money)).toEqual([
    ...["$0.00", "$4.10", "$999.99", "$1,000", "$1,235", "$12,000,000"],
  ]);
});
