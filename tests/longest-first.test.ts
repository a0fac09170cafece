import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { LONGEST, longestFirst } from "./longest-first";

test("each file that begins first is there", () => {
  expect(LONGEST.filter((file) => !existsSync(file))).toEqual([]);
});

test("the longest files come first, in their order, and the others keep theirs", () => {
  const [longest = "", next = ""] = LONGEST;
  const files = ["z.test.ts", next, "a.test.ts", longest].map((name) => ({ moduleId: `/checkout/${name}` }));
  expect(longestFirst(files, "/checkout").map(({ moduleId }) => moduleId)).toEqual(
    [longest, next, "z.test.ts", "a.test.ts"].map((name) => `/checkout/${name}`),
  );
});
