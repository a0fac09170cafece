import { expect, test } from "vitest";
import { askedOf } from "./address";

test.each([
  [{}, { need: "", tree: "" }],
  [
    { need: " read a page ", tree: "t1" },
    { need: "read a page", tree: "t1" },
  ],
  [
    { need: ["a", "b"], tree: ["t1", "t2"] },
    { need: "a", tree: "t1" },
  ],
])("the address %j asks for one need and one tree", (given, asked) => {
  expect(askedOf(given)).toEqual(asked);
});
