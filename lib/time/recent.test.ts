import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { recent } from "./recent";

beforeEach(() => vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => vi.useRealTimers());

test("asks again for a key after 20 ms, and never for another key", () => {
  const asked: string[] = [];
  const read = recent((key) => asked.push(key));
  expect([read("a"), read("a"), read("b")]).toEqual([1, 1, 2]);
  vi.advanceTimersByTime(19);
  expect(read("a")).toBe(1);
  vi.advanceTimersByTime(1);
  expect([read("a"), read("b")]).toEqual([3, 4]);
  expect(asked).toEqual(["a", "b", "a", "b"]);
});

test("forgets all when there are too many keys, and still answers rightly", () => {
  const read = recent((key) => key);
  for (let at = 0; at < 2_500; at += 1) expect(read(`${at}`)).toBe(`${at}`);
});
