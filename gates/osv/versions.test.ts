import { expect, test } from "vitest";
import { isAffected } from "./versions";

const range = (type: string, ...events: object[]) => ({ ranges: [{ type, events }] });

test.each([
  ["npm", "1.2.5", true],
  ["npm", "1.2.6", false],
  ["npm", "1.2.6-rc.1", true],
  ["npm", "2.0.0", true],
  ["npm", "2.1.0", false],
  ["crates.io", "0.1.0", true],
  ["Go", "1.9.0", false],
  ["Go", "0.0.0-20240101000000-abcdefabcdef", true],
] as const)("%s %s: %s", (ecosystem, version, expected) => {
  const events = [{ fixed: "2.0.5" }, { introduced: "0" }, { introduced: "2.0.0" }, { fixed: "1.2.6" }];
  expect(isAffected(ecosystem, version, range("SEMVER", ...events))).toBe(expected);
});

test.each([
  ["1.0.post1", true],
  ["1.0rc1", true],
  ["1.0.dev1", true],
  ["1!0.1", false],
  ["1.10", false],
  ["1.9", true],
  ["1.9.1", false],
])("PyPI %s: %s", (version, expected) => {
  expect(isAffected("PyPI", version, range("ECOSYSTEM", { introduced: "0" }, { last_affected: "1.9" }))).toBe(expected);
});

test("versions that a vulnerability lists, limits, and ranges of commits", () => {
  expect(isAffected("npm", "1.0.0", { versions: ["1.0.0"] })).toBe(true);
  expect(isAffected("npm", "1.0.1", { versions: ["1.0.0"] })).toBe(false);
  expect(isAffected("npm", "2.0.0", range("SEMVER", { introduced: "1.0.0" }, { limit: "2.0.0" }))).toBe(false);
  expect(isAffected("npm", "2.0.0", range("GIT", { introduced: "0" }))).toBe(false);
});

test("a version that cannot be compared is unknown", () => {
  expect(isAffected("PyPI", "not a version", range("ECOSYSTEM", { introduced: "0" }, { fixed: "1" }))).toBe("unknown");
  expect(isAffected("npm", "1.0.0", range("SEMVER", { introduced: "0" }, { fixed: "soon" }))).toBe("unknown");
});
