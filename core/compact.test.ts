import { expect, test } from "vitest";
import { ended, event, given, reply, response, started, task } from "@/tests/agents/specification";
import { compactedText, cutOf, transcriptOf } from "./compact";
import type { ModelMessage } from "./log/model";

const user = (content: string): ModelMessage => ({ role: "user", content });
const said = (text: string): ModelMessage => ({ role: "assistant", parts: [{ type: "text", text }], calls: [] });
const result = (content: string): ModelMessage => ({
  role: "tool",
  callId: "a",
  toolName: "read_file",
  content,
  isError: false,
});

test("cuts a conversation before a reply, so that no call loses its response", () => {
  const messages = [
    user("x"),
    said("a".repeat(50)),
    result("b".repeat(50)),
    said("c".repeat(50)),
    result("d".repeat(50)),
    said("e"),
  ];
  const cut = cutOf(messages);
  expect(cut).toBe(3);
  expect(messages[cut ?? 0]?.role).toBe("assistant");
});

test("drops at least two messages, or none", () => {
  expect(cutOf([user("x")])).toBeNull();
  expect(cutOf([user("x"), said("a"), result("b")])).toBeNull();
  expect(cutOf([user("x"), said("a"), said("b")])).toBe(2);
});

test("a transcript shortens long messages and leaves out its own middle", () => {
  expect(transcriptOf([user("u"), said("s"), result("r")], 1_000)).toBe("USER: u\nAGENT: s\nRESULT of read_file: r");
  expect(transcriptOf([user("x".repeat(5_000))], 10_000)).toBe(`USER: ${"x".repeat(2_000)} […]`);
  expect(transcriptOf([user("a".repeat(500)), user("b".repeat(500))], 100)).toHaveLength(105);
});

test("the host adds open subtasks, so that no summary can omit them", () => {
  const state = given(
    task(),
    reply(1, { id: "a", tool: "start_subtask" }),
    started(1, "a", "child"),
    response(1, "a", "start_subtask", { early: true }),
  ).state();
  expect(compactedText(state, "Much was done.")).toMatch(
    /^Do it\.\n\n[\s\S]*Much was done\.\n\n[\s\S]*- child “The child” \(worker\)$/,
  );
});

test("the host says again how the result is judged, what a person asked for last, and which questions wait", () => {
  const state = given(
    task({}, { criteria: "It is short.", material: "The list." }),
    ended(0, { status: "failed", reason: "invalid_replies" }),
    event(0, { type: "retried", attempt: 2, by: "anna", text: "Go on.", words: "Only the tests." }),
    reply(1, { id: "a", tool: "start_subtask" }),
    started(1, "a", "child"),
    response(1, "a", "start_subtask", { early: true }),
    event(1, { type: "question", review: "review-1", task: "child", words: "Which?", text: "It asks: Which?" }),
  ).state();
  const text = compactedText(state, "Much was done.");
  expect(text).toMatch(/^Do it\.\n\nThe result will be judged by these criteria:\nIt is short\.\n\nThe list\.\n\n/);
  expect(text).toContain("a person continued it with these words, which count before those above:\nOnly the tests.");
  expect(text).toContain(JSON.stringify({ question: "review-1", task: "child", text: "Which?" }));
});
