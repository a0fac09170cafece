/** A hundred cycles of an evolution on a simulated clock. */
import { expect, test } from "vitest";
import { runNights } from "@/tests/agents/evolution/nights";

test("in a hundred cycles of good, late, lying, idle, slow and wasteful trees no cap is passed and no insight comes twice, however often the process is killed", async () => {
  const { cycles, wrong, kills, stops, nights, faults } = await runNights(100, 1);
  expect(wrong).toEqual([]);
  expect(faults).toEqual([]);
  expect(cycles).toHaveLength(100);
  expect(kills).toBeGreaterThan(30);
  expect(stops).toBeGreaterThan(0);
  // A day's cap allows six cycles that spend nothing more than is usual, and four changes may wait.
  expect(nights).toBeGreaterThan(10);
  const decided = ["accepted", "rejected", "open"];
  for (const cycle of cycles) {
    const { state, tries } = cycle;
    const character = cycle.insight.path.replace(/^src\/|Number.*/g, "");
    if (character === "good" || character === "late") expect(decided).toContain(state);
    if (character === "late") expect(tries).toBe(3);
    if (character === "lying" || character === "idle") expect([state, tries]).toEqual(["failed", 3]);
    if (character === "slow" && state !== "failed") expect(tries).toBe(2);
    if (character === "wasteful") expect(state).toBe("failed");
  }
});
