import { expect, test } from "vitest";
import type { Task } from "@/core/shapes/shapes";
import { badgeOf, countByStatus, countOfTree, headTaskOf, type OutlineView, outlineRows } from "./outline";

const NO_CAP = { tokens: null, cost_usd: null, tasks: null, depth: null, seconds: null };
function task(id: string, parent_id: string | null, fields: Partial<Task> = {}): Task {
  const rest = { title: id, agent: "worker", headline: "", status: "running", role: "work", attempt: 1, tries: 1 };
  return { id, parent_id, waiting_for: null, grant: NO_CAP, spent: NO_CAP, ...rest, ...fields } as Task;
}
const VIEW: OutlineView = {
  toggled: new Map(),
  every: null,
  query: "",
  filter: "all",
  agent: "",
  showFinishing: false,
};
const shown = (tasks: Task[], view: Partial<OutlineView> = {}) =>
  outlineRows(tasks, new Set(["asked"]), { ...VIEW, ...view }).map(
    (row) => `${"-".repeat(row.level)}${row.task.id}${row.folded ? `+${row.folded}` : ""}`,
  );

const TASKS = [
  task("root", null, { status: "waiting" }),
  task("done", "root", { status: "succeeded" }),
  task("done.1", "done", { status: "succeeded" }),
  task("open", "root"),
  task("open.1", "open", { status: "failed" }),
  task("check", "open", { role: "finishing" }),
];

test("finished branches start folded and show their number of subtasks", () => {
  expect(shown(TASKS)).toEqual(["root", "-done+1", "-open", "--open.1"]);
  expect(
    shown(TASKS, {
      toggled: new Map([
        ["done", true],
        ["open", false],
      ]),
    }),
  ).toEqual(["root", "-done", "--done.1", "-open+1"]);
});

test("a tree that has ended still shows its first level", () => {
  const ended = TASKS.map((one) => ({ ...one, status: "succeeded" as const }));
  expect(shown(ended)).toEqual(["root", "-done+1", "-open+1"]);
});

test("finishing tasks are shown when asked for", () => {
  expect(shown(TASKS, { showFinishing: true })).toContain("--check");
});

test("a search and a filter show the matches with their ancestors", () => {
  expect(shown(TASKS, { query: "DONE.1" })).toEqual(["root", "-done", "--done.1"]);
  expect(shown(TASKS, { filter: "problems" })).toEqual(["root", "-open", "--open.1"]);
  expect(shown(TASKS, { query: "nothing" })).toEqual([]);
});

test("the server's text search, an agent and any status filter the rows", () => {
  const found = outlineRows(TASKS, new Set(), { ...VIEW, query: "nothing" }, { found: new Set(["done.1"]) });
  expect(found.map((row) => row.task.id)).toEqual(["root", "done", "done.1"]);
  expect(shown([...TASKS, task("other", "root", { agent: "coder" })], { agent: "coder" })).toEqual(["root", "-other"]);
  expect(shown(TASKS, { filter: "succeeded" })).toEqual(["root", "-done", "--done.1"]);
});

test("all branches fold or unfold together, and then each separately", () => {
  expect(shown(TASKS, { every: "open" })).toEqual(["root", "-done", "--done.1", "-open", "--open.1"]);
  const folded = { every: "folded" as const, toggled: new Map([["done", true]]) };
  expect(shown(TASKS, folded)).toEqual(["root", "-done", "--done.1", "-open+1"]);
});

test("a branch that the user saw unfolded does not fold by itself when it ends", () => {
  const kept = outlineRows(TASKS, new Set(), VIEW, { kept: new Set(["done"]) });
  expect(kept.map((row) => row.task.id)).toEqual(["root", "done", "done.1", "open", "open.1"]);
  const folded = outlineRows(TASKS, new Set(), { ...VIEW, toggled: new Map([["done", false]]) }, { unfolded: true });
  expect(folded.map((row) => row.task.id)).toEqual(["root", "done", "open", "open.1"]);
});

test("agent_selector and the task that it started share a row", () => {
  const chosen = [task("root", null, { agent: "agent_selector" }), task("work", "root"), task("part", "work")];
  expect(shown(chosen)).toEqual(["work", "-part"]);
  expect(headTaskOf(chosen)).toMatchObject({ head: { id: "work" }, chosen: true });
  expect(shown(chosen.slice(0, 1))).toEqual(["root"]);
});

test("a row shows only its worst badge", () => {
  const spent = { ...NO_CAP, cost_usd: 0.9 };
  const near = task("a", null, { grant: { ...NO_CAP, cost_usd: 1 }, spent, tries: 2 });
  expect(badgeOf(near, "running")?.word).toBe("90 % of grant");
  expect(badgeOf({ ...near, status: "failed", reason: "claims_failed" }, "failed")?.word).toBe("Claim failed");
  expect(badgeOf(task("b", null, { tries: 2 }), "running")?.word).toBe("2nd attempt");
  expect(badgeOf(task("b", null, { tries: 2, refused_subtasks: 2 }), "succeeded")?.word).toBe("2 subtasks refused");
  expect(badgeOf(task("c", null), "running")).toBeNull();
});

test("a question is amber only when a person has to answer it", () => {
  const asks = (id: string, review: string) =>
    task(id, "root", { status: "waiting", waiting_for: { kind: "answer", tasks: [], reviews: [review] } });
  const tasks = [task("root", null), asks("parent", "internal"), asks("person", "asked")];
  const rows = outlineRows(tasks, new Set(["asked"]), VIEW);
  expect(rows.map((row) => row.status)).toEqual(["running", "waiting", "you"]);
  expect(rows.map((row) => badgeOf(row.task, row.status)?.word)).toEqual([undefined, undefined, "Question"]);
  expect(countByStatus(tasks, new Set(["asked"]))).toMatchObject({ you: 1, waiting: 1 });
  expect(shown(tasks, { filter: "you" })).toEqual(["root", "-person"]);
  expect(shown(tasks, { filter: "problems" })).toEqual([]);
});

test("the root task stands for the tree, and is counted alone, or while it does something itself", () => {
  const waits = { kind: "answer" as const, tasks: [], reviews: ["asked"] };
  const asks = task("root", null, { status: "waiting", waiting_for: waits });
  const counted = (all: Task[], asked: string[] = []) => {
    const counts = countOfTree(all, all[0] ?? null, new Set(asked));
    return Object.entries(counts).filter(([, number]) => number > 0);
  };
  const failed = task("a", "root", { status: "failed" });
  const checks = task("b", "root", { status: "succeeded", role: "finishing" });
  expect(counted([])).toEqual([]);
  expect(counted([task("root", null)])).toEqual([["running", 1]]);
  expect(counted([task("root", null), checks])).toEqual([["running", 1]]);
  const root = (status: Task["status"]) => task("root", null, { status });
  for (const status of ["waiting", "succeeded", "failed", "stopped"] as const)
    expect(counted([root(status), failed, checks])).toEqual([["failed", 1]]);
  for (const status of ["ready", "running", "parked", "paused"] as const)
    expect(counted([root(status), failed, checks])).toEqual([
      [status, 1],
      ["failed", 1],
    ]);
  expect(counted([asks, failed], ["asked"])).toEqual([
    ["you", 1],
    ["failed", 1],
  ]);
  expect(counted([asks, failed])).toEqual([["failed", 1]]);
});
