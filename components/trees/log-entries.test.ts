import { expect, test } from "vitest";
import type { Message, MessageKind } from "@/agents/core/shapes";
import { logEntries } from "./log-entries";
import { argumentOf, inputText } from "./message-content";

let seq = 0;
function message(kind: MessageKind, content: Record<string, unknown>, rest: Partial<Message> = {}): Message {
  const base = { seq: ++seq, tree_id: "t", task_id: "k", turn: 1, tool: null, tool_call_id: null, usage: null };
  return { ...base, kind, content, created_at: "2026-01-01T00:00:00.000Z", ...rest } as Message;
}
const call = (id: string) => ({ id, name: "use_terminal", input: { command: `echo ${id}` } });

test("a response holds its calls, and each call what it answered", () => {
  const entries = logEntries([
    message("instruction", { text: "Do it." }),
    message("agent_response", {
      parts: [
        { type: "text", text: "First." },
        { type: "call", id: "a" },
      ],
      calls: [call("a"), call("b")],
    }),
    message("tool_call", {}, { tool: "use_terminal", tool_call_id: "b" }),
    message("tool_response", { content: "out", is_error: true }, { tool: "use_terminal", tool_call_id: "a" }),
  ]);
  expect(entries.map((entry) => entry.kind)).toEqual(["instruction", "agent"]);
  const agent = entries[1]!;
  if (agent.kind !== "agent") throw new Error("not an agent's entry");
  expect(agent.text).toBe("First.");
  expect(agent.calls[0]).toMatchObject({ id: "a", answer: { text: "out", isError: true } });
  expect(agent.calls[1]).toMatchObject({ id: "b", started: true, answer: null });
});

test("an answer whose response is further up is shown all the same", () => {
  const [entry] = logEntries([message("tool_response", { content: "out" }, { tool: "read_file", tool_call_id: "z" })]);
  expect(entry).toMatchObject({ kind: "calls", calls: [{ name: "read_file", answer: { text: "out" } }] });
});

test("content of an unknown form is shown as it is", () => {
  const [event, response] = logEntries([message("event", { what: 1 }), message("agent_response", { calls: "none" })]);
  expect(event).toMatchObject({ kind: "event", text: '{\n  "what": 1\n}' });
  expect(response).toMatchObject({ kind: "agent", text: "", calls: [] });
});

test("the argument of a call is one line", () => {
  expect(argumentOf({ timeout_seconds: 3, command: "a\n  b" })).toBe("a b");
  expect(argumentOf("not json")).toBe("not json");
  expect(inputText({ command: "a\nb" })).toBe("a\nb");
});
