import { expect, test } from "vitest";
import { type GrantAmounts, NO_CAPS } from "@/core/log/amounts";
import { grantWords, leftWords } from "./grants";

const cap = (amounts: Partial<GrantAmounts>): GrantAmounts => ({ ...NO_CAPS, ...amounts });

test("an agent is told what it may spend, below a cent too, and never more than that", () => {
  const told = (microUsd: number) => grantWords(cap({ microUsd }));
  expect([2_666, 996_000, 0, 5_000_000].map(told)).toEqual([["$0.0026"], ["$0.99"], ["$0.00"], ["$5.00"]]);
  expect(grantWords(cap({ microUsd: 40, tokens: 20_000, seconds: 60 }))).toEqual([
    "<$0.0001",
    "20,000 tokens",
    "60 seconds",
  ]);
  expect(grantWords(NO_CAPS)).toEqual([]);
});

test("what is left is told by the same rule", () => {
  const none = { tokens: 0, microUsd: 0, tasks: 1 };
  const left = (microUsd: number) =>
    leftWords({ cap: cap({ microUsd }), spent: none, reserved: { tokens: 0, microUsd: 0 }, given: none }, false);
  expect(left(2_962)).toBe("$0.0026");
  expect(left(40)).toBe("<$0.0001");
});
