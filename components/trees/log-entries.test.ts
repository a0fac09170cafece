import { expect, test } from "vitest";
import type { SubtaskResult, TaskEvent } from "@/core/log/entries";
import type { Message, MessageKind } from "@/core/shapes/shapes";
import { readAnswer } from "./call-answer";
import { eventLine } from "./event-line";
import { logEntries } from "./log-entries";
import { argumentOf, inputText } from "./message-content";

let seq = 0;
function message(kind: MessageKind, content: object, rest: Partial<Message> = {}): Message {
  const base = { seq: ++seq, tree_id: "t", task_id: "k", turn: 1, tool: null, tool_call_id: null, usage: null };
  return { ...base, kind, content, created_at: "2026-01-01T00:00:00.000Z", ...rest } as Message;
}
const of = (tool_call_id: string, turn = 1) => ({ tool: "use_terminal", tool_call_id, turn });
const reply = (text: string, turn = 1) => {
  const content = { parts: [{ type: "text", text }], stopReason: "tool_calls", valid: true, cost_usd: 0.01 };
  return message("agent_response", content, { turn });
};
const call = (id: string, turn = 1) =>
  message("tool_call", { input: { command: `echo ${id}` }, mode: "once" }, of(id, turn));

test("a response holds its calls, and each call holds its answer", () => {
  const entries = logEntries([
    message("instruction", { instruction: "Do it.", criteria: null, material: null }),
    reply("First."),
    call("a"),
    call("b"),
    message("event", { type: "call_started", call: "b", lease: 1 }),
    message("tool_response", { text: "out", isError: true }, of("a")),
  ]);
  expect(entries.map((entry) => entry.kind)).toEqual(["instruction", "agent"]);
  expect(entries[1]).toMatchObject({
    text: "First.",
    calls: [
      { input: { command: "echo a" }, answer: { text: "out", isError: true } },
      { started: true, answer: null },
    ],
  });
});

test("a provider may use an id again in a later turn", () => {
  const entries = logEntries([reply("1"), call("a"), reply("2", 2), call("a", 2)]);
  expect(entries).toMatchObject([{ calls: [{ key: "1:a" }] }, { calls: [{ key: "2:a" }] }]);
});

test("an answer is shown even if its call was not loaded", () => {
  const [entry] = logEntries([message("tool_response", { text: "out", isError: false }, of("z"))]);
  expect(entry).toMatchObject({ kind: "calls", calls: [{ tool: "use_terminal", answer: { text: "out" } }] });
});

test("a row that is no longer valid JSON is shown as broken", () => {
  expect(logEntries([message("event", { text: "{", broken: true })])).toMatchObject([{ kind: "broken" }]);
});

const RESULT: SubtaskResult = {
  task: "s1",
  title: "Part",
  status: "succeeded",
  reason: null,
  summary: "Found 3.",
  verdict: null,
};
const SUBTASK = { call: "c", title: "Part", agent: "worker", role: "work", purpose: null, task: "s1" } as const;
const EVENTS: [TaskEvent, string][] = [
  [{ type: "subtasks_started", subtasks: [SUBTASK] }, "Subtasks started|1 subtask:|Part"],
  [
    { type: "subtasks_started", subtasks: [{ ...SUBTASK, role: "finishing", agent: "summary_agent" }] },
    "Finishing|Its result is checked and summed up by|summary_agent",
  ],
  [{ type: "subtask_ended", result: RESULT, text: "" }, "Subtask ended||Part, succeeded|Found 3."],
  [{ type: "predecessors_ended", results: [RESULT], text: "" }, "Predecessors ended||Part, succeeded|Found 3."],
  [
    { type: "correction", text: "x" },
    "Corrected|The reply had no tool call, so nothing happened; the agent was told so.",
  ],
  [
    { type: "question", review: "r", task: "s1", words: "Which?", text: "{}" },
    "Question|A subtask asks:|its task|Which?",
  ],
  [
    { type: "answered", review: "r", by: "Mara", text: 'Your question was answered.\n{"question":"r","answer":"No"}' },
    "Answered|By Mara:|No",
  ],
  [{ type: "note", text: "Looked." }, "Note||Looked."],
  [{ type: "choice", what: "repository-survey", why: "It fits." }, "Chosen|repository-survey. It fits."],
  [{ type: "choice", what: "none", why: "No runbook fits." }, "Nothing chosen|No runbook fits."],
  [
    { type: "model_failed", kind: "retry", message: "Too busy.", tries: 2, untilMs: 0, parks: true },
    "Model failed|Too busy. That was try 2. It is parked until|1970-01-01T00:00:00.000Z",
  ],
  [
    { type: "model_failed", kind: "no_key", message: "No key", tries: 1, untilMs: 0, parks: false },
    "Model failed|No key.",
  ],
  [{ type: "too_long", message: "200k at most." }, "Too long|200k at most. Its oldest part is summed up."],
  [
    {
      type: "compacted",
      summary: "S",
      dropped: 2,
      text: "",
      microUsd: 0,
      usage: { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 },
    },
    "Compacted|The oldest 2 messages of the conversation gave way to this summary:|S",
  ],
  [{ type: "tools_changed", tools: ["a", "b"] }, "Tools added|From the next turn on it has a, b."],
  [
    { type: "configured", tools: ["a__b"], servers: [{ name: "a", version: 1 }], by: "Mara", text: "You have a__b." },
    "Approved|By Mara:|You have a__b.",
  ],
  [
    { type: "sent_back", call: "c", reasons: ["No test."] },
    "Sent back|The result does not hold, so the task goes on with the reasons:|- No test.",
  ],
  [{ type: "stepping", mode: "manual", by: "Mara" }, "Stepping|Mara steps it by hand: it waits before each turn."],
  [
    { type: "retried", attempt: 2, by: "Mara", text: "" },
    "Attempt 2|Mara retried it. The conversation begins again; what stands above is kept.",
  ],
  [
    {
      type: "ended",
      status: "failed",
      reason: "by_agent",
      detail: null,
      result: null,
      summary: "",
      verdict: null,
    },
    "Failed|The agent ended the task as a failure and says why in its result.",
  ],
];

