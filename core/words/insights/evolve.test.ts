import { expect, test } from "vitest";
import type { EvolutionCycle } from "@/core/shapes/evolution";
import { stopSentence } from "./evolve";

test("a stop ends trees, and a cycle that waits to begin has none", () => {
  const cycle = (state: EvolutionCycle["state"], tree: string | null) => ({ state, tree }) as EvolutionCycle;
  const cycles = [cycle("working", null), cycle("open", "t1")];
  expect(stopSentence({ cycles })).toBe("No tree works now.");
  cycles.push(cycle("working", "t2"));
  expect(stopSentence({ cycles })).toBe("1 tree that works stops at once.");
  cycles.push(cycle("working", "t3"));
  expect(stopSentence({ cycles })).toBe("2 trees that work stop at once.");
});
