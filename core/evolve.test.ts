import { describe, expect, test } from "vitest";
import { ended, ending, endTask, event, given, reply, response, started, task } from "@/tests/agents/specification";
import { fold } from "./evolve";
import { BrokenLogError } from "./log/broken-log";
import type { Entry, TaskEvent } from "./log/entries";
import { headlineOf, type TaskState } from "./state";

const USAGE = { inputTokens: 50, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 7 };
const RESULT = {
  task: "child",
  title: "The child",
  status: "succeeded",
  reason: null,
  summary: "S",
  verdict: null,
} as const;

const PICTURE = { id: "a", name: "a.png", mediaType: "image/png", bytes: 9, tokens: 2 } as const;

const ASKED: (Entry | Entry[])[] = [
  reply(1, { id: "a", tool: "run_coding_agent", mode: "once" }),
  event(1, { type: "call_asked", call: "a", review: "rev", key: "k", what: "permission", untilMs: null }),
];

type Case = { before?: (Entry | Entry[])[]; event: TaskEvent; seen: (state: TaskState) => unknown; equals: unknown };

/** What each event changes, with one case per event. An event without a case does not compile. */
const CASES: { [Type in TaskEvent["type"]]: Case } = {
  placed: {
    event: { type: "placed", number: 2, runner: "linux-1", pool: "linux", from: null, lost: "Files are gone." },
    seen: (state) => [state.place, state.lostFiles],
    equals: [{ number: 2, runner: "linux-1" }, "Files are gone."],
  },
  call_started: {
    before: [reply(1, { id: "a", tool: "use_terminal", mode: "once" })],
    event: { type: "call_started", call: "a", lease: 4 },
    seen: (state) => state.open.get("a")?.startedLease,
    equals: 4,
  },
  subtasks_started: {
    before: [reply(1, { id: "a", tool: "start_subtask" })],
    event: {
      type: "subtasks_started",
      subtasks: [{ task: "child", call: "a", title: "T", agent: "worker", role: "work", purpose: null }],
    },
    seen: (state) => [state.open.get("a")?.tasks, state.subtasks.get("child")?.delivered],
    equals: [["child"], false],
  },
  subtask_ended: {
    before: [
      reply(1, { id: "a", tool: "start_subtask" }),
      started(1, "a", "child"),
      response(1, "a", "start_subtask", { early: true }),
    ],
    event: { type: "subtask_ended", result: RESULT, text: "It ended." },
    seen: (state) => [state.subtasks.get("child")?.delivered, state.messages.at(-1)],
    equals: [true, { role: "user", content: "It ended.", event: "subtask_ended" }],
  },
  predecessors_ended: {
    event: { type: "predecessors_ended", results: [], text: "All ended." },
    seen: (state) => [state.predecessorsRead, state.messages.at(-1)],
    equals: [true, { role: "user", content: "All ended." }],
  },
  correction: {
    before: [reply(1)],
    event: { type: "correction", text: "Call a tool." },
    seen: (state) => [state.silent, state.strikes, state.messages.at(-1)],
    equals: [false, 1, { role: "user", content: "Call a tool." }],
  },
  asked: {
    before: [reply(1, { id: "a", tool: "ask" })],
    event: { type: "asked", call: "a", review: "rev" },
    seen: (state) => state.open.get("a")?.review,
    equals: "rev",
  },
  question: {
    event: { type: "question", review: "rev", task: "child", words: "Which?", text: "It asks." },
    seen: (state) => [state.questions.get("rev"), state.questionTexts.get("rev")],
    equals: ["child", "Which?"],
  },
  question_closed: {
    before: [event(0, { type: "question", review: "rev", task: "child", words: "Which?", text: "It asks." })],
    event: { type: "question_closed", review: "rev" },
    seen: (state) => state.questions.size,
    equals: 0,
  },
  answered: {
    before: [
      reply(1, { id: "a", tool: "ask" }),
      event(1, { type: "asked", call: "a", review: "rev" }),
      response(1, "a", "ask", { early: true }),
    ],
    event: { type: "answered", review: "rev", by: "anna", text: "That one." },
    seen: (state) => [state.unanswered.size, state.messages.at(-1)],
    equals: [0, { role: "user", content: "That one.", event: "answered" }],
  },
  note: {
    event: { type: "note", text: "Mark this." },
    seen: (state) => state.messages.at(-1),
    equals: { role: "user", content: "Mark this." },
  },
  unknown: {
    event: { type: "unknown", of: "kind 9" },
    seen: (state) => state.messages.length,
    equals: 1,
  },
  choice: {
    event: { type: "choice", what: "runbook", why: "It fits." },
    seen: (state) => state.messages.length,
    equals: 1,
  },
  model_failed: {
    event: { type: "model_failed", kind: "quota", message: "Used up.", tries: 2, untilMs: 99, parks: true },
    seen: (state) => [state.modelTries, state.modelFailure, state.parkedUntilMs],
    equals: [2, { kind: "quota", message: "Used up." }, 99],
  },
  unparked: {
    before: [
      event(0, { type: "model_failed", kind: "quota", message: "Used up.", tries: 1, untilMs: 99, parks: true }),
    ],
    event: { type: "unparked", by: "anna" },
    seen: (state) => [state.parkedUntilMs, state.modelTries],
    equals: [null, 1],
  },
  approval_asked: {
    before: [reply(1, { id: "a", tool: "use_terminal", mode: "once" })],
    event: { type: "approval_asked", call: "a", review: "rev", untilMs: 99 },
    seen: (state) => [state.open.get("a")?.review, state.open.get("a")?.untilMs],
    equals: ["rev", 99],
  },
  approval_decided: {
    before: [reply(1, { id: "a", tool: "use_terminal", mode: "once" })],
    event: { type: "approval_decided", call: "a", review: "rev", approved: true, by: "anna" },
    seen: (state) => state.open.get("a")?.approval,
    equals: "given",
  },
  daily_cap: {
    event: { type: "daily_cap", message: "The cap is reached.", untilMs: 99 },
    seen: (state) => [state.parkedUntilMs, state.parkedWhy, state.modelTries],
    equals: [99, "The cap is reached.", 0],
  },
  call_asked: {
    before: [reply(1, { id: "a", tool: "run_coding_agent", mode: "once" })],
    event: { type: "call_asked", call: "a", review: "rev", key: "k", what: "permission", untilMs: 99 },
    seen: (state) => [...state.callAsks],
    equals: [["rev", { call: "a", key: "k", what: "permission", untilMs: 99, answer: null }]],
  },
  call_answered: {
    before: ASKED,
    event: { type: "call_answered", review: "rev", approved: true, by: "anna", answer: null },
    seen: (state) => state.callAsks.get("rev")?.answer,
    equals: { approved: true, by: "anna", text: null },
  },
  answer_used: {
    before: [...ASKED, event(1, { type: "call_answered", review: "rev", approved: true, by: "anna", answer: null })],
    event: { type: "answer_used", review: "rev", call: "a" },
    seen: (state) => state.callAsks.size,
    equals: 0,
  },
  call_set_aside: {
    before: ASKED,
    event: { type: "call_set_aside", call: "a" },
    seen: (state) => state.open.get("a")?.isSetAside,
    equals: true,
  },
  executor_started: {
    before: ASKED,
    event: {
      type: "executor_started",
      call: "a",
      executor: "claude",
      version: "1",
      session: "s",
      isLoaded: false,
      prompt: "p",
    },
    seen: (state) => state.open.get("a")?.executors,
    equals: [{ session: "s", executed: [] }],
  },
  executor_call: {
    before: [
      ...ASKED,
      event(1, {
        type: "executor_started",
        call: "a",
        piece: 1,
        executor: "claude",
        version: "1",
        session: "s",
        isLoaded: false,
        prompt: "p",
      }),
    ],
    event: {
      type: "executor_call",
      call: "a",
      piece: 1,
      title: "Edit",
      kind: "edit",
      status: "completed",
      files: ["a.txt"],
    },
    seen: (state) => state.open.get("a")?.executors[1],
    equals: { session: "s", executed: [{ title: "Edit", status: "completed" }] },
  },
  repeated: {
    event: { type: "repeated", tool: "read_file", text: "Try something else." },
    seen: (state) => [state.repetition.sinceTold, state.messages.at(-1)],
    equals: [0, { role: "user", content: "Try something else." }],
  },
  stalled: {
    before: Array.from({ length: 4 }, (_, at) => reply(at + 1)).flat(),
    event: { type: "stalled", turns: 3 },
    seen: (state) => state.quietTurns,
    equals: 0,
  },
  restarted: {
    before: [reply(1), event(1, { type: "correction", text: "Call a tool." })],
    event: { type: "restarted", by: "the supervisor", text: "Begin again." },
    seen: (state) => [state.attempt, state.turn, state.strikes, state.messages.length, state.messages.at(-1)],
    equals: [1, 1, 0, 2, { role: "user", content: "Begin again." }],
  },
  changed: {
    before: [
      event(0, { type: "model_failed", kind: "quota", message: "Used up.", tries: 1, untilMs: 99, parks: true }),
    ],
    event: { type: "changed", by: "anna", setup: { model: "openai/other" }, text: "anna changed the model." },
    seen: (state) => [state.setup.model, state.setup.agent, state.parkedUntilMs, state.modelTries],
    equals: ["openai/other", "worker", null, 0],
  },
  held: {
    event: { type: "held", what: "paused", by: "anna", atMs: 5 },
    seen: (state) => [state.messages.length, state.silent],
    equals: [1, false],
  },
  forked: {
    event: { type: "forked", from: "tree", seq: 7, by: "anna", what: "nothing changed", files: null },
    seen: (state) => state.messages.length,
    equals: 1,
  },
  files_saved: {
    event: { type: "files_saved", commit: "abc", changed: 2, skipped: 0 },
    seen: (state) => state.messages.length,
    equals: 1,
  },
  files_copied: {
    event: { type: "files_copied", folder: "task", from: null, commit: "abc" },
    seen: (state) => state.messages.length,
    equals: 1,
  },
  files_merged: {
    event: {
      type: "files_merged",
      into: null,
      commit: "abc",
      theirs: "def",
      changed: 1,
      conflicts: ["a.txt"],
      copies: null,
    },
    seen: (state) => [state.merged?.conflicts, state.messages.length],
    equals: [["a.txt"], 1],
  },
  goal_changed: {
    event: { type: "goal_changed", by: "anna", fields: { max_iterations: 3 }, text: "anna changed the goal." },
    seen: (state) => state.messages.at(-1),
    equals: { role: "user", content: "anna changed the goal.", change: { max_iterations: 3 } },
  },
  granted: {
    before: [event(0, { type: "grant_low", last: true, text: "Your next reply is your last." })],
    event: { type: "granted", by: "anna", text: "anna granted $1 more." },
    seen: (state) => [state.toldLow, state.lastTurn, state.messages.at(-1)],
    equals: [false, null, { role: "user", content: "anna granted $1 more." }],
  },
  borrowed: {
    before: [event(0, { type: "grant_low", last: false, text: "80 % of your grant is spent." })],
    event: { type: "borrowed", from: "above", tokens: 10, microUsd: 20, tasks: 1 },
    seen: (state) => [state.toldLow, state.borrowed],
    equals: [false, { tokens: 10, microUsd: 20, tasks: 1 }],
  },
  grant_low: {
    event: { type: "grant_low", last: true, text: "Your next reply is your last." },
    seen: (state) => [state.toldLow, state.lastTurn, state.messages.at(-1)],
    equals: [true, 1, { role: "user", content: "Your next reply is your last." }],
  },
  lessons_shown: {
    event: { type: "lessons_shown", lessons: [{ lesson: "abc", why: "words" }], text: "What helped: …" },
    seen: (state) => [[...state.lessons], state.lessonsTurn, state.messages.at(-1)],
    equals: [["abc"], 0, { role: "user", content: "What helped: …" }],
  },
  lesson_proposed: {
    event: {
      type: "lesson_proposed",
      lesson: { kind: "fact", scope: "everywhere", trigger: "release", signature: null, advice: "Tag it first." },
    },
    seen: (state) => state.lessonsProposed,
    equals: 1,
  },
  overrun: {
    event: { type: "overrun", tokens: 10, microUsd: 20 },
    seen: (state) => state.spent,
    equals: { tokensIn: 0, tokensOut: 0, microUsd: 0 },
  },
  unconfirmed: {
    event: { type: "unconfirmed", tokens: 10, microUsd: 20, why: "The worker ended during the call." },
    seen: (state) => state.spent,
    equals: { tokensIn: 10, tokensOut: 0, microUsd: 20 },
  },
  tool_charged: {
    event: { type: "tool_charged", tool: "web_search", tokensIn: 10, tokensOut: 5, microUsd: 20, why: "A search." },
    seen: (state) => state.spent,
    equals: { tokensIn: 10, tokensOut: 5, microUsd: 20 },
  },
  too_long: { event: { type: "too_long", message: "Too long." }, seen: (state) => state.tooLong, equals: true },
  outputs_shortened: {
    before: [
      reply(1, { id: "a", tool: "read_file", mode: "repeat" }),
      response(1, "a", "read_file", { text: "x".repeat(5_000) }),
    ],
    event: { type: "outputs_shortened", maxChars: 2_000 },
    seen: (state) => state.messages.map((message) => message.role === "tool" && message.content.length <= 2_000),
    equals: [false, false, true],
  },
  files_left_out: {
    before: [
      reply(1, { id: "a", tool: "read_file", mode: "repeat" }),
      response(1, "a", "read_file", { attachments: [PICTURE] }),
    ],
    event: { type: "files_left_out", message: "Unreadable.", text: "Left out." },
    seen: (state) => state.messages.slice(-2).map((message) => message.role === "tool" && message.attachments),
    equals: [undefined, false],
  },
  compacted: {
    before: [
      reply(1, { id: "a", tool: "read_file", mode: "repeat" }),
      response(1, "a", "read_file"),
      reply(2, { id: "b", tool: "read_file", mode: "repeat" }),
    ],
    event: { type: "compacted", summary: "S", dropped: 3, usage: USAGE, microUsd: 3, text: "So far: S" },
    seen: (state) => [state.messages.map((message) => message.role), state.messages[0], state.spent],
    equals: [
      ["user", "assistant"],
      { role: "user", content: "So far: S" },
      { tokensIn: 250, tokensOut: 27, microUsd: 13 },
    ],
  },
  tools_changed: {
    event: { type: "tools_changed", tools: ["web_fetch"] },
    seen: (state) => state.addedTools,
    equals: ["web_fetch"],
  },
  configured: {
    before: [
      event(0, { type: "configured", tools: ["a__b"], servers: [{ name: "a", version: 1 }], by: "m", text: "One." }),
    ],
    event: { type: "configured", tools: ["a__b"], servers: [{ name: "a", version: 2 }], by: "m", text: "Two." },
    seen: (state) => [state.servers, state.addedTools, state.messages.at(-1)],
    equals: [[{ name: "a", version: 2 }], ["a__b", "a__b"], { role: "user", content: "Two." }],
  },
  sent_back: {
    event: { type: "sent_back", call: "end", reasons: [] },
    seen: (state) => state.failedEndings,
    equals: 1,
  },
  ending: {
    before: [reply(1, endTask())],
    event: { type: "ending", call: "end", status: "success", claims: [], result: "R" },
    seen: (state) => state.ending,
    equals: { call: "end", status: "success", claims: [], result: "R", cause: {}, marks: null },
  },
  claims_checked: {
    before: [
      reply(1, endTask()),
      event(1, { type: "ending", call: "end", status: "success", claims: [{ statement: "It is." }], result: "R" }),
    ],
    event: {
      type: "claims_checked",
      call: "end",
      marks: [{ statement: "It is.", mark: "neither", exit_status: null, output: null }],
    },
    seen: (state) => state.ending?.marks?.map((mark) => mark.mark),
    equals: ["neither"],
  },
  stepping: {
    event: { type: "stepping", mode: "manual", by: "anna" },
    seen: (state) => state.assignment.stepping,
    equals: "manual",
  },
  retried: {
    before: [reply(1), ended(1, { status: "failed" })],
    event: { type: "retried", attempt: 2, by: "anna", text: "Again." },
    seen: (state) => [
      state.ended,
      state.attempt,
      state.turn,
      state.strikes,
      state.messages.map((message) => message.role),
    ],
    equals: [null, 2, 1, 0, ["user", "user"]],
  },
  ended: {
    event: {
      type: "ended",
      status: "stopped",
      reason: "by_person",
      detail: "Enough.",
      result: null,
      summary: "S",
      verdict: null,
    },
    seen: (state) => state.ended?.status,
    equals: "stopped",
  },
};

