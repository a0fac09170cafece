import { expect, test } from "vitest";
import { workLog } from "./work";

const text = (value: string, messageId?: string) => ({
  sessionUpdate: "agent_message_chunk",
  content: { type: "text", text: value },
  ...(messageId && { messageId }),
});

test("pieces of a message are joined by its id, or up to the next call when it has none", () => {
  const named = workLog();
  for (const update of [text("a", "1"), text("b", "1"), text("c", "2"), text("d", "2")]) named.take(update);
  expect(named.work().message).toBe("cd");
  const nameless = workLog();
  nameless.take(text("a"));
  nameless.take({ sessionUpdate: "tool_call", toolCallId: "1", title: "x" });
  for (const update of [text("b"), text("c")]) nameless.take(update);
  expect(nameless.work().message).toBe("bc");
});

test("a call is what its last update says, also when its first one is missing", () => {
  const log = workLog();
  const diff = { type: "diff", path: "a", oldText: null, newText: "b" };
  log.take({ sessionUpdate: "tool_call_update", toolCallId: "1", title: "Edit", kind: "edit", content: [diff] });
  const seen = log.take({ sessionUpdate: "tool_call_update", toolCallId: "1", status: "completed" });
  const call = { title: "Edit", kind: "edit", status: "completed", files: ["a"], output: "" };
  expect(seen).toMatchObject({ type: "call", isEnd: true, call: { ...call, diffs: [{ before: "", after: "b" }] } });
  expect(log.work().calls.length).toBe(1);
});

test("a call ends once, whatever is said of it later, and may still get its contents", () => {
  const log = workLog();
  const update = { sessionUpdate: "tool_call_update", toolCallId: "1" };
  const flips = Array.from({ length: 1_000 }, (_, at) => (at % 2 === 0 ? "in_progress" : "completed"));
  const seen = flips.map((status) => log.take({ ...update, status }));
  expect(seen.filter((one) => one?.type === "call" && one.isEnd).length).toBe(1);
  const diff = { type: "diff", path: "a", oldText: null, newText: "b" };
  expect(log.take({ ...update, status: "failed", content: [diff] })).toMatchObject({ isEnd: false });
  expect(log.work().calls).toMatchObject([{ status: "completed", diffs: [{ path: "a", after: "b" }] }]);
});

test("nonsense is no work, and too much of anything is cut", () => {
  const log = workLog();
  const nonsense = [null, 1, "x", {}, { sessionUpdate: "plan" }, { sessionUpdate: "tool_call", toolCallId: 1 }];
  for (const update of [...nonsense, { sessionUpdate: "usage_update", used: "x" }]) expect(log.take(update)).toBe(null);
  log.take(text("x".repeat(100_000)));
  for (let at = 0; at < 1_000; at += 1) {
    const content = [{ type: "content", content: { type: "text", text: "y".repeat(10_000) } }];
    log.take({ sessionUpdate: "tool_call", toolCallId: String(at), title: "z".repeat(10_000), content });
  }
  const { message, calls, moreCalls } = log.work();
  expect([message.length, calls.length, moreCalls]).toEqual([32_001, 300, 700]);
  expect([calls[0]?.title.length, calls[0]?.output.length]).toEqual([501, 4_001]);
});
