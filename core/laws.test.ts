import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Drive, drive } from "@/tests/agents/drive";
import { event, reply, response, task } from "@/tests/agents/specification";
import { decide } from "./decide";
import type { Decision } from "./decision";
import { evolve, fold } from "./evolve";
import { BrokenLogError } from "./log/broken-log";
import type { Entry, TaskEvent } from "./log/entries";

/** Property tests that hold for every log that the real `decide` can write. */
const forEveryLog = (law: (drive: Drive) => void, numRuns = 150) =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => law(drive(seed))),
    { numRuns },
  );

test("every task ends or rests, and decide never throws", () =>
  forEveryLog(({ state }) => {
    expect(state.ended).not.toBeNull();
  }, 600));

test("folding at once equals folding step by step", () =>
  forEveryLog(({ entries, state }) => {
    expect(fold(entries)).toEqual(state);
    const half = fold(entries.slice(0, Math.max(2, entries.length >> 1)));
    for (const entry of entries.slice(half.length)) evolve(half, entry);
    expect(half).toEqual(state);
  }));

test("a task with an own folder succeeds only after a merge, or a failed merge, since its last reply", () =>
  forEveryLog(({ entries, state }) => {
    if (state.assignment.workspace !== "own") return;
    const ends = entries.flatMap((entry, index) =>
      entry.kind === "event" && entry.content.type === "ended" && entry.content.status === "succeeded" ? [index] : [],
    );
    for (const end of ends) {
      const wentOn = entries.slice(0, end).findLastIndex((entry) => {
        if (entry.kind === "event") return entry.content.type === "retried" || entry.content.type === "restarted";
        return entry.kind === "agent_response";
      });
      const merges = entries
        .slice(wentOn + 1, end)
        .filter((entry) => entry.kind === "event" && entry.content.type === "files_merged");
      expect(merges.length).toBe(1);
    }
  }, 600));

test("every call gets exactly one response", () =>
  forEveryLog(({ entries }) => {
    const calls = entries.flatMap((entry) => (entry.kind === "tool_call" ? [entry.callId] : []));
    const responses = entries.flatMap((entry) => (entry.kind === "tool_response" ? [entry.callId] : []));
    expect(responses.sort()).toEqual(calls.sort());
  }));

test("an ended task stays ended, except after a retry", () => {
  const others: Entry[] = [
    ...task(),
    ...reply(99),
    response(99, "c", "ask"),
    { kind: "steer", turn: 99, content: { text: "x", by: "anna" } },
    event(99, { type: "note", text: "x" }),
    event(99, {
      type: "ended",
      status: "succeeded",
      reason: null,
      detail: null,
      result: null,
      summary: "",
      verdict: null,
    }),
  ];
  forEveryLog(({ state }) => {
    for (const entry of others) expect(() => evolve(state, entry)).toThrow(BrokenLogError);
    expect(state.ended).not.toBeNull();
    evolve(state, event(state.turn, { type: "retried", attempt: state.attempt + 1, by: "anna", text: "" }));
    expect(state.ended).toBeNull();
  }, 50);
});

test("a subtask's result is read at most once", () =>
  forEveryLog(({ entries }) => {
    const reads = new Map<string, number>();
    const callOf = new Map<string, string>();
    const read = (name: string) => reads.set(name, (reads.get(name) ?? 0) + 1);
    for (const entry of entries) {
      if (entry.kind === "event" && entry.content.type === "subtasks_started") {
        for (const start of entry.content.subtasks) if (start.role === "work") callOf.set(start.call, start.task);
      }
      if (entry.kind === "event" && entry.content.type === "subtask_ended") read(entry.content.result.task);
      const name = entry.kind === "tool_response" && !entry.content.early && callOf.get(entry.callId);
      if (name) read(name);
    }
    expect([...reads.values()].filter((count) => count > 1)).toEqual([]);
  }));

const NEW_EPOCHS = new Set<TaskEvent["type"]>(["compacted", "retried", "restarted"]);

test("each request starts with the previous request's messages, until the conversation is compacted or restarted", () =>
  forEveryLog(({ entries, points }) => {
    let before: unknown[] = [];
    let beforeLength = 0;
    for (const { length, decision } of points) {
      if (decision.kind !== "call_model") continue;
      const { messages } = fold(entries.slice(0, length));
      const isNewEpoch = entries
        .slice(beforeLength, length)
        .some((entry) => entry.kind === "event" && NEW_EPOCHS.has(entry.content.type));
      if (!isNewEpoch) expect(messages.slice(0, before.length)).toEqual(before);
      before = messages;
      beforeLength = length;
    }
  }, 60));

describe("a crash after any decision", () => {
  test("under the same lease decide returns the same again and changes nothing", () =>
    forEveryLog(({ entries, points }) => {
      for (const { length, facts, decision } of points) {
        const state = fold(entries.slice(0, length));
        const untouched = fold(entries.slice(0, length));
        expect(decide(state, facts)).toEqual(decision);
        expect(state).toEqual(untouched);
      }
    }, 60));

  test("under the next lease too, except that a started call that must run only once goes on or counts as interrupted", () =>
    forEveryLog(({ entries, points }) => {
      for (const { length, facts, decision } of points) {
        const again = decide(fold(entries.slice(0, length)), { ...facts, lease: facts.lease + 1 });
        if (decision.kind === "run_tool" && decision.call.resumes && decision.call.cuts < 5) {
          const content = { type: "call_started", call: decision.call.id, lease: facts.lease + 1 };
          expect(again).toMatchObject({ kind: "note", entries: [{ content }] });
        } else if (decision.kind === "run_tool" && decision.call.mode === "once") {
          expect(again).toMatchObject({
            kind: "note",
            entries: [{ callId: decision.call.id, content: { isError: true } }],
          });
        } else expect(unleased(again)).toEqual(unleased(decision));
      }
    }, 60));
});

/** Removes the lease from the marks of started calls, because it differs. */
function unleased(decision: Decision): Decision {
  if (decision.kind !== "note") return decision;
  const entries = decision.entries.map((entry): Entry => {
    if (entry.kind !== "event" || entry.content.type !== "call_started") return entry;
    return { ...entry, content: { ...entry.content, lease: 0 } };
  });
  return { ...decision, entries };
}

test("the generated logs contain every case", () => {
  const met = new Set<string>();
  for (let seed = 1; seed <= 1_200; seed += 1) {
    const { entries, points } = drive(seed);
    for (const { decision } of points) {
      met.add(decision.kind);
      if (decision.kind === "rest")
        met.add(`rest ${decision.waits?.kind ?? (decision.parkedUntilMs ? "parked" : "held")}`);
      if (decision.kind === "end") met.add(`end ${decision.status} ${decision.reason}`);
    }
    for (const entry of entries) met.add(entry.kind === "event" ? entry.content.type : entry.kind);
  }
  const expected = [
    "note",
    "settle",
    "run_tool",
    "call_model",
    "compact",
    "start_finishing",
    ...["subtasks", "predecessors", "finishing", "answer", "parked", "held"].map((kind) => `rest ${kind}`),
    ...[
      "succeeded null",
      "failed by_agent",
      "failed judged_failed",
      "failed invalid_replies",
      "failed out_of_grant",
    ].map((end) => `end ${end}`),
    ...["stopped by_person", "stopped dependency_failed", "failed bad_request"].map((end) => `end ${end}`),
    "steer",
    "correction",
    "subtask_ended",
    "answered",
    "question",
    "sent_back",
    "compacted",
    "retried",
    "stepping",
  ];
  expect(expected.filter((feature) => !met.has(feature))).toEqual([]);
});
