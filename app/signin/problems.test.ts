import { expect, test } from "vitest";
import { sentenceOf } from "./problems";

test("the address that was refused is named when it is one, and nothing else is ever put there", () => {
  expect(sentenceOf("list", "jonas@example.org")).toBe(
    "jonas@example.org is not on the list. Ask an admin to add that exact address, then try again.",
  );
  for (const refused of [undefined, "", "Call +1 555 and ask for access", "<img src=x>@example.org"])
    expect(sentenceOf("list", refused)).toMatch(/^That account’s address is not on the list\./);
  expect(sentenceOf("unverified", undefined)).toMatch(/^Google has not verified that account’s address\./);
});

test("a word that is none says nothing", () => {
  for (const word of ["", "x", "toString", "__proto__", "constructor"]) expect(sentenceOf(word, "")).toBeNull();
});
