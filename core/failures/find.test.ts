import { describe, expect, test } from "vitest";
import { type RoundRecord, recordText } from "@/core/goals/facts/record";
import { EXECUTOR_FAULTS, REFUSALS, RUN_FAULTS } from "@/core/log/call-faults";
import { type Entry, LIMIT_RULES } from "@/core/log/entries";
import { REASONS } from "@/core/log/reasons";
import { event, reply, response } from "@/tests/agents/specification";
import { OF_FAILED_TOOL, OF_LIMIT, OF_MODEL_FAULT, OF_REASON, OF_REFUSAL, OF_RUN, OF_STOP } from "./codes";
import { failuresIn } from "./find";
import { FAILURE_KEYS, FAILURES, type FailureKey } from "./kinds";
import { after, broken, ended, failed, LOGS, type Log, modelFailed, refused, round, stoppedBy } from "./testing/logs";

/** Returns the kinds that a whole log shows. */
function kindsIn({ entries, model = "anthropic/test", earlier = [] }: Log): FailureKey[] {
  return entries.flat().flatMap((entry) => failuresIn(entry, { model, earlier: () => earlier }));
}

describe("each kind is shown by a log, and not by a log that is nearly the same", () => {
  test.each(FAILURE_KEYS)("%s", (kind) => {
    const { shows, near } = LOGS[kind];
    expect(kindsIn(shows)).toContain(kind);
    expect(kindsIn(near)).not.toContain(kind);
  });
});

describe("every coded reason shows exactly one kind", () => {
  test.each(REASONS)("a task ended by %s", (reason) => {
    expect(kindsIn(ended("failed", reason))).toEqual([OF_REASON[reason]]);
  });

  test.each(Object.keys(OF_MODEL_FAULT) as (keyof typeof OF_MODEL_FAULT)[])("a model call failed by %s", (kind) => {
    expect(kindsIn(modelFailed(kind))).toEqual([OF_MODEL_FAULT[kind]]);
  });

  test.each(LIMIT_RULES)("a call refused by the limit %s", (limit) => {
    expect(kindsIn({ entries: [response(1, "a", "start_subtask", { isError: true, limit })] })).toEqual([
      OF_LIMIT[limit],
    ]);
  });

  test.each(REFUSALS)("a call refused by %s", (refusal) => {
    expect(kindsIn(refused(refusal))).toEqual([OF_REFUSAL[refusal]]);
    expect(kindsIn(failed(refusal)), "after its approval").toEqual([OF_REFUSAL[refusal]]);
  });

  test.each([...RUN_FAULTS, ...EXECUTOR_FAULTS.map((fault) => `executor_${fault}` as const)])(
    "a call with %s",
    (fault) => {
      expect(kindsIn(failed(fault, "read_file"))).toEqual([OF_RUN[fault]]);
    },
  );

  test.each([...OF_FAILED_TOOL])("a failed call of %s", (tool, kind) => {
    expect(kindsIn(failed("failed", tool))).toEqual([kind]);
  });

  test.each(Object.keys(OF_STOP) as (keyof typeof OF_STOP)[])("a reply stopped by %s", (reason) => {
    expect(kindsIn(stoppedBy(reason))).toEqual([OF_STOP[reason]]);
  });
});

test("every reason of the review agent's faults has a kind that exists", () => {
  expect(Object.values(OF_REASON).filter((kind) => !FAILURE_KEYS.includes(kind))).toEqual([]);
});

test("what an older or a newer version wrote is read", () => {
  expect(kindsIn({ entries: [reply(1, { id: "a", tool: "x", mode: "invalid", problem: "No." })] })).toEqual([
    "call_refused",
  ]);
  expect(kindsIn({ entries: [response(1, "a", "start_subtask", { isError: true, limit: true })] })).toEqual([
    "tree_at_limit",
  ]);
  const unknown = { type: "model_failed", kind: "toString", message: "", tries: 1, untilMs: 0, parks: false } as const;
  expect(kindsIn({ entries: [event(1, unknown), event(1, { type: "unknown", of: "x" })] })).toEqual([]);
  expect(kindsIn({ entries: [event(1, { type: "sent_back", call: "a", reasons: [] })] })).toEqual([]);
});

test("a task that does its work shows nothing", () => {
  const entries: (Entry | Entry[])[] = [
    reply(1, { id: "a", tool: "read_file", mode: "repeat" }),
    response(1, "a", "read_file"),
    ...ended("succeeded", null).entries,
  ];
  expect(kindsIn({ entries })).toEqual([]);
});

test("a round can show several kinds, and one that a person ended shows none", () => {
  const before: RoundRecord = round({ number: 1, files: "f1", valid: true, error_signature: "a fails" });
  const record = { number: 2, files: "f1", valid: false, error_signature: "a fails", put_back: ["x"], doubts: ["x"] };
  expect(kindsIn(after([before], round({ ...record, verdict: "same" })))).toEqual([
    "round_repeated",
    "same_error",
    "flaky_check",
    "outside_scope",
  ]);
  expect(kindsIn(after([before], round({ ...record, stop: "Stop", ended: true })))).toEqual([]);
});

test("a round's record is read in the form that the log has", () => {
  const record = round({ verdict: "worse" });
  expect(broken(recordText(record))).toEqual(after([], record));
});

describe("texts of the table", () => {
  test("there are at least 40 kinds, and no two share a title or a sign", () => {
    const texts = FAILURE_KEYS.map((key) => FAILURES[key]);
    expect(texts.length).toBeGreaterThanOrEqual(40);
    for (const field of ["title", "shows"] as const)
      expect(new Set(texts.map((text) => text[field])).size).toBe(texts.length);
  });

  test.each(FAILURE_KEYS)("%s: one sentence each", (key) => {
    const { title, ...sentences } = FAILURES[key];
    expect(title).toMatch(/^[A-Z][^.]{3,60}$/);
    for (const sentence of [sentences.shows, sentences.prevention, sentences.recovery, sentences.action ?? "None."])
      expect(sentence).toMatch(/^[A-Z`a-z][^.]*(?:\.\w[^.]*)*\.$/);
    expect(sentences.prevention.length).toBeLessThanOrEqual(160);
  });
});
