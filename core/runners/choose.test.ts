import { expect, test } from "vitest";
import { type Candidate, chooseRunner, openPools } from "./choose";

const runner = (name: string, free: number, slots = 4, pool = "linux"): Candidate => ({
  runner: name,
  pool,
  slots,
  free,
  bootId: `boot-${name}`,
});

test("a tree goes to the least busy runner of its pool, then to the one with the fewest trees", () => {
  const chosen = (runners: Candidate[], trees: Record<string, number> = {}) =>
    chooseRunner(runners, "linux", (name) => trees[name] ?? 0)?.runner ?? null;
  expect(chosen([runner("a", 1), runner("b", 3), runner("c", 2)])).toBe("b");
  // Half of eight slots is busier than three of four.
  expect(chosen([runner("a", 4, 8), runner("b", 3, 4)])).toBe("b");
  expect(chosen([runner("a", 4), runner("b", 4)], { a: 2, b: 1 })).toBe("b");
  expect(chosen([runner("b", 4), runner("a", 4)])).toBe("a");
  expect(chosen([runner("a", 0), runner("b", 4, 4, "gpu")])).toBe(null);
  expect(chosen([])).toBe(null);
  expect(chosen([{ ...runner("a", 4), isDiskFull: true }, runner("b", 1)])).toBe("b");
});

test("a pool is open while one of its runners has a free slot", () => {
  const runners = [runner("a", 0), runner("b", 1), runner("d", 2), runner("c", 0, 4, "gpu")];
  expect(openPools(runners)).toEqual(["linux"]);
  expect(openPools([])).toEqual([]);
  expect(openPools([{ ...runner("a", 4), isDiskFull: true }])).toEqual([]);
});
