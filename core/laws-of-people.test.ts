/** Property tests about what people do while a task works: approve, answer, grant, change. They hold for every log that `decide` can write. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Drive, drive } from "@/tests/agents/drive";
import { decide } from "./decide";
import { evolve, fold } from "./evolve";
import type { Letter } from "./facts";
import type { Entry, TaskEvent } from "./log/entries";
import type { ModelMessage } from "./log/model";
import { selectedTask } from "./selection";
import type { TaskState } from "./state";

const forEveryLog = (law: (drive: Drive) => void, numRuns = 200) =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => law(drive(seed))),
    { numRuns },
  );

const eventsOf = <T extends TaskEvent["type"]>(entries: Entry[], type: T) =>
  entries.flatMap((entry) =>
    entry.kind === "event" && entry.content.type === type ? [entry.content as TaskEvent & { type: T }] : [],
  );

/** Returns the responses that directly follow each assistant message. */
function turnsOf(messages: ModelMessage[]): { calls: string[]; responses: string[] }[] {
  return messages.flatMap((message, index) => {
    if (message.role !== "assistant") return [];
    const responses: string[] = [];
    for (let at = index + 1, next = messages[at]; next?.role === "tool"; at += 1, next = messages[at])
      responses.push(next.callId);
    return [{ calls: message.calls.map((call) => call.id), responses }];
  });
}

test("nothing comes between a call and its response, and responses are in the order of the calls", () =>
  forEveryLog(({ entries, state: last }) => {
    const state = fold(entries.slice(0, 2));
    for (const entry of entries.slice(2)) {
      evolve(state, entry);
      // The calls of a reply are separate entries; between them the turn is incomplete.
      if (entry.kind === "tool_call" || entry.kind === "agent_response") continue;
      const responses = turnsOf(state.messages).flatMap((turn) => turn.responses);
      expect(responses).toEqual(state.messages.flatMap((message) => (message.role === "tool" ? [message.callId] : [])));
      for (const turn of turnsOf(state.messages)) {
        expect(turn.responses).toEqual(turn.calls.filter((call) => !state.open.has(call)));
      }
    }
    expect(last.open.size).toBe(0);
  }));

test("a call that needs approval runs only after it is approved; a refused or called-off call never runs", () =>
  forEveryLog(({ entries, points }) => {
    for (const { length, decision } of points) {
      if (decision.kind !== "run_tool") continue;
      const before = entries.slice(0, length);
      const { id } = decision.call;
      const call = before.find((entry) => entry.kind === "tool_call" && entry.callId === id);
      expect(before.some((entry) => entry.kind === "tool_response" && entry.callId === id)).toBe(false);
      if (call?.kind !== "tool_call" || !call.content.ask) continue;
      const decided = eventsOf(before, "approval_decided").filter((event) => event.call === id);
      expect(decided.map((event) => event.approved)).toEqual([true]);
    }
    const started = entries.flatMap((entry, at) =>
      entry.kind === "event" && entry.content.type === "call_started" ? [{ at, call: entry.content.call }] : [],
    );
    for (const { at, call } of started) {
      const asked = eventsOf(entries, "approval_asked").some((event) => event.call === call);
      const approved = eventsOf(entries.slice(0, at), "approval_decided").some(
        (event) => event.call === call && event.approved,
      );
      expect([call, asked && !approved]).toEqual([call, false]);
    }
  }));

test("a message calls off calls that have not started: no call of the turn is open after it is read", () =>
  forEveryLog(({ entries, points }) => {
    for (const { length, facts, decision } of points) {
      if (decision.kind !== "note" || !decision.letters) continue;
      const read = facts.letters.filter((letter) => decision.letters?.includes(letter.id));
      if (!read.some((letter) => letter.kind === "steer" || letter.kind === "question")) continue;
      const state = fold(entries.slice(0, length + decision.entries.length));
      expect([...state.open.keys()]).toEqual([]);
    }
  }));

test("an approval is asked once for a call and decided at most once", () =>
  forEveryLog(({ entries }) => {
    for (const type of ["approval_asked", "approval_decided"] as const) {
      const calls = eventsOf(entries, type).map((event) => event.call);
      expect(calls).toEqual([...new Set(calls)]);
    }
  }));

test("a question gets one answer: as its call's response, or later as an event", () =>
  forEveryLog(({ entries }) => {
    for (const { review, call } of eventsOf(entries, "asked")) {
      const later = eventsOf(entries, "answered").filter((event) => event.review === review);
      const response = entries.find((entry) => entry.kind === "tool_response" && entry.callId === call);
      const isEarly = response?.kind === "tool_response" && response.content.early === true;
      expect([review, later.length <= (isEarly ? 1 : 0)]).toEqual([review, true]);
    }
  }));

