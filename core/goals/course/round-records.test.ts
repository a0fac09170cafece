import { expect, test } from "vitest";
import { RoundRecord } from "@/core/goals/facts/record";
import { placed } from "./round-records";

const begun = { score: 0, commit: "c0", files: "f0", at_ms: 0 };
const HOUR = 3_600_000;
const record = (more: object) =>
  RoundRecord.parse({
    number: 1,
    plan: "p",
    score_before: 0,
    score: 0,
    verdict: "same",
    files: "f1",
    commit: "c1",
    at_ms: HOUR,
    ...more,
  });
const course = (more: object = {}) => ({
  records: [] as RoundRecord[],
  begun,
  reflections: [],
  continued: 0,
  continuedAfter: 0,
  ...more,
});

test("a round took as long as the host has measured; one that an older version began, the time since the last check", () => {
  expect(placed(course(), record({ seconds: 12 })).seconds).toBe(12);
  expect(placed(course(), record({})).seconds).toBe(3_600);
  // The goal may have ended for a night before.
  const again = course({ records: [record({})], continued: 1, continuedAfter: 1 });
  expect(placed(again, record({ number: 2, at_ms: 9 * HOUR })).seconds).toBe(0);
  expect(placed(again, record({ number: 2, at_ms: 9 * HOUR, seconds: 12 })).seconds).toBe(12);
});

test("a round that checked nothing has the files, and what holds in them, that it began from", () => {
  const records = [record({ met: [1], valid: true }), record({ number: 2, files: "f2", commit: "c2", met: [2] })];
  const stopped = { number: 3, stop: "no key", files: "", at_ms: 0 };
  expect(placed(course({ records }), record({ ...stopped, commit: "c1" }))).toMatchObject({ files: "f1", met: [1] });
  expect(placed(course({ records }), record({ ...stopped, commit: "c0" }))).toMatchObject({ files: "f0", met: [] });
});

test("work that failed and left the files as they were is failed, and files that come back are repeated", () => {
  const history = course({ records: [record({})] });
  const second = (more: object) => placed(history, record({ number: 2, ...more })).verdict;
  expect(second({ verdict: "failed", files: "f1" })).toBe("failed");
  expect(second({ verdict: "failed", files: "f0" })).toBe("repeated");
  expect(second({ verdict: "worse", files: "f0" })).toBe("repeated");
});