test.each(EVENTS)("an event is a plain sentence: %s", (event, expected) => {
  const line = eventLine(event);
  const said = [line?.title, line?.text, line?.at, line?.tasks?.map((task) => task.title).join(), line?.body];
  expect(said.filter((one) => one !== undefined).join("|")).toBe(expected);
});

test("events that another entry already shows have no line of their own", () => {
  const hidden: TaskEvent[] = [
    { type: "call_started", call: "c", lease: 1 },
    { type: "asked", call: "c", review: "r" },
    { type: "question_closed", review: "r" },
    { type: "ending", call: "c", status: "success", claims: [], result: "" },
  ];
  expect(hidden.map(eventLine)).toEqual([null, null, null, null]);
});

test("the argument of a call is one line", () => {
  expect(argumentOf("use_terminal", { timeout_seconds: 3, command: "a\n  b" })).toBe("a b");
  expect(argumentOf("start_subtask", { instruction: "Count.", title: "Count", agent: "worker" })).toBe(
    "Count → worker",
  );
  expect(argumentOf("break_down_task", { reasoning: "Two parts." })).toBe("Two parts.");
  expect(argumentOf("read_file", "not json")).toBe("not json");
  expect(inputText({ command: "a\nb" })).toBe("a\nb");
  expect(inputText({ title: "T", list: [1, { a: "x\ny" }], none: null })).toBe(
    "title: T\nlist:\n  - 1\n  - a:\n      x\n      y\nnone: none",
  );
});

test("answers of core tools become sentences, other JSON becomes lines", () => {
  const done = JSON.stringify({ task: "s", title: "Part", status: "succeeded", summary: "Found 3." });
  expect(readAnswer("start_subtask", done)).toEqual({
    word: "succeeded",
    text: "Succeeded.\n\nFound 3.",
    isProse: true,
  });
  expect(readAnswer("start_subtask", '{"status":"running","task":"s"}').word).toBe("returned early");
  expect(readAnswer("ask", '{"answer":"No","by":"Mara"}')).toMatchObject({ word: "answered by Mara", text: "No" });
  const back = { status: "not ended", verdict: { outcome: "fail", reasons: ["No test."] }, tries_left: 1 };
  expect(readAnswer("end_task", JSON.stringify(back)).text).toBe(
    "Not ended, judged as not done. 1 try left.\n- No test.",
  );
  expect(readAnswer("measure_folder", '{"files":3,"languages":["C"]}')).toEqual({
    word: null,
    text: "files: 3\nlanguages:\n  - C",
    isProse: false,
  });
  expect(readAnswer("use_terminal", "plain")).toEqual({ word: null, text: "plain", isProse: false });
});

test("decisions, caps, repeated calls, changes, forks and saved files become sentences", () => {
  const decided = { type: "approval_decided", call: "c", review: "r" } as const;
  expect(eventLine({ ...decided, approved: true, by: "Mara" })?.text).toBe("By Mara: the call runs.");
  expect(eventLine({ ...decided, approved: true, by: "rule abc", rule: "abc" })?.text).toBe(
    "By a rule: the call runs.",
  );
  expect(eventLine({ ...decided, approved: false, by: "Mara" })).toMatchObject({ title: "Rejected", look: "bad" });
  const message = "Today's cap of $0.50 for all trees together is used up: less is left than one more call may cost.";
  const capped = eventLine({ type: "daily_cap", message, untilMs: 0 });
  expect(capped?.text).toMatch(/^Today's cap of \$0\.50 for all trees together is used up: .* It is parked until$/);
  expect(capped?.cause).toBeDefined();
  expect(eventLine({ type: "repeated", tool: "read_file", text: "Do something else." })).toMatchObject({
    body: "Do something else.",
    text: "Calls of read_file had the same result over and over. The agent was told:",
  });
  const fork = { type: "forked", from: "t1", seq: 3, by: "Mara", what: "as it was" } as const;
  expect(eventLine({ ...fork, files: null })).toMatchObject({
    text: "Mara forked it as it was, with a fresh folder. What stands above was copied from tree t1.",
    link: { href: "/trees/t1" },
  });
  const merged = { type: "files_merged", into: null, commit: "c", theirs: "d", changed: 2, copies: null } as const;
  expect(eventLine({ ...merged, conflicts: [] })?.text).toBe("2 changes of its own folder went into the one above.");
  expect(eventLine({ ...merged, changed: 0, skipped: 1, conflicts: [] })?.text).toBe(
    "It had changed nothing. 1 file could not be copied.",
  );
  const beside = { ...merged, conflicts: ["a.txt"], copies: ".banyan-conflicts/x" };
  expect(eventLine(beside)).toMatchObject({
    text: "2 changes of its own folder stayed there. Its versions lie under .banyan-conflicts/x.",
    body: "- a.txt",
    look: "bad",
  });
  expect(eventLine({ ...merged, conflicts: [], problem: "the disk is full" })).toMatchObject({
    title: "Files not merged",
    text: "2 changes of its own folder stayed there. The disk is full.",
  });
  const saved = { type: "files_saved", commit: "c", changed: 1, skipped: 0 } as const;
  expect(eventLine(saved)?.text).toMatch(/^1 file changed since the last time\./);
  expect(eventLine({ ...saved, problem: "too many files" })).toMatchObject({
    text: "Too many files. The task goes on.",
  });
});
