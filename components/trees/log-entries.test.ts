import { expect, test } from "vitest";
import type { Message, MessageKind } from "@/core/shapes/shapes";
import { commandEnd, exitText, readAnswer } from "./call-answer";
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

test("a call that ran says why nobody was asked, and a call that asked or did not run says nothing", () => {
  const unaskedOf = (content: object) => {
    const [, entry] = [null, ...logEntries([reply("1"), message("tool_call", { input: {}, ...content }, of("a"))])];
    return entry?.kind === "agent" ? entry.calls[0]?.unasked : undefined;
  };
  expect(unaskedOf({ mode: "repeat" })).toBe("Ran without asking: it only reads.");
  expect(unaskedOf({ mode: "once", level: "write" })).toBe("Ran without asking: it changes only the workspace.");
  expect(unaskedOf({ mode: "once", level: "network", unasked: "hosts" })).toContain("all its hosts are allowed");
  expect(unaskedOf({ mode: "once", level: "network", unasked: "tool" })).toContain("policy of the tool is automatic");
  expect(unaskedOf({ mode: "once", level: "network", unasked: "level" })).toContain("the level Network is automatic");
  // An old log does not say why.
  expect(unaskedOf({ mode: "once", level: "network" })).toBe(null);
  expect(unaskedOf({ mode: "once", level: "write", ask: true })).toBe(null);
  expect(unaskedOf({ mode: "invalid" })).toBe(null);
});

test("a call knows the subtask that it started, whose state of now its row shows; a finishing task is none", () => {
  const started = (role: string, at: string) => ({ task: `of-${at}`, call: at, title: "T", agent: "worker", role });
  const event = (...subtasks: object[]) => message("event", { type: "subtasks_started", subtasks }, { turn: 1 });
  const all = [reply("1"), call("a"), call("b"), call("c"), event(started("work", "a"), started("finishing", "b"))];
  const [entry] = logEntries(all);
  expect(entry).toMatchObject({ calls: [{ subtask: "of-a" }, { subtask: null }, { subtask: null }] });
  expect(entry?.until).toBe(all.at(-1)?.seq);
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
  expect(readAnswer("end_task", JSON.stringify(back)).text).toBe("Not ended, not passed. 1 try left.\n- No test.");
  expect(readAnswer("measure_folder", '{"files":3,"languages":["C"]}')).toEqual({
    word: null,
    text: "files: 3\nlanguages:\n  - C",
    isProse: false,
  });
  expect(readAnswer("use_terminal", "plain")).toEqual({ word: null, text: "plain", isProse: false });
});

test("a command's exit status is read from an answer that is cut", () => {
  const answer = (fields: object) => JSON.stringify({ ...fields, stdout: "x".repeat(100) });
  const end = (fields: object) => commandEnd("use_terminal", answer(fields).slice(0, -20));
  expect(end({ exit_status: 2, duration_ms: 340 })).toEqual({ exitStatus: 2, endedBy: null, ms: 340 });
  const full = end({ exit_status: null, ended_by: "workspace_full", problem: 'a "b"', duration_ms: 5 });
  expect(full && exitText(full)).toBe("ended: workspace full");
  expect(commandEnd("read_file", answer({ exit_status: 0, duration_ms: 1 }))).toBeNull();
});
