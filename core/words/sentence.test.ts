import { expect, test } from "vitest";
import { sentence } from "./sentence";

test("a sentence ends with one mark", () => {
  expect(["Done", "Done..", "Wait…", "Wait...…", "Why?", " "].map(sentence)).toEqual([
    "Done.",
    "Done.",
    "Wait…",
    "Wait…",
    "Why?",
    "",
  ]);
});

/** A pattern that began again at each full stop took minutes for it. */
test("a megabyte of full stops is a sentence, too", () => {
  const dots = ".".repeat(1_000_000);
  expect(sentence(`Wait${dots}x`)).toBe(`Wait${dots}x.`);
  expect(sentence(`Wait${dots}`)).toBe("Wait.");
});
