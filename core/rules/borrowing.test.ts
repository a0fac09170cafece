import fc from "fast-check";
import { expect, test } from "vitest";
import { type GrantAmounts, NO_CAPS } from "@/core/log/amounts";
import { loanFor, NOTHING, wishFor } from "./borrowing";
import { type GrantState, leftOf } from "./grants";

const share = (cap: Partial<GrantAmounts>): GrantAmounts => ({ ...NO_CAPS, ...cap });
const tokens = (amount: number) => ({ ...NOTHING, tokens: amount });
const lender = (cap: number | null, gone: { spent?: number; reserved?: number; given?: number } = {}): GrantState => ({
  cap: share({ tokens: cap }),
  spent: { tokens: gone.spent ?? 0, microUsd: 0, tasks: 1 },
  reserved: { tokens: gone.reserved ?? 0, microUsd: 0 },
  given: tokens(gone.given ?? 0),
});

test("a task asks for what its call needs, and for at least a quarter of its share", () => {
  const asks = (least: number, usual: number) =>
    wishFor(
      { share: share({ tokens: 40_000 }), borrowed: NOTHING, ceiling: NO_CAPS },
      { least: tokens(least), usual: tokens(usual) },
    );
  expect(asks(1_000, 20_000)).toEqual({ least: tokens(1_000), most: tokens(20_000) });
  expect(asks(0, 500)).toEqual({ least: tokens(0), most: tokens(10_000) });
  expect(asks(0, 0)).toBeNull();
});

test("a task borrows at most three times its share, and never more than its agent may have", () => {
  const asks = (borrowed: number, least: number, ceiling = NO_CAPS) =>
    wishFor(
      { share: share({ tokens: 10_000 }), borrowed: tokens(borrowed), ceiling },
      { least: tokens(least), usual: tokens(50_000) },
    );
  expect(asks(0, 1)?.most.tokens).toBe(30_000);
  expect(asks(28_000, 2_000)?.most.tokens).toBe(2_000);
  expect(asks(28_000, 2_001)).toBeNull();
  expect(asks(30_000, 0)).toBeNull();
  expect(asks(0, 1, share({ tokens: 15_000 }))?.most.tokens).toBe(5_000);
  expect(asks(0, 1, share({ tokens: 10_000 }))).toBeNull();
});

test("a task keeps a fifth of what it has not promised, and the tenth that is held back", () => {
  const wish = { least: tokens(1), most: tokens(1_000_000) };
  // 90,000 usable, 30,000 promised: four fifths of 60,000.
  expect(loanFor(lender(100_000, { given: 30_000 }), false, wish)?.tokens).toBe(48_000);
  expect(loanFor(lender(100_000, { given: 90_000 }), false, wish)).toBeNull();
  expect(loanFor(lender(null), false, wish)?.tokens).toBe(1_000_000);
});

test("a loan never exceeds what the lender has not spent, reserved or promised", () => {
  const amount = fc.integer({ min: 0, max: 1_000_000 });
  fc.assert(
    fc.property(amount, amount, amount, amount, amount, fc.boolean(), (cap, spent, reserved, given, most, isRoot) => {
      const from = lender(cap, { spent, reserved, given });
      const loan = loanFor(from, isRoot, { least: NOTHING, most: tokens(most) });
      if (!loan) return true;
      return (
        loan.tokens <= (leftOf(from, "tokens", { isRoot, all: true }) ?? 0) &&
        spent + reserved + given + loan.tokens <= cap
      );
    }),
  );
});
