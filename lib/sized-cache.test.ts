import { expect, test } from "vitest";
import { createSizedCache } from "./sized-cache";

test("a cache of a size drops what was used least recently, and keeps nothing that is larger than itself", () => {
  const cache = createSizedCache<string>(5, (text) => text.length);
  const kept = (...keys: string[]) => keys.filter((key) => cache.get(key) !== undefined);
  cache.set("a", "11");
  cache.set("b", "11");
  cache.set("empty", "");
  expect(cache.get("a")).toBe("11");
  cache.set("c", "11");
  expect(kept("b", "empty", "a", "c")).toEqual(["empty", "a", "c"]);
  cache.set("large", "666666");
  expect(kept("a", "c", "large")).toEqual(["a", "c"]);
  // A new value counts in the place of the former one.
  cache.set("a", "1");
  cache.set("d", "11");
  expect(kept("a", "c", "d")).toEqual(["a", "c", "d"]);
  cache.clear();
  cache.set("e", "55555");
  expect(kept("a", "c", "d", "e")).toEqual(["e"]);
});
