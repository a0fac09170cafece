import { expect, test } from "vitest";
import { titleWith } from "./signs";

test("the title has the number of items that wait, once", () => {
  expect(titleWith(2, "Review · Banyan")).toBe("(2) Review · Banyan");
  expect(titleWith(3, "(2) Review · Banyan")).toBe("(3) Review · Banyan");
  expect(titleWith(0, "(99+) Review · Banyan")).toBe("Review · Banyan");
  expect(titleWith(120, "Banyan")).toBe("(99+) Banyan");
});
