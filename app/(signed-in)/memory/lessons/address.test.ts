import { expect, test } from "vitest";
import { addressOf, addressOfBelonging, askedOf, graphAddress } from "./address";

test("a filter is read back from its address, and an invalid one is ignored", () => {
  const asked = askedOf({ status: "live", kind: "fact", text: " port in use ", after: "50" });
  expect(asked).toEqual({ status: "live", kind: "fact", text: "port in use", of: null, after: 50 });
  const address = new URL(addressOf(asked, {}, "le/1"), "http://banyan.test");
  expect(address.pathname).toBe("/memory/lessons/le%2F1");
  expect(askedOf(Object.fromEntries(address.searchParams))).toEqual(asked);
  expect(askedOf({ status: "nothing", kind: ["fact"], after: "-1" })).toEqual({
    status: null,
    kind: null,
    text: "",
    of: null,
    after: 0,
  });
});

test("a list of the lessons of one error, place or agent has an address", () => {
  const of = { by: "error", name: "read <address> & more" } as const;
  const address = new URL(addressOfBelonging(of), "http://banyan.test");
  expect(askedOf(Object.fromEntries(address.searchParams)).of).toEqual(of);
  expect(addressOf(askedOf({ place: "/src/shop", agent: "coder" }))).toBe("/memory/lessons?place=%2Fsrc%2Fshop");
  expect(addressOf(askedOf({ agent: "coder" }), { of: null })).toBe("/memory/lessons");
});

test("another filter begins at its first page", () => {
  const asked = askedOf({ status: "live", after: "50" });
  expect(addressOf(asked, { kind: "fact" })).toBe("/memory/lessons?status=live&kind=fact");
  expect(addressOf(asked, { status: null })).toBe("/memory/lessons");
  expect(addressOf(asked, { after: 100 })).toBe("/memory/lessons?status=live&after=100");
});

test("the graph has an address with a lesson and a question", () => {
  expect(graphAddress({})).toBe("/memory/graph");
  expect(graphAddress({ lesson: "a/b", question: "what failed?" })).toBe(
    "/memory/graph?question=what+failed%3F&lesson=a%2Fb",
  );
});
