import { expect, test } from "vitest";
import { outcomeOf } from "./outcome";

test.each([
  ["Found 3 breaking changes. Two of them are in routes.", "Found 3 breaking changes."],
  [
    "# Report\n\nFound 3 breaking changes in v5.1.0 of Express. More below.",
    "Found 3 breaking changes in v5.1.0 of Express.",
  ],
  ["# Only a title", "Only a title"],
  ["```json\n{}\n```\nThe file is valid.", "The file is valid."],
  ["---\n| a | b |\n|---|---|\nTwo rows differ.", "Two rows differ."],
  ["- **Added** `a.txt`\n- Removed b", "- **Added** `a.txt`"],
  ['{"path":"part-01","files":4}', null],
  ['[{"path":"part-01"}]', null],
  ["[4 files](files.md) differ.", "[4 files](files.md) differ."],
  ["", ""],
])("%j is shown as %j", (text, shown) => expect(outcomeOf(text)).toBe(shown));

test("a long sentence is cut", () => {
  expect(outcomeOf(`A${"b".repeat(400)}`)).toMatch(/^Ab+…$/);
  expect(outcomeOf("A".repeat(400))?.length).toBe(160);
});
