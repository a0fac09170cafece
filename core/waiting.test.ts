/** Tests of what ends a wait. */
import { describe, expect, test } from "vitest";
import { event, given, relatives, reply, response, started, task } from "@/tests/agents/specification";
import type { Letter } from "./facts";

const ask = { id: "q", tool: "ask" };
const start = { id: "s", tool: "start_subtask" };
const runs = { relatives: relatives({ one: null }) };
const asked = (fallback: string | null) =>
  event(1, { type: "asked", call: "q", review: "rev", untilMs: 5_000, fallback });
const early = (call: string, tool: string, turn = 1) => response(turn, call, tool, { early: true });
const granted: Letter = { id: 1, kind: "granted", by: "anna", text: "Anna granted more." };
const changed: Letter = { id: 2, kind: "change", by: "anna", setup: { model: "anthropic/other" }, text: "Another." };

describe("the timeout of a question that was answered early", () => {
  const before = [task(), reply(1, ask, start), started(1, "s", "one"), asked("Blue.")];
  const answeredEarly = [...before, early("q", "ask"), early("s", "start_subtask")];

  test("ends the wait of a task after a reply without a call", () => {
    const silent = given(...answeredEarly, reply(2));
    silent.when({ ...runs, nowMs: 1_000 }).decides({ kind: "rest", waits: { kind: "subtasks", untilMs: 5_000 } });
    silent.when({ ...runs, nowMs: 5_000 }).decides({ kind: "note", entries: [{ content: { type: "answered" } }] });
  });

  test("ends the wait for a subtask", () =>
    given(...answeredEarly, reply(2, { id: "w", tool: "wait_for_subtasks" }))
      .when({ ...runs, nowMs: 1_000 })
      .decides({ kind: "rest", waits: { kind: "subtasks", untilMs: 5_000 } }));

  test("ends the wait for an approval", () => {
    const call = { id: "c", tool: "read_file", mode: "repeat", ask: true } as const;
    const review = event(2, { type: "approval_asked", call: "c", review: "app", untilMs: 9_000 });
    given(...answeredEarly, reply(2, call), review)
      .when({ ...runs, nowMs: 1_000 })
      .decides({ kind: "rest", waits: { kind: "approval", untilMs: 5_000 } });
  });
});

test("an answer that comes after the timeout's answer is not read", () => {
  const letter: Letter = { id: 7, kind: "answer", review: "rev", text: "Red.", by: "anna" };
  given(task(), reply(1, ask), asked("Blue."), response(1, "q", "ask"))
    .when({ letters: [letter] })
    .decides({ kind: "note", entries: [], letters: [7] });
  given(task(), reply(1, ask), asked(null), early("q", "ask"), reply(2))
    .when({ letters: [letter, { ...letter, id: 8, text: "Green." }] })
    .decides({ kind: "note", entries: [{ content: { type: "answered", by: "anna" } }], letters: [7, 8] });
});

test("a grant or a change of model does not end the wait of a task after a reply without a call", () => {
  for (const letter of [granted, changed]) {
    const log = [task(), reply(1, start), started(1, "s", "one"), early("s", "start_subtask"), reply(2)];
    given(...log)
      .when({ ...runs, letters: [letter] })
      .decides({ kind: "note", letters: [letter.id] });
    const read =
      letter.kind === "granted"
        ? event(2, { type: "granted", by: "anna", text: letter.text })
        : event(2, { type: "changed", by: "anna", setup: changed.setup, text: changed.text });
    given(...log, read)
      .when(runs)
      .decides({ kind: "rest", waits: { kind: "subtasks", tasks: ["one"] } });
  }
});

test("a change of priority does not end a park and keeps the count of failed tries", () => {
  const failed = event(0, {
    type: "model_failed",
    kind: "retry",
    message: "Busy.",
    tries: 4,
    untilMs: 9_000,
    parks: true,
  } as const);
  const state = given(
    task(),
    failed,
    event(0, { type: "changed", by: "anna", setup: {}, priority: 3, text: "" }),
  ).state();
  expect([state.parkedUntilMs, state.modelTries]).toEqual([9_000, 4]);
});

test("a new model gets the conversation that was too long for the previous model", () => {
  const tooLong = event(1, { type: "too_long", message: "Too long." });
  const other = event(1, { type: "changed", by: "anna", setup: { model: "anthropic/other" }, text: "Another." });
  const log = [task(), reply(1, { id: "a", tool: "list_agents" }), response(1, "a", "list_agents"), tooLong];
  given(...log)
    .when()
    .decides({ kind: "end", reason: "bad_request" });
  given(...log, other)
    .when()
    .decides({ kind: "call_model" });
});

test("a restarted task no longer waits for answers, whether its question was answered early or not", () => {
  const restart: Letter = { id: 3, kind: "restart", by: "the supervisor", text: "Begin again." };
  const log = [task(), reply(1, ask, start), started(1, "s", "one"), asked(null)];
  const withdrawn = { kind: "note" as const, letters: [3], reviewChanges: [{ uid: "rev", withdraw: true }] };
  given(...log)
    .when({ ...runs, letters: [restart] })
    .decides(withdrawn);
  given(...log, early("q", "ask"), early("s", "start_subtask"))
    .when({ ...runs, letters: [restart] })
    .decides(withdrawn);
});

test("a call is approved once, even while it waits for another undecided call", () => {
  const calls = ["one", "two"].map((id) => ({ id, tool: "read_file", mode: "repeat", ask: true }) as const);
  const reviews = calls.map(({ id }) =>
    event(1, { type: "approval_asked", call: id, review: `rev ${id}`, untilMs: null }),
  );
  const approved = event(1, { type: "approval_decided", call: "two", review: "rev two", approved: true, by: "anna" });
  const letter: Letter = { id: 4, kind: "approval", review: "rev two", approved: false, by: "bert", reason: "" };
  given(task(), reply(1, ...calls), reviews, approved)
    .when({ letters: [letter] })
    .decides({ kind: "note", entries: [], letters: [4] });
});
