import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FILTER_NAMES } from "./filters";
import { VERB_NAMES } from "./parse-step";

const page = readFileSync(new URL("../../../docs/runbooks.md", import.meta.url), "utf8");

test.each(FILTER_NAMES)("docs/runbooks.md names the filter %s", (name) => {
  expect(page).toMatch(new RegExp(`\`${name}[\`(]`));
});

test.each(VERB_NAMES)("docs/runbooks.md names the verb %s", (name) => {
  expect(page).toMatch(new RegExp(`^\\| \`${name}:`, "m"));
});
