import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { ENTRIES, MORE_ENTRIES, TAB_ENTRIES } from "../navigation-entries";
import { pageChoices } from "./actions";

/** Addresses of the pages that need no id, and no name of an entry. */
function fixedAddresses(): string[] {
  return readdirSync("app/(signed-in)", { recursive: true, encoding: "utf8" })
    .filter((file) => /(^|\/)page\.tsx$/.test(file) && !file.includes("["))
    .map(
      (file) =>
        `/${file
          .split("/")
          .slice(0, -1)
          .filter((folder) => !folder.startsWith("("))
          .join("/")}`,
    );
}

test("the palette finds every page that has one address", () => {
  const found = pageChoices(true).map(({ go }) => ("to" in go ? go.to : ""));
  expect([...new Set(found)].toSorted()).toEqual(fixedAddresses().toSorted());
});

test("a phone reaches every page of the sidebar once, by its tabs or under More", () => {
  const reached = [...TAB_ENTRIES, ...MORE_ENTRIES].map(({ href }) => href);
  expect(reached.toSorted()).toEqual(
    ENTRIES.flat()
      .map(({ href }) => href)
      .toSorted(),
  );
});
