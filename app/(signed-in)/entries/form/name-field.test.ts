import { expect, test } from "vitest";
import { nameFault } from "./name-field";

test("A name is checked while it is typed, with what to do", () => {
  expect(["", "ab", "release_rules", "a1"].map(nameFault)).toEqual([null, null, null, null]);
  expect(nameFault("Rules")).toContain("capitals");
  expect(nameFault("release-rules")).toContain("use _ between words");
  expect(nameFault("1st")).toContain("begins with a letter");
  expect(nameFault("a")).toContain("2 to 40");
  expect(nameFault("rü")).toContain("Only a–z");
});
