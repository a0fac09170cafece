import { expect, test } from "vitest";
import { workLog } from "@/lib/acp/work";
import { kindOf, titleOf, updatesReader } from "./updates";

/** What a log makes of these messages. */
function workOf(messages: readonly unknown[]) {
  const read = updatesReader();
  const log = workLog();
  for (const message of messages) for (const update of read(message)) log.take(update);
  return log.work();
}

const turn = (type: string, content: unknown[], more = {}) => ({ type, message: { id: "m1", content }, ...more });
const use = (id: string, name: string, input: unknown) => ({ type: "tool_use", id, name, input });
const result = (id: string, content: unknown, is_error?: boolean) => ({
  type: "tool_result",
  tool_use_id: id,
  content,
  ...(is_error !== undefined && { is_error }),
});

test("a call has its difference from its beginning on, and its output at its end", () => {
  const input = { file_path: "/workspace/a.txt", old_string: "one", new_string: "two" };
  const { calls } = workOf([turn("assistant", [use("1", "Edit", input)]), turn("user", [result("1", "changed")])]);
  expect(calls).toEqual([
    {
      title: "Edit /workspace/a.txt",
      kind: "edit",
      status: "completed",
      output: "changed",
      files: ["/workspace/a.txt"],
      input: JSON.stringify(input),
      diffs: [{ path: "/workspace/a.txt", before: "one", after: "two" }],
    },
  ]);
});

test("several edits are several differences; a file that is written anew has its earlier text; a failed call has none", () => {
  const edits = [
    { old_string: "a", new_string: "b" },
    { old_string: "c", new_string: "d" },
  ];
  const { calls } = workOf([
    turn("assistant", [
      use("1", "MultiEdit", { file_path: "a", edits }),
      use("2", "Write", { file_path: "b", content: "new" }),
    ]),
    turn("user", [result("1", [{ type: "text", text: "no" }], true)]),
    turn("user", [result("2", "yes", false)], { tool_use_result: { originalFile: "old" } }),
  ]);
  expect(calls.map(({ status, diffs, output }) => [status, diffs.length, output])).toEqual([
    ["failed", 0, "no"],
    ["completed", 1, "yes"],
  ]);
  expect(calls[1]?.diffs[0]).toEqual({ path: "b", before: "old", after: "new" });
});

test("the last message is the agent's own, not that of a subagent; its list of things to do is the plan", () => {
  const { message, plan, calls } = workOf([
    turn("assistant", [{ type: "text", text: "Mine." }]),
    turn("assistant", [{ type: "text", text: "Its own." }, use("1", "Bash", { command: "ls" })], {
      parent_tool_use_id: "0",
    }),
    turn("assistant", [use("2", "TodoWrite", { todos: [{ content: "Test it", status: "in_progress" }] })]),
  ]);
  expect(message).toBe("Mine.");
  expect(plan).toEqual([{ text: "Test it", status: "in_progress" }]);
  expect(calls.map(({ title, kind }) => [title, kind])).toEqual([
    ["ls", "execute"],
    ["TodoWrite", "think"],
  ]);
});

test("nonsense is no work", () => {
  const messages = [null, 1, {}, { type: "assistant" }, { type: "assistant", message: { content: "x" } }];
  const blocks = [null, { type: "tool_use" }, { type: "tool_use", id: 1, name: "Bash", input: {} }, { type: "image" }];
  const { calls, message } = workOf([...messages, turn("assistant", blocks), turn("user", [result("unknown", 5)])]);
  expect(message).toBe("");
  expect(calls.map(({ title, output }) => [title, output])).toEqual([["", ""]]);
});

test("a tool that Banyan does not know is of no known kind, so it is not allowed unasked", () => {
  expect([kindOf("Bash"), kindOf("mcp__evil__run"), kindOf("constructor")]).toEqual(["execute", "other", "other"]);
  expect(titleOf("mcp__evil__run", { command: "rm" })).toBe("mcp__evil__run");
});
