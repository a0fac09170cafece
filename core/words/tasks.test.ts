import { expect, test } from "vitest";
import type { Verdict } from "@/core/log/terms";
import type { Review, Task } from "@/core/shapes/shapes";
import { dailyCapSentence } from "@/core/words/daily-cap";
import { rowText, taskSentence } from "./tasks";
import { treeText } from "./trees";

const task = (fields: Partial<Task>) =>
  ({
    id: "k",
    title: "K",
    turns: 2,
    attempt: 1,
    tries: 1,
    headline: "",
    waiting_for: null,
    verdict: null,
    ...fields,
  }) as Task;
const say = (fields: Partial<Task>, others: Task[] = [], reviews: Review[] = [], known = {}) =>
  taskSentence(task(fields), new Map(others.map((other) => [other.id, other])), reviews, known);

test("a running task says its turn, what it does, and that nothing is needed", () => {
  const { look, text } = say({ status: "running", headline: "Counts files", attempt: 2, tries: 2 });
  expect(look).toBe("live");
  expect(text).toContain("Attempt 2. Turn 3: Counts files. Nothing needed.");
  expect(say({ status: "running", headline: "Looks, then decides." }).text).toContain("decides. Nothing needed.");
  expect(say({ status: "running" }).text).toContain("Turn 3. Nothing needed.");
  expect(say({ status: "running", turns: 0, depth: 0 }).text).toContain("takes a snapshot of the folder");
  expect(say({ status: "running", turns: 0, depth: 0 }, [], [], { hasBegun: true }).text).toContain("Turn 1. Nothing");
  expect(say({ status: "running", turns: 0, depth: 1 }).text).toContain("Turn 1. Nothing needed.");
});

test("a waiting task says what it waits for", () => {
  const others = ["a", "b", "c", "d"].map((id) => task({ id, title: `Part ${id}` }));
  const waiting_for = { kind: "subtasks" as const, tasks: ["a", "b", "c", "d"], reviews: [] };
  expect(say({ status: "waiting", waiting_for }, others).text).toBe(
    "Waiting for 4 subtasks: Part a, Part b, Part c and 1 more.",
  );
  const predecessors = { ...waiting_for, kind: "predecessors" as const, tasks: ["a"] };
  expect(say({ status: "waiting", waiting_for: predecessors }, others).text).toBe(
    "Waiting for 1 earlier task: Part a.",
  );
  const row = (tasks: string[], loaded = others) => {
    const waits = task({ status: "waiting", waiting_for: { ...waiting_for, tasks } });
    return rowText(waits, new Map(loaded.map((one) => [one.id, one])), new Set());
  };
  expect([row(["a"]), row(["a", "b"]), row(["a", "b", "c", "d"])]).toEqual([
    "Waiting for Part a",
    "Waiting for Part a and Part b",
    "Waiting for Part a, Part b and 2 more",
  ]);
  expect([row(["a", "b"], others.slice(1)), row([])]).toEqual(["Waiting for 2 subtasks", "Waiting for its subtasks"]);
});

test("a question says since when", () => {
  const review = { id: "r", created_at: "2026-01-01T10:00:00.000Z" } as Review;
  const waiting_for = { kind: "answer" as const, tasks: [], reviews: ["r"] };
  expect(say({ status: "waiting", waiting_for }, [], [review])).toMatchObject({ look: "you", at: review.created_at });
  expect(say({ status: "waiting", waiting_for })).toEqual({
    look: undefined,
    text: "Waiting for its parent's answer.",
  });
});

test("a parked task says until when and why; a failed one why and what to do", () => {
  const parked_until = "2026-01-01T10:00:00.000Z";
  expect(say({ status: "parked", parked_until, reason_detail: "Tokens are used up." })).toMatchObject({
    look: "parked",
    at: parked_until,
    rest: ": Tokens are used up. It then resumes by itself.",
  });
  expect(say({ status: "failed", reason: "model_error" }).text).toMatch(/^Failed: The model .* Retry when/);
  expect(say({ status: "failed", reason: null }).text).toBe("Failed: no reason was recorded.");
});

