import { expect, test } from "vitest";
import { LONG_UNIT } from "@/scripts/test-run/long-tests.mjs";
import { longestFirst } from "./longest-first";

test("the longest files come first, in their order, and the others keep theirs", () => {
  const [longest = "", next = ""] = LONG_UNIT;
  const files = ["z.test.ts", next, "a.test.ts", longest].map((name) => ({ moduleId: `/checkout/${name}` }));
  expect(longestFirst(files, "/checkout").map(({ moduleId }) => moduleId)).toEqual(
    [longest, next, "z.test.ts", "a.test.ts"].map((name) => `/checkout/${name}`),
  );
});
