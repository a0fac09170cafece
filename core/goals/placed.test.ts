/** What a goal adds to the record of a round. */
import { expect, test } from "vitest";
import { placed } from "./placed";
import type { RoundRecord } from "./record";

const begun = { score: 0, commit: "c0", files: "f0", at_ms: 0 };

function record(number: number, more: Partial<RoundRecord> = {}): RoundRecord {
  return {
    ...{ number, plan: "p", score_before: 0, score: 0, verdict: "same", done: false, strategy: "" },
    ...{ error_signature: null, files: `f${number}`, commit: `c${number}`, changed: "", met: [], valid: false },
    ...{ doubts: [], at_ms: number * 60_000, seconds: 0, spent: { tokens: 0, cost_usd: 0 }, overhead: 0, why: "" },
    ...more,
  };
}

const history = { records: [record(1)], begun, reflections: [], continued: 0, continuedAfter: 0 };

test("work that failed and left the files as they were is failed, and files that come back are repeated", () => {
  expect(placed(history, record(2, { verdict: "failed", files: "f1" })).verdict).toBe("failed");
  expect(placed(history, record(2, { verdict: "failed", files: "f0" })).verdict).toBe("repeated");
  expect(placed(history, record(2, { verdict: "worse", files: "f0" })).verdict).toBe("repeated");
});

test("how long a goal had ended is not the time of the round after it", () => {
  const night = record(2, { at_ms: 600 * 60_000, began_ms: 598 * 60_000 });
  expect(placed(history, night).seconds).toBe(599 * 60);
  expect(placed({ ...history, continued: 1, continuedAfter: 1 }, night).seconds).toBe(2 * 60);
});