describe("each event", () => {
  test.each(Object.entries(CASES))("%s", (_, { before = [], event: content, seen, equals }) => {
    const log = [...task(), ...before.flat(), event(1, content)];
    const state = fold(log);
    expect(seen(state)).toEqual(equals);
    expect(state.length).toBe(log.length);
  });
});

test("a retry with words keeps the conversation, and the next retry without words starts over", () => {
  const goesOn = { type: "retried", attempt: 2, by: "anna", text: "Anna: more.", words: "more" } as const;
  const log = [...task(), ...[reply(1), ended(1, { status: "failed" })].flat(), event(1, goesOn)];
  const state = fold(log);
  expect([state.ended, state.attempt, state.newestInstruction]).toEqual([null, 2, "more"]);
  expect(state.messages.map((message) => message.role)).toEqual(["user", "assistant", "user"]);
  const anew = { type: "retried", attempt: 3, by: "anna", text: "Again." } as const;
  const after = fold([...log, ...[ended(1, { status: "failed" })].flat(), event(1, anew)]);
  expect([after.newestInstruction, after.messages.length]).toEqual([null, 2]);
});

describe("fold refuses a log that", () => {
  const broken: [string, (Entry | Entry[])[]][] = [
    ["has no beginning", [reply(1)]],
    ["is empty", []],
    ["begins twice", [task(), task()]],
    ["answers a call that is not open", [task(), response(0, "a", "ask")]],
    [
      "answers a call twice",
      [task(), reply(1, { id: "a", tool: "ask" }), response(1, "a", "ask"), response(1, "a", "ask")],
    ],
    ["has a call without a reply", [task(), reply(1, { id: "a", tool: "ask" }).slice(1)]],
    ["has a call twice", [task(), reply(1, { id: "a", tool: "ask" }, { id: "a", tool: "ask" })]],
    ["continues while calls are open", [task(), reply(1, { id: "a", tool: "ask" }), reply(2)]],
    ["ends while calls are open", [task(), reply(1, { id: "a", tool: "ask" }), ended(1)]],
    ["continues after its end", [task(), ended(0), reply(1)]],
    ["ends twice", [task(), ended(0), ended(0)]],
    ["retries a task that has not ended", [task(), event(0, { type: "retried", attempt: 2, by: "anna", text: "" })]],
    ["marks an unknown call", [task(), event(0, { type: "call_started", call: "a", lease: 1 })]],
    ["reads a subtask that was never started", [task(), event(0, { type: "subtask_ended", result: RESULT, text: "" })]],
    ["ends an unknown call", [task(), ending(0)]],
    ["has an entry of an unknown kind", [task(), { kind: "invented", turn: 0 } as never]],
  ];
  test.each(broken)("%s", (_, log) => expect(() => fold(log.flat())).toThrow(BrokenLogError));
});

