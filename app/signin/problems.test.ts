import { expect, test } from "vitest";
import { sentenceOf } from "./problems";

test("names the refused address if it is a valid address, and never shows any other text", () => {
  expect(sentenceOf("list", "jonas@example.org")).toBe(
    "jonas@example.org is not on the list. Ask an admin to add that exact address, then try again.",
  );
  for (const refused of [undefined, "", "Call +1 555 and ask for access", "<img src=x>@example.org"])
    expect(sentenceOf("list", refused)).toMatch(/^That account’s address is not on the list\./);
  expect(sentenceOf("unverified", undefined)).toMatch(/^Google has not verified that account’s address\./);
});

test("returns no sentence for an unknown problem", () => {
  for (const word of ["", "x", "toString", "__proto__", "constructor"]) expect(sentenceOf(word, "")).toBeNull();
});