test("a task that a cap of the day parks says that it parks again, in the pane and in a row", () => {
  const read = dailyCapSentence({ unit: "tokens", amount: 150_000, person: "Mara", isHeld: false });
  expect(read).toBe(
    "Today's cap of 150,000 tokens for the trees of Mara is reached: less is left than one more call may cost.",
  );
  const capped = { status: "parked", parked_by: "daily_cap", reason_detail: read } as const;
  const parked_until = "2026-01-02T00:00:00.000Z";
  const others = [task({ id: "a", status: "parked" }), task({ id: "b", status: "running" })];
  const { rest } = say({ ...capped, parked_until }, others);
  expect(rest).toContain(
    `: ${read} It then resumes by itself. If you resume it earlier, it parks again while the cap is reached.`,
  );
  expect(rest).toContain("1 other task of this tree is parked too. The rest of the tree continues.");
  expect(rowText(task(capped), new Map(), new Set())).toBe(read);
});

test("a row says what came out, or why the task waits, stands still or failed, never what it thought last", () => {
  const row = (fields: Partial<Task>, asked: string[] = []) => rowText(task(fields), new Map(), new Set(asked));
  expect(row({ status: "succeeded", headline: "Found **3** breaking changes." })).toBe("Found 3 breaking changes.");
  const headline = "Let me look at the files first";
  const waiting_for = { kind: "answer" as const, tasks: [], reviews: ["r"] };
  expect(row({ status: "waiting", waiting_for, headline }, ["r"])).toBe("Waiting for your answer");
  expect(row({ status: "failed", reason: "runaway", headline, reason_detail: null })).toMatch(/^The task went round/);
  expect(row({ status: "failed", reason: "by_agent", headline: "There is no such file." })).toBe(
    "There is no such file.",
  );
  expect(row({ status: "paused", headline, paused_by: { name: "Mara", since: "", is_stepping: false } })).toBe(
    "Paused by Mara",
  );
  expect(treeText({ status: "paused", reason: null, headline })).toBe("");
  expect(treeText({ status: "failed", reason: "by_agent", headline: "No such file." })).toBe("No such file.");
});

test("a success says how many subtasks were refused", () => {
  const verdict = { outcome: "pass", reasons: [], claims: [] } as const;
  expect(say({ status: "succeeded", verdict: { ...verdict, reasons: [], claims: [] }, refused_subtasks: 2 }).text).toBe(
    "Succeeded: the evaluator accepted the result. 2 subtasks were refused.",
  );
});

test("a failed task is advised what can be done with it", () => {
  const said = (known: object) => say({ status: "failed", reason: "internal" }, [], [], known).text;
  expect(said({})).toMatch(/ Retry; if it happens again/);
  const can = { retry: false, message: true, lastTurn: true };
  expect(said({ can })).toMatch(/ It cannot be retried now: fork it/);
  expect(said({ can, overWhy: "Submit it as a new tree." })).toMatch(/ Submit it as a new tree\.$/);
});

test("a success names who checked it: the evaluator only where it judged", () => {
  const verdict = { outcome: "pass" as const, reasons: [], claims: [] };
  const said = (model: string) => say({ status: "succeeded", verdict, model }).text;
  expect(said("anthropic/claude")).toBe("Succeeded: the evaluator accepted the result.");
  expect(said("runbook")).toBe("Succeeded: every check of the runbook passed.");
  const root = task({ id: "root", agent: "agent_selector", model: "anthropic/claude", status: "succeeded", verdict });
  const chosen = task({
    id: "chosen",
    role: "work",
    parent_id: "root",
    model: "runbook",
    status: "succeeded",
    verdict,
  });
  expect(taskSentence(root, new Map([root, chosen].map((task) => [task.id, task])), []).text).toBe(
    "Succeeded: every check of the runbook passed.",
  );
  const shown = { statement: "It is.", command: "true", mark: "shown" as const, exit_status: 0, output: "" };
  const judged = { statement: "It reads well.", mark: "judged" as const, exit_status: null, output: "" };
  const claimed = (claims: Verdict["claims"]) => say({ status: "succeeded", verdict: { ...verdict, claims } }).text;
  expect(claimed([shown, judged])).toBe("Succeeded: 2 claims, 1 shown by a command, 1 judged.");
  expect(claimed([shown])).toBe("Succeeded: 1 claim, 1 shown by a command.");
  for (const program of ["goal", "iteration"]) expect(said(program)).toBe("Succeeded: the host's own checks show it.");
});