test("what only a newer release knows changes nothing, also after the end", () => {
  const unknown = event(0, { type: "invented", text: "Something new." } as never);
  const known = fold([task(), reply(1)].flat());
  const mixed = fold([task(), unknown, reply(1), unknown].flat());
  expect({ ...mixed, length: 0 }).toEqual({ ...known, length: 0 });
  expect(mixed.length).toBe(known.length + 2);
  expect(fold([task(), ended(0), unknown].flat()).ended).toMatchObject({ status: "succeeded" });
});

test("that turns or time run low is kept beside the grant, until it counts anew", () => {
  const low = (of: "turns" | "seconds", last: boolean) =>
    event(0, { type: "grant_low", last, of, text: "It runs low." });
  const seen = (...entries: Entry[]) => {
    const { toldLow, toldTurns, toldSeconds, lastTurn } = fold([...task(), ...entries]);
    return [toldLow, lastTurn, toldTurns, toldSeconds];
  };
  const both = [low("turns", false), low("seconds", false)];
  expect(seen(...both)).toEqual([false, null, "low", true]);
  expect(seen(...both, low("turns", true))).toEqual([false, null, "last", true]);
  const granted = { type: "granted", by: "anna", text: "More." } as const;
  expect(seen(...both, event(0, granted))).toEqual([false, null, "low", true]);
  expect(seen(...both, event(0, { ...granted, seconds: 60 }))).toEqual([false, null, "low", false]);
  const changed = { type: "changed", by: "anna", text: "Changed." } as const;
  expect(seen(...both, event(0, { ...changed, setup: { model: "other" } }))).toEqual([false, null, "low", true]);
  expect(seen(...both, event(0, { ...changed, setup: { maxTurns: 40 } }))).toEqual([false, null, null, true]);
  expect(seen(...both, event(0, { type: "restarted", by: "the supervisor", text: "Start again." }))).toEqual([
    false,
    null,
    null,
    false,
  ]);
});

