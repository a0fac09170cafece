import { expect, test } from "vitest";
import { globsIn } from "./globs";

test("globs stand one a line or between commas, and keep the commas of their braces", () => {
  expect(globsIn("src/**, *.{js,ts}\n\n  test/a.js ,")).toEqual(["src/**", "*.{js,ts}", "test/a.js"]);
  expect(globsIn(" \n, ")).toEqual([]);
});
