import fc from "fast-check";
import { expect, test } from "vitest";
import { NO_CAPS } from "@/core/log/amounts";
import { type GrantState, leftOf } from "./grants";
import { requestLackOf } from "./request-lack";

const grantOf = (cap: Partial<GrantState["cap"]>, tokens = 0, microUsd = 0): GrantState => ({
  cap: { ...NO_CAPS, ...cap },
  spent: { tokens, microUsd, tasks: 1 },
  reserved: { tokens: 0, microUsd: 0 },
  given: { tokens: 0, microUsd: 0, tasks: 0 },
});
const request = {
  model: "anthropic/claude-sonnet-5",
  least: { tokens: 20_256, microUsd: 80_000 },
  usual: { tokens: 24_096, microUsd: 140_000 },
};
const below = { isRoot: false, all: false, allWhenRetried: false };

test("a grant that covers the request lacks nothing, and one without caps covers every request", () => {
  expect(requestLackOf(grantOf({ tokens: 22_507, microUsd: 88_889 }), request, below)).toBeNull();
  expect(requestLackOf(grantOf({}), request, below)).toBeNull();
});

test("a new grant that is below the minimum is too small, and a larger one that was spent is not", () => {
  expect(requestLackOf(grantOf({ microUsd: 50_000 }), request, below)).toMatchObject({
    needs: request.least,
    left: { tokens: null, microUsd: 45_000 },
    minimum: { tokens: null, microUsd: 88_889 },
    isTooSmall: true,
  });
  expect(requestLackOf(grantOf({ microUsd: 900_000 }, 0, 790_000), request, below)).toMatchObject({
    left: { microUsd: 20_000 },
    isTooSmall: false,
  });
});

test("on a last turn all of the grant is left for the request, and the smallest grant is that of a new attempt", () => {
  const lastTurn = { ...below, all: true };
  expect(requestLackOf(grantOf({ microUsd: 85_000 }), request, lastTurn)).toBeNull();
  expect(requestLackOf(grantOf({ microUsd: 79_000 }), request, lastTurn)).toMatchObject({
    left: { microUsd: 79_000 },
    minimum: { microUsd: 88_889 },
    isTooSmall: true,
  });
});

test("what is said to be enough covers an answer of usual length, and the minimum covers the shortest", () => {
  const amount = fc.nat({ max: 3_000_000 });
  const cap = fc.option(amount, { nil: null });
  const spend = fc.record({ tokens: amount, microUsd: amount });
  const options = fc.record({ isRoot: fc.boolean(), all: fc.boolean(), allWhenRetried: fc.boolean() });
  fc.assert(
    fc.property(cap, cap, spend, spend, spend, options, (tokens, microUsd, spent, least, more, kind) => {
      const usual = { tokens: least.tokens + more.tokens, microUsd: least.microUsd + more.microUsd };
      const grant = grantOf({ tokens, microUsd }, spent.tokens, spent.microUsd);
      const lack = requestLackOf(grant, { model: "m", least, usual }, kind);
      const units = ["tokens", "microUsd"] as const;
      const isCovered = units.every((unit) => (leftOf(grant, unit, kind) ?? least[unit]) >= least[unit]);
      expect(lack === null).toBe(isCovered);
      if (!lack) return;
      const retried = { isRoot: kind.isRoot, all: kind.allWhenRetried };
      const left = (of: typeof lack.enough, gone: typeof spent, unit: (typeof units)[number]) =>
        leftOf(grantOf(of, gone.tokens, gone.microUsd), unit, retried) ?? Number.POSITIVE_INFINITY;
      for (const unit of units) {
        expect(left(lack.enough, spent, unit)).toBeGreaterThanOrEqual(usual[unit]);
        expect(left(lack.minimum, { tokens: 0, microUsd: 0 }, unit)).toBeGreaterThanOrEqual(least[unit]);
      }
    }),
  );
});
