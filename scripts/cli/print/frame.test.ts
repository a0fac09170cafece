import { expect, test } from "vitest";
import type { TaskStatus } from "@/core/log/terms";
import type { Task, Tree } from "@/core/shapes/shapes";
import { countStatuses } from "@/core/words/counts";
import { createChanges } from "./changes";
import { type FrameOptions, frame } from "./frame";
import { clean, cut, padTo, widthOf } from "./text";

const AT = "2026-01-01T00:00:00.000Z";
const NOW_MS = Date.parse(AT) + 65_000;
const NONE = { tokens: null, cost_usd: null, tasks: null, depth: null, seconds: null };

function task(id: string, parent: string | null, status: TaskStatus, more: Partial<Task> = {}): Task {
  const ended_at = ["succeeded", "failed", "stopped"].includes(status) ? AT : null;
  return {
    id,
    tree_id: "tree",
    parent_id: parent,
    role: "work",
    title: `Task ${id}`,
    agent: "worker",
    model: "runbook",
    instruction: "",
    status,
    reason: null,
    reason_detail: null,
    waiting_for: null,
    depends_on: [],
    parked_until: null,
    parked_by: null,
    switch_to: null,
    paused_by: null,
    refused_subtasks: 0,
    depth: parent ? 1 : 0,
    attempt: 1,
    tries: 1,
    turns: 2,
    headline: "reads files",
    result: null,
    summary: null,
    verdict: null,
    grant: NONE,
    spent: { ...NONE, tokens: 12_345, cost_usd: 0.5, tasks: 1 },
    created_at: AT,
    started_at: status === "ready" ? null : AT,
    ended_at,
    ...more,
  };
}

function tree(tasks: Task[], status: TaskStatus = "running"): Tree {
  return {
    id: "treetreetree",
    title: "Paint the house",
    status,
    reason: null,
    created_at: AT,
    ended_at: null,
    created_by: "you",
    root_task_id: "root",
    workspace: "/w",
    forked_from: null,
    parked_until: null,
    priority: 0,
    headline: "",
    grant: NONE,
    totals: { tasks: tasks.length, ended: 0, tokens_in: 1_000, tokens_out: 500, cost_usd: 0.5 },
    counts: countStatuses(tasks.map((task) => task.status)),
    tasks,
  };
}

const options: FrameOptions = {
  width: 100,
  height: 24,
  nowMs: NOW_MS,
  open: new Set(),
  paint: (_, text) => text,
};

test("a row shows glyph, name, state with headline, agent, turns, tokens, cost and time", () => {
  const lines = frame(tree([task("root", null, "running"), task("kid", "root", "succeeded")]), options);
  expect(lines).toHaveLength(5);
  expect(lines[1]).toBe("◐ Running · 1 running, 1 succeeded · 1.5k tokens · $0.50 · 1 m");
  expect(lines[3]).toMatch(/^◐ Task root +Running: reads files +worker +2 +12k +\$0\.50 +1 m$/);
  expect(lines[4]).toMatch(/^ {2}✓ Task kid +Succeeded +worker +2 +12k +\$0\.50 +0 s$/);
  for (const line of lines.slice(3)) expect(widthOf(line)).toBe(100);
});

test("a question to a person has its own glyph and word; a question to the parent does not", () => {
  const waits = (review: string) => ({ waiting_for: { kind: "answer" as const, tasks: [], reviews: [review] } });
  const asking = tree([task("root", null, "waiting", waits("mine")), task("kid", "root", "waiting", waits("other"))]);
  const lines = frame(asking, { ...options, open: new Set(["mine"]) });
  expect(lines[3]).toContain("◆ Task root");
  expect(lines[3]).toContain("Waiting for you");
  expect(lines[4]).toContain("⊙ Task kid");
});

test("no line is wider than the window at any width, even with wide letters and escape sequences in names", () => {
  const names = ["a".repeat(300), "漢字の名前です".repeat(10), "\u001b[31mred\u001b[0m\nnext", "👩‍👩‍👧 family", ""];
  const many = names.map((title, index) =>
    task(`k${index}`, index === 0 ? null : `k${index - 1}`, "running", { title, headline: title, agent: title }),
  );
  for (let width = 1; width <= 200; width += 7) {
    for (const line of frame(tree(many), { ...options, width })) {
      expect(widthOf(line)).toBeLessThanOrEqual(width);
      expect(line).toBe(clean(line));
    }
  }
});

