import { expect, test } from "vitest";
import { keepPlan } from "./plan-text";

function kept(pieces: readonly string[]): string {
  const plan = keepPlan();
  for (const piece of pieces) plan.add(piece);
  return plan.end();
}

test("a plan is kept as it is up to the limit; of a longer one the beginning and the end, with how much is between", () => {
  const half = "a".repeat(50_000);
  const end = "b".repeat(50_000);
  expect(kept(["Plan: ", "1 to add"])).toBe("Plan: 1 to add");
  expect(kept([half + end])).toBe(half + end);
  const long = `${half}\n\n[1,000,001 characters of the plan are left out here; its log has more.]\n\n${end}`;
  expect(kept([`${half}x${"y".repeat(1_000_000)}${end}`])).toBe(long);
  expect(kept([half, "x", ...Array<string>(100_000).fill("y".repeat(10)), end])).toBe(long);
});