test("invalid replies count as strikes, and a valid reply resets the count", () => {
  const invalid = (turn: number) => [
    reply(turn, { id: `x${turn}`, tool: "no", mode: "invalid", problem: "No." }),
    response(turn, `x${turn}`, "no"),
  ];
  expect(given(task(), ...invalid(1), ...invalid(2)).state().strikes).toBe(2);
  expect(given(task(), ...invalid(1), reply(2, { id: "a", tool: "ask" })).state().strikes).toBe(0);
});

test("a retry keeps the spend and the subtasks, and forgets questions", () => {
  const asked = event(1, { type: "question", review: "rev", task: "child", words: "Which?", text: "It asks." });
  const state = given(
    task(),
    reply(1, { id: "a", tool: "start_subtask" }, { id: "q", tool: "ask" }),
    started(1, "a", "child"),
    event(1, { type: "asked", call: "q", review: "own" }),
    response(1, "a", "start_subtask", { early: true }),
    response(1, "q", "ask", { early: true }),
    asked,
    ended(1, { status: "failed" }),
    event(1, { type: "retried", attempt: 2, by: "anna", text: "Again." }),
  ).state();
  expect(state.spent).toEqual({ tokensIn: 100, tokensOut: 10, microUsd: 5 });
  expect(state.subtasks.get("child")?.delivered).toBe(true);
  expect([state.questions.size, state.unanswered.size]).toEqual([0, 0]);
});

