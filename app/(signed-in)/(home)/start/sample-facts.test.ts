import { expect, test } from "vitest";
import type { ServerStart } from "@/core/shapes/operations";
import type { Message, Tree } from "@/core/shapes/shapes";
import { gapOf, refutedClaims, resultsOf } from "./sample-facts";

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, "0")}.000Z`;
const message = (more: Partial<Message>): Message => ({
  seq: 1,
  tree_id: "t",
  task_id: "a",
  turn: 1,
  kind: "event",
  content: {},
  tool: null,
  tool_call_id: null,
  usage: null,
  created_at: at(0),
  ...more,
});
const start = (from: number, until: number | null, role: ServerStart["role"] = "all"): ServerStart => ({
  role,
  pid: 1,
  version: "1",
  commit: null,
  release: 1,
  started_at: at(from),
  ended_at: until === null ? null : at(until),
  end: until === null ? null : "asked",
  ended_by: null,
});
const tree = { created_at: at(10), ended_at: null, tasks: [{ id: "a", title: "Measure" }] } as unknown as Tree;
const said = (second: number, text: string) =>
  message({ kind: "agent_response", content: { parts: [{ type: "text", text }] }, created_at: at(second) });

test("a gap is between the end of a server and the next start, and names what went on first", () => {
  const messages = [
    said(12, "Step 1 of 3: Run"),
    said(31, "Step 2 of 3: Read\nCalls x."),
    said(32, "Step 3 of 3: End"),
  ];
  expect(gapOf([start(30, null), start(1, 20)], tree, messages)).toEqual({
    from: at(20),
    until: at(30),
    next: { task: "Measure", said: "Step 2 of 3: Read" },
  });
  expect(gapOf([start(30, null), start(1, 20)], tree, messages.slice(0, 1))?.next).toBeNull();
});

test("a tree has no gap when its server stopped before it began, after it ended, or never", () => {
  expect(gapOf([start(1, null)], tree, [])).toBeNull();
  expect(gapOf([start(9, null), start(1, 5)], tree, [])).toBeNull();
  expect(gapOf([start(30, null), start(1, 20)], { ...tree, ended_at: at(19) }, [])).toBeNull();
});

test("a crash lasts from the last sign of life, also when that is a message", () => {
  const messages = [message({ created_at: at(12) }), message({ created_at: at(31) })];
  expect(gapOf([start(1, 8), start(30, null)], tree, messages)).toMatchObject({ from: at(12), until: at(30) });
  expect(gapOf([start(1, 8), start(30, null)], tree, [])).toMatchObject({ from: at(10), until: at(30) });
});

test("a server of two processes is away only while neither runs", () => {
  const [pages, worker] = [start(1, 22, "web"), start(2, 20, "worker")];
  const messages = [said(33, "Step 2 of 3: Read")];
  expect(gapOf([pages, worker, start(30, null, "web"), start(31, null, "worker")], tree, messages)).toMatchObject({
    from: at(22),
    until: at(30),
    next: { said: "Step 2 of 3: Read" },
  });
  // The tree had ended before both ended.
  expect(gapOf([pages, worker, start(30, null, "web")], { ...tree, ended_at: at(15) }, messages)).toBeNull();
  // One was started again while the other ran.
  expect(gapOf([start(1, null, "web"), worker, start(25, null, "worker")], tree, messages)).toBeNull();
  // When the first one ended is not known.
  expect(gapOf([start(1, null), start(12, 20), start(30, null)], tree, messages)).toMatchObject({ from: at(20) });
});

test("claims that failed at a try are named, others are not", () => {
  const marks = [
    { statement: "It passes.", command: "test", mark: "failed", exit_status: 1, output: "" },
    { statement: "It is.", command: "true", mark: "shown", exit_status: 0, output: "" },
  ];
  const found = refutedClaims([message({ content: { type: "claims_checked", marks } }), message({})]);
  expect([...found]).toEqual([["a", [{ statement: "It passes.", command: "test", exitStatus: 1 }]]]);
});

test("a call with two results is noticed", () => {
  const answer = (id: string, task_id = "a") => message({ kind: "tool_response", tool_call_id: id, task_id });
  expect(resultsOf([answer("1"), answer("2"), answer("1", "b")])).toEqual({ calls: 3, isOnce: true });
  expect(resultsOf([answer("1"), answer("1")])).toEqual({ calls: 2, isOnce: false });
});
