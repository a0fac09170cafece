import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { MORE_ENTRIES, TAB_ENTRIES } from "../navigation-entries";
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

test("a phone reaches every page of the sidebar by its tabs or under More", () => {
  const words = [...TAB_ENTRIES, ...MORE_ENTRIES].map(({ word }) => word);
  expect(words.slice(0, TAB_ENTRIES.length)).toEqual(["Home", "Review", "Trees", "Operations"]);
  expect(words.slice(TAB_ENTRIES.length)).toEqual([
    "Schedules",
    "Agents",
    "Documents",
    "Tools",
    "Runbooks",
    "Settings",
  ]);
});
