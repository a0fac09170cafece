import { expect, test } from "vitest";
import { NO_CAPS } from "@/core/log/amounts";
import { type RequestLack, requestLackOf } from "@/core/rules/request-lack";
import { lackRemedy, lackSentence } from "./request-lack";

const request = {
  model: "anthropic/claude-sonnet-5",
  least: { tokens: 20_256, microUsd: 80_051 },
  usual: { tokens: 24_096, microUsd: 140_000 },
};

function lackOf(cap: { tokens?: number; microUsd?: number }, spentMicroUsd = 0): RequestLack {
  const none = { tokens: 0, microUsd: 0, tasks: 0 };
  const grant = {
    cap: { ...NO_CAPS, ...cap },
    spent: { ...none, microUsd: spentMicroUsd },
    reserved: none,
    given: none,
  };
  const lack = requestLackOf(grant, request, { isRoot: false, all: false, allWhenRetried: false });
  if (!lack) throw new Error("The grant covers the request.");
  return lack;
}

test("a grant that is too small says both amounts and the smallest one that suffices", () => {
  expect(lackSentence(lackOf({ microUsd: 1_500 }))).toBe(
    "The task's grant of $0.0015 is too small for one request: the next request to anthropic/claude-sonnet-5 may cost $0.0801 (20,256 tokens) even with a short answer, and $0.0013 can be spent. The grant has to be at least $0.089.",
  );
  expect(lackSentence(lackOf({ microUsd: 79_999 }, 71_960))).toMatch(/grant of \$0\.07 .* and <\$0\.0001 can be spent/);
  expect(lackSentence(lackOf({ tokens: 1_000 }))).toBe(
    "The task's grant of 1,000 tokens is too small for one request: the next request to anthropic/claude-sonnet-5 may cost 20,256 tokens even with a short answer, and 900 tokens can be spent. The grant has to be at least 22,507 tokens.",
  );
});

test("the rest of a grant that was spent is another sentence, and the command adds what suffices", () => {
  const lack = lackOf({ microUsd: 2_000_000 }, 1_790_000);
  expect(lackSentence(lack)).toBe(
    "The rest of the task's grant does not cover one more request: the next request to anthropic/claude-sonnet-5 may cost $0.0801 (20,256 tokens) even with a short answer, and $0.01 of $2.00 can still be spent.",
  );
  expect(lackRemedy(lack, "abc")).toBe(
    "To go on, a person adds to the grant with `npx banyan grant abc --add-usd 0.15` or on the task's page, or chooses a cheaper model.",
  );
  expect(lackRemedy(lackOf({ tokens: 1_000 }), "abc")).toBe(
    "To go on, a person adds to the grant with `npx banyan grant abc --add-tokens 26000` or on the task's page.",
  );
  expect(lackSentence(null)).toBe("The task's grant did not cover this request.");
});
