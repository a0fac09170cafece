import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FILTER_NAMES } from "./filters";
import { parseRunbook } from "./parse";
import { VERB_NAMES } from "./parse-step";
import { seededRunbook } from "./testing";

const page = readFileSync(new URL("../../../docs/runbooks.md", import.meta.url), "utf8");

test.each(FILTER_NAMES)("docs/runbooks.md names the filter %s", (name) => {
  expect(page).toMatch(new RegExp(`\`${name}[\`(]`));
});

test.each(VERB_NAMES)("docs/runbooks.md names the verb %s", (name) => {
  expect(page).toMatch(new RegExp(`^\\| \`${name}:`, "m"));
});

test("the example of docs/runbooks.md is a valid runbook", () => {
  const example = /^```markdown\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? "";
  expect(parseRunbook(example.replace(/^ {4}/gm, "")).errors ?? []).toEqual([]);
});

const seeded = readdirSync(new URL("../../../seeds/runbooks/", import.meta.url));

test.each(seeded)("the seed %s is a valid runbook", (file) => {
  expect(parseRunbook(seededRunbook(file.replace(/\.md$/, ""))).errors ?? []).toEqual([]);
});
