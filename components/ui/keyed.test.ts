import { expect, test } from "vitest";
import { keyed } from "./keyed";

test("two findings that read the same have keys of their own, and a key stays when others come", () => {
  const keys = (texts: string[]) => keyed(texts, String).map(([key]) => key);
  const before = keys(["a", "b", "a"]);
  expect(new Set(before).size).toBe(3);
  expect(keys(["c", "a", "b", "a"]).slice(1)).toEqual(before);
  // A number at the beginning of a text is no count.
  expect(new Set(keys(["1 a", "a", "a", "2 a", "1 a"])).size).toBe(5);
});
