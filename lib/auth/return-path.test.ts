import { expect, test } from "vitest";
import { returnPath } from "./return-path";

test.each(["/", "/trees/0a1b?view=graph&task=x#log", "/trees?q=a%20b", "/review?q=50%25", "/a//b"])(
  "%s is a page of this server",
  (path) => {
    expect(returnPath(path)).toBe(path);
  },
);

test.each([
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/%2F%2Fevil.example",
  "/%5Cevil.example",
  "/%255Cevil.example",
  "/%25252Fevil.example",
  "/%09/evil.example",
  "%2F%2Fevil.example",
  "http://evil.example/",
  "http:evil.example",
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "data:text/html,x",
  "/%",
  "evil.example",
  "/./../..//evil.example",
  "/..//evil.example",
  "",
  null,
  undefined,
  ["/trees"],
  `/${"a".repeat(3_000)}`,
  "/signin?callbackUrl=/signin",
  "/api/v1/trees",
  "/signout",
])("A4: %j leads home", (given) => {
  expect(returnPath(given)).toBe("/");
});

test("the parameter that Next.js adds to an address is removed", () => {
  expect(returnPath("/trees/1?_rsc=abc&q=x")).toBe("/trees/1?q=x");
});
