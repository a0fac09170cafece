import { expect, test } from "vitest";
import type { PoolState } from "@/core/runners/shapes";
import { poolHint, poolWords } from "./pools";

const pool = (name: string, runners: number, slots: number, free: number): PoolState => {
  return { name, runners, slots, free, trees: 0, ready: 0, held_since: null };
};
const POOLS = [pool("default", 2, 8, 3), pool("gpu", 1, 1, 0), pool("arm", 0, 0, 0)];

test("a pool says how many slots are free, or that no runner of it answers", () => {
  expect(["default", "gpu", "arm", "gone"].map((name) => poolWords(name, POOLS))).toEqual([
    "default, 3 free of 8 slots",
    "gpu, 0 free of 1 slot",
    "arm, no runner now",
    "gone, no runner now",
  ]);
});

test("a choice says for what the task waits, and where the usual place is", () => {
  const waits = "No runner of the pool is there now: the task waits until one is.";
  const hint = (name: string, isUsual = false) => poolHint(name, { isUsual }, POOLS);
  expect(hint("default")).toBe(null);
  expect(hint("gpu")).toBe("No slot of the pool is free now: the task waits until one is.");
  expect(hint("arm")).toBe(waits);
  expect(hint("default", true)).toBe("Works on the pool default where it can, else on this server.");
  expect(hint("gone", true)).toBe(`Works on the pool gone where it can, else on this server. ${waits}`);
});
