import { expect, test } from "vitest";
import type { OutlineView } from "@/components/feed/outline";
import type { Task } from "@/core/shapes/shapes";
import { type GraphExtras, graphOf, groupWords } from "./graph";

const NO_CAP = { tokens: null, cost_usd: null, tasks: null, depth: null, seconds: null };
const VIEW: OutlineView = {
  toggled: new Map(),
  every: null,
  query: "",
  filter: "all",
  agent: "",
  showFinishing: false,
};

function task(id: string, parent_id: string | null, fields: Partial<Task> = {}): Task {
  const rest = { title: id, agent: "worker", headline: "", status: "running", role: "work", attempt: 1, tries: 1 };
  const none = { waiting_for: null, depends_on: [], grant: NO_CAP, spent: NO_CAP };
  return { id, parent_id, ...none, ...rest, ...fields } as Task;
}
const byId = (tasks: Task[]) => new Map(tasks.map((one) => [one.id, one]));
const graph = (tasks: Task[], view: Partial<OutlineView> = {}, seen: GraphExtras = {}) =>
  graphOf(byId(tasks), new Set(), { ...VIEW, ...view }, seen);
const ids = (tasks: Task[], view: Partial<OutlineView> = {}, seen: GraphExtras = {}) =>
  graph(tasks, view, seen).boxes.map((box) => box.id);

const done = { status: "succeeded" as const };
const TASKS = [
  task("root", null, { status: "waiting" }),
  task("a", "root", done),
  task("a.1", "a", done),
  task("b", "root", done),
  task("c", "root", { depends_on: ["a", "b"] }),
  task("d", "root", { depends_on: ["c"] }),
];

test("finished siblings share a box, which counts its tasks by how they ended", () => {
  const { boxes, after } = graph(TASKS);
  expect(boxes.map((box) => box.id)).toEqual(["root", "done:root", "c", "d"]);
  expect(boxes[1]).toMatchObject({ counts: { succeeded: 3 }, open: false });
  expect(after).toEqual([
    { from: "done:root", to: "c" },
    { from: "c", to: "d" },
  ]);
  expect(ids(TASKS, { toggled: new Map([["done:root", true]]) })).toEqual(["root", "done:root", "a", "b", "c", "d"]);
});

test("a task that the user saw as its own box keeps the box when it ends", () => {
  const a = new Set(["a"]);
  expect(ids(TASKS, {}, { alone: a })).toEqual(["root", "a", "b", "c", "d"]);
  expect(ids(TASKS, {}, { alone: a, kept: a })).toEqual(["root", "a", "b", "c", "d", "a.1"]);
});

test("a search shows the matches and their ancestors, finished or not", () => {
  expect(ids(TASKS, { query: "a.1" })).toEqual(["root", "a", "a.1"]);
  expect(ids(TASKS, { query: "nothing" })).toEqual([]);
});

test("ten thousand tasks become few boxes, and every task can be reached", () => {
  const many = [task("root", null)];
  for (let n = 0; n < 100; n++) {
    many.push(task(`p${n}`, "root", n === 99 ? { status: "failed" } : {}));
    for (let k = 0; k < 100; k++) many.push(task(`p${n}.${k}`, `p${n}`));
  }
  const { boxes, isCrowded } = graph(many);
  expect(boxes.length).toBeLessThan(200);
  expect(isCrowded).toBe(true);
  expect(graph(TASKS).isCrowded).toBe(false);
  // The next commit does not unfold boxes that the user saw folded.
  const alone = new Set(boxes.map((box) => box.id));
  const kept = new Set(boxes.flatMap((box) => (box.kind === "task" && box.expanded ? [box.id] : [])));
  expect(graph(many, {}, { alone, kept }).boxes.length).toBe(boxes.length);
  const shown = boxes.map((box) => box.id);
  // A failed task is never left out.
  expect(shown).toContain("p99");
  const folded = boxes.find((box) => box.kind === "task" && box.expanded === false);
  expect(folded).toMatchObject({ below: 100 });
  const opened = ids(many, { toggled: new Map([[folded!.id, true]]) });
  expect(opened).toContain(`more:${folded!.id}`);
  const all = new Map([
    [folded!.id, true],
    [`more:${folded!.id}`, true],
  ]);
  expect(ids(many, { toggled: all }).filter((id) => id.startsWith(`${folded!.id}.`))).toHaveLength(100);
});

test("a box for several tasks says what a click on it does", () => {
  const more = { kind: "more" as const, id: "more:a", parent: "a", tasks: 9_760, open: false, last: false };
  expect(groupWords(more)).toEqual({ title: "9,760 more", text: "Unfold to see them" });
  expect(groupWords({ ...more, tasks: 0, open: true })).toEqual({ title: "All are shown", text: "Show fewer" });
  const failedBelow = [...TASKS, task("b.1", "b", { status: "failed" }), task("e", "root", { status: "stopped" })];
  const ended = graph(failedBelow).boxes.find((box) => box.kind === "done");
  expect(ended && groupWords(ended)).toEqual({
    title: "1 failed, 1 stopped, 3 succeeded",
    text: "Unfold to see them",
  });
});