test("an ask of a running call gets one answer, which is used once, and not while the call rests", () =>
  forEveryLog(({ entries, points }) => {
    const types = entries.flatMap((entry) => (entry.kind === "event" ? [entry.content] : []));
    for (const { review } of eventsOf(entries, "call_asked")) {
      const became = types.flatMap((event) => ("review" in event && event.review === review ? [event.type] : []));
      expect(["call_asked", "call_answered", "answer_used"].slice(0, became.length)).toEqual(became);
    }
    for (const { length, decision } of points) {
      if (decision.kind !== "run_tool") continue;
      const open = [...fold(entries.slice(0, length)).callAsks.values()].filter(({ answer }) => answer === null);
      expect(open.filter(({ call }) => call === decision.call.id)).toEqual([]);
    }
  }));

/** Returns when the first wait for a person times out: of open calls, and of questions that were answered early. */
function firstTimeOut(state: TaskState): number {
  const open = [...state.open.values()].filter((call) => call.approval !== "given");
  const asked = [...state.callAsks.values()].filter(({ answer }) => answer === null);
  const times = [...open, ...asked, ...state.unanswered.values()].map((ask) => ask.untilMs);
  return Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY));
}

test("a waiting task wakes up when its question or approval times out", () =>
  forEveryLog(({ entries, points }) => {
    for (const { length, facts, decision } of points) {
      if (decision.kind !== "rest" || !decision.waits || decision.waits.kind === "finishing") continue;
      const state = fold(entries.slice(0, length));
      // After agent_selector has chosen, its earlier questions no longer matter.
      if (selectedTask(state)) continue;
      const until = firstTimeOut(state);
      expect(until).toBeGreaterThan(facts.nowMs);
      expect(decision.waits.untilMs ?? Number.POSITIVE_INFINITY).toBe(until);
    }
  }));

const SILENT: Letter[] = [
  { id: 9_001, kind: "granted", by: "anna", text: "More." },
  { id: 9_002, kind: "change", by: "anna", setup: { model: "anthropic/other" }, text: "Another model." },
  { id: 9_003, kind: "stepping", mode: "automatic", by: "anna" },
];

test("a grant or a change interrupts no wait and answers no call", () =>
  forEveryLog(({ entries, points }) => {
    for (const { length, facts, decision } of points) {
      if (decision.kind !== "rest" || !decision.waits || facts.letters.length > 0) continue;
      const state = fold(entries.slice(0, length));
      for (const letter of SILENT) {
        const read = decide(state, { ...facts, letters: [letter] });
        // An open ending depends only on its finishing tasks.
        if (read.kind !== "note") throw new Error(`${letter.kind} is not read: ${JSON.stringify(read)}`);
        for (const entry of read.entries) {
          expect(entry.kind).toBe("event");
          evolve(state, entry);
        }
        expect(decide(state, facts)).toEqual(decision);
      }
    }
  }));

test("the generated logs contain every case", () => {
  const met = new Set<string>();
  const meet = (entries: Entry[], from: number) => {
    for (const entry of entries.slice(from)) {
      if (entry.kind === "event")
        met.add(entry.content.type === "approval_decided" ? `${entry.content.approved}` : entry.content.type);
      if (entry.kind !== "tool_response") continue;
      const said =
        /^(Set aside|Not run: while|Not run: nobody|Not run: anna|\{"answer":"[^"]+","by":"the time-out)/.exec(
          entry.content.text,
        );
      if (said?.[1]) met.add(said[1]);
    }
  };
  for (let seed = 1; seed <= 600; seed += 1) {
    const { entries, points } = drive(seed);
    meet(entries, 0);
    for (const { length, decision } of points) {
      if (decision.kind === "rest") met.add(`rest ${decision.waits?.kind}${decision.waits?.untilMs ? " timed" : ""}`);
      if (decision.kind === "end") met.add(`end ${decision.reason}`);
      const silent =
        decision.kind === "note" &&
        decision.entries.some(
          (entry) => entry.kind === "event" && (entry.content.type === "granted" || entry.content.type === "changed"),
        );
      if (silent && fold(entries.slice(0, length)).open.size > 0) met.add("changed while calls are open");
    }
  }
  const expected = [
    "call_asked",
    "call_answered",
    "answer_used",
    "call_set_aside",
    "Set aside",
    "true",
    "false",
    "granted",
    "changed",
    "unparked",
    "repeated",
    "daily_cap",
    "approval_asked",
    "answered",
    "restarted",
    "rest approval",
    "rest approval timed",
    "rest answer timed",
    "rest subtasks timed",
    "end ask_timeout",
    "end runaway",
    "changed while calls are open",
    "Not run: while",
    "Not run: nobody",
    "Not run: anna",
    '{"answer":"Go on without it.","by":"the time-out',
  ];
  expect(expected.filter((feature) => !met.has(feature))).toEqual([]);
});