test("finished branches fold first, then finished siblings, then tasks not started; running tasks stay", () => {
  const branch = Array.from({ length: 20 }, (_, index) => task(`d${index}`, "done", "succeeded"));
  const siblings = Array.from({ length: 10 }, (_, index) => task(`s${index}`, "root", "succeeded"));
  const ready = Array.from({ length: 10 }, (_, index) => task(`r${index}`, "root", "ready"));
  const tasks = [
    task("root", null, "waiting"),
    task("done", "root", "succeeded"),
    ...branch,
    ...siblings,
    ...ready,
    task("busy", "root", "running"),
  ];
  const at = (height: number) => frame(tree(tasks), { ...options, height });
  expect(at(100)).toHaveLength(3 + 43);
  const folded = at(30);
  expect(folded).toHaveLength(3 + 23);
  expect(folded.find((line) => line.includes("Task done"))).toContain("(+20)");
  const grouped = at(20);
  expect(grouped).toHaveLength(3 + 13);
  expect(grouped).toContain("  ✓ 31 succeeded");
  expect(at(10)).toContain("  ◌ 10 queued");
  for (let height = 5; height < 50; height += 1) {
    const lines = at(height);
    expect(lines.length).toBeLessThanOrEqual(height);
    expect(lines.join("\n")).toContain("Task busy");
  }
});

test("when too many tasks run, the last row counts the rest", () => {
  const tasks = [
    task("root", null, "waiting"),
    ...Array.from({ length: 50 }, (_, n) => task(`b${n}`, "root", "running")),
  ];
  const lines = frame(tree(tasks), { ...options, height: 13 });
  expect(lines).toHaveLength(13);
  expect(lines.at(-1)).toBe("… 42 more lines: make the window higher");
});

test("changes report starts, headlines of turns, waits and ends once each", () => {
  const report = createChanges();
  const changes = (tree: Tree) => report(tree, new Set());
  expect(changes(tree([task("root", null, "ready", { turns: 0, headline: "" })]))).toEqual([]);
  const running = tree([task("root", null, "running", { turns: 1, headline: "looks" })]);
  expect(changes(running)).toEqual(["root Task root: started (worker)", "root Task root: turn 1: looks"]);
  expect(changes(running)).toEqual([]);
  const waiting = task("root", null, "waiting", {
    turns: 2,
    headline: "starts two",
    waiting_for: { kind: "subtasks", tasks: ["kid", "two"], reviews: [] },
  });
  expect(changes(tree([waiting, task("kid", "root", "failed", { reason: "timeout", turns: 0 })]))).toEqual([
    "kid Task kid: started (worker)",
    "root Task root: turn 2: starts two",
    "root Task root: waiting for 2 subtasks",
    "kid Task kid: failed (timeout): The task ran longer than its time allows.",
  ]);
});

test("text is cut by cells, and escape sequences are removed", () => {
  expect([cut("abcdef", 4), cut("漢字漢字", 5), padTo("漢", 4), padTo("a", 3, "right")]).toEqual([
    "abc…",
    "漢字…",
    "漢  ",
    "  a",
  ]);
  expect(clean("a\u001b]0;title\u0007b\u001b[2Jc\r\bd\u202ee\tf\ng")).toBe("abcd\\u{202e}e\tf\ng");
});

test("with each task's own spend, all figures are exact: own cost, and cost with subtasks", () => {
  const tasks = [
    task("root", null, "running", { spent: { ...NONE, tokens: 12_345, cost_usd: 0.500001 } }),
    task("leaf", "root", "succeeded", { spent: { ...NONE, tokens: 345, cost_usd: 0.2 } }),
  ];
  const own = new Map([
    ["root", 0.300001],
    ["leaf", 0.2],
  ]);
  const lines = frame(tree(tasks), { ...options, width: 120, own });
  expect(lines[2]).toMatch(/ agent +turns +tokens +own cost +cost +time$/);
  expect(lines[3]).toMatch(/ 2 +12345 +\$0\.300001 +\$0\.500001 +1 m$/);
  expect(lines[4]).toMatch(/ 2 +345 +\$0\.20 +\$0\.20 /);
});
