import { expect, test } from "vitest";
import { addressOf, isFiltered, stateOf } from "./list-address";

test("the address holds only what differs from the plain list, and reads back to the same state", () => {
  const plain = stateOf({});
  expect(addressOf(plain)).toBe("/trees");
  expect(isFiltered(plain)).toBe(false);
  const given = { search: "a&b", status: "failed", agent: "coder", person: "x@y.org", sort: "cost", after: "12-34" };
  const state = stateOf(given);
  expect(Object.fromEntries(new URL(addressOf(state), "http://x").searchParams)).toEqual(given);
  expect(isFiltered(state)).toBe(true);
});

test("invalid values fall back to the defaults", () => {
  const nonsense = { status: "done", sort: "by; DROP", after: "-1", search: ["a", "b"], agent: undefined };
  expect(stateOf(nonsense)).toEqual(stateOf({}));
  expect(stateOf({ search: "x".repeat(9_999) }).search).toHaveLength(200);
});
