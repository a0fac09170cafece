import { expect, test } from "vitest";
import { plain } from "./format";

test("a headline is shown without the marks of Markdown", () => {
  expect(plain("## The **tests** expect `req.query`, see [the guide](https://example.org)")).toBe(
    "The tests expect req.query, see the guide",
  );
  expect(plain("- 2 * 3 * 4 and snake_case_name")).toBe("2 * 3 * 4 and snake_case_name");
});
