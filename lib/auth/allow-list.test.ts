import { expect, test } from "vitest";
import { isAllowed, normalAddress, parseAllowList } from "./allow-list";

const LIST = parseAllowList("Ann@Example.org, bob@example.com\n @team.example");

test("an address matches exactly, a domain matches all its own addresses; case does not matter", () => {
  for (const email of ["ann@example.org", "ANN@EXAMPLE.ORG", "bob@example.com", "x.y+z@team.example", "a@Team.Example"])
    expect([email, isAllowed(LIST, email)]).toEqual([email, true]);
});

test.each([
  "bob@example.org",
  "aann@example.org",
  "ann@example.org.evil.com",
  "ann@evil.example.org",
  "x@sub.team.example",
  "x@evilteam.example",
  "x@team.example.evil.com",
  "x@team.example.",
  "x@team.example@evil.com",
  "x@evil.com@team.example",
  '"x@evil.com"@team.example',
  '" "@team.example',
  "x@evil.com,y@team.example",
  "x@evil.com y@team.example",
  "x@evil.com%0a@team.example\n",
  "ann@example.org\n",
  " ann@example.org",
  "ann@example.org\0.evil.com",
  "ann@exampl\u00e9.org",
  // Dotless i and the Kelvin sign fold into ASCII letters; Cyrillic а looks like a Latin a.
  "\u212Aate@team.example",
  "\u0430nn@example.org",
  "a(team.example)@evil.com",
  "@team.example",
  "team.example",
  "x@",
  "",
  `${"a".repeat(65)}@team.example`,
  `a@${"a".repeat(250)}.team.example`,
  "x..y@team.example",
  ".x@team.example",
])("%j is not on it", (email) => {
  expect(isAllowed(LIST, email)).toBe(false);
});

test("the empty list allows nobody", () => {
  expect(isAllowed(parseAllowList(" , "), "ann@example.org")).toBe(false);
});

test.each([
  "ann",
  "*",
  "*@example.org",
  "@",
  "@example",
  "@*.example.org",
  "ann@example.org;bob@x.org",
  "@ex\u0430mple.org",
])("%j is not a valid entry", (entry) => {
  expect(() => parseAllowList(`a@example.org, ${entry}`)).toThrow(/is neither an e-mail address nor a domain such as/);
});

test("an address has one normal form", () => {
  expect(normalAddress("Ann.B+c@Example.ORG")).toBe("ann.b+c@example.org");
});