test("the headline is the first line of the agent's last text, shortened for a row", () => {
  expect(given(task(), reply(1), reply(2)).state().headline).toBe("Turn 2");
  expect(headlineOf(`\n ${"x".repeat(200)}\nmore`)).toBe(`${"x".repeat(119)}…`);
});

test("a message that came while a call was open follows the call's response", () => {
  const state = fold([
    ...task(),
    ...reply(1, { id: "a", tool: "start_subtask" }, { id: "b", tool: "start_subtask" }),
    started(1, "a", "one"),
    started(1, "b", "two"),
    event(1, { type: "granted", by: "anna", text: "anna granted $1 more." }),
    response(1, "b", "start_subtask"),
    response(1, "a", "start_subtask"),
  ]);
  expect(state.messages.slice(1).map((message) => (message.role === "tool" ? message.callId : message.role))).toEqual([
    "assistant",
    "a",
    "b",
    "user",
  ]);
});

test("a restart by the supervisor keeps what people said; one of an older version, and a retry without words, do not", () => {
  const before = [
    ended(0, { status: "failed", reason: "invalid_replies" }),
    event(0, {
      type: "retried",
      attempt: 2,
      by: "anna",
      text: "anna continues: Only the tests.",
      words: "Only the tests.",
    }),
    { kind: "steer", turn: 0, content: { text: "And quickly.", by: "anna" } } as const,
    reply(1),
  ];
  const restarted = { type: "restarted", by: "the supervisor", text: "Begin again." } as const;
  const kept = given(task(), ...before, event(1, { ...restarted, keepsWords: true, atMs: 7 })).state();
  expect([kept.newestInstruction, kept.said, kept.conversationMs]).toEqual(["Only the tests.", ["And quickly."], 7]);
  const [first, words, order] = kept.messages.map((message) =>
    message.role === "user" ? message.content : message.role,
  );
  expect([first, order, kept.messages.length]).toEqual(["Do it.", "Begin again.", 3]);
  expect(words).toMatch(/continued it with these words[\s\S]*Only the tests\.[\s\S]*\| And quickly\.$/);
  const older = given(task(), ...before, event(1, restarted)).state();
  expect([older.newestInstruction, older.said, older.messages.length]).toEqual([null, [], 2]);
});
