import { renderToStaticMarkup } from "react-dom/server";
import { expect, test, vi } from "vitest";
import type { GoalView } from "@/core/shapes/goals";
import type { Task } from "@/core/shapes/shapes";
import type { TreeViewContent } from "../view/view-content";
import { Goal } from "./goal";
import { Given, Progress } from "./goal-facts";
import { ScopeForm } from "./scope-form";

const read = vi.hoisted(() => ({ goal: null as unknown }));

vi.mock("@/app/operate", () => ({}));
vi.mock("./use-goal", () => ({ useGoal: () => ({ goal: read.goal, problem: null, retry: () => {} }) }));

const plain = (html: string) => html.replace(/<[^>]+>/g, " ").replace(/ +/g, " ");

const given = (more: Partial<GoalView>, isEnded = false) => {
  const goal = {
    mode: "autonomous",
    executor: "coder",
    ask_every: 1,
    on_success: "nothing",
    score: null,
    scope: null,
    scope_proposed: false,
    may_change: [],
    protect: [],
    hidden: [],
    hidden_share: 0,
    ...more,
  } as unknown as GoalView;
  return plain(renderToStaticMarkup(<Given goal={goal} isEnded={isEnded} />));
};

test("the time of a goal is the one that its limit counts, not the time for which its round waits", () => {
  const goal = {
    score: 0.5,
    best_score: 0.5,
    best_round: 1,
    rounds: [{ number: 1, seconds: 600 }],
    continued_after: 0,
    threshold: 0.95,
    iterations_max: 8,
    minutes_max: 60,
    estimate: null,
    running: { number: 2, task_id: "t", planned: null, worked_ms: 300_000, working_since: null },
  } as unknown as GoalView;
  expect(plain(renderToStaticMarkup(<Progress goal={goal} isEnded={false} />))).toContain(
    "Time 15 m of at most 1 h 00 m",
  );
});

test("the settings say what the work may change, and who said so", () => {
  expect(given({})).toContain("Scope Banyan proposes it with the first check");
  const proposed = given({ scope: ["src/**", "*.md"], scope_proposed: true, score: 0.5 });
  expect(proposed).toContain("Scope src/** *.md proposed by Banyan");
  const own = given({ scope: ["src/**"], may_change: ["test/a.js"], score: 0.5 });
  expect(own).toContain("Scope src/** Also in scope test/a.js");
  expect(own).not.toContain("proposed by");
  expect(given({ scope: ["**"], scope_proposed: true, score: 0 })).toContain("The folder was empty");
});

test("a goal of an older version, and one that was never checked, show no scope", () => {
  expect(given({ score: 0.5 })).not.toContain("Scope");
  expect(given({}, true)).not.toContain("Scope");
});

test("the settings name the hidden tests", () => {
  expect(given({ hidden: ["test/hidden/**"], hidden_share: 0.25 })).toContain(
    "Hidden tests test/hidden/** Hidden share 25 % of the tests",
  );
  expect(given({})).not.toContain("Hidden");
});

test("where everything is in the scope, nothing can be added to it", () => {
  const form = (scope: string[] | null) =>
    renderToStaticMarkup(<ScopeForm treeId="t" goal={{ scope, may_change: [] }} />);
  expect(form(["src/**"])).toContain("Add to scope");
  expect(form(null)).toContain("Add to scope");
  expect(form(["**"])).toBe("");
});

test("a goal waits for a person when a task waits for an item, not when an item is open", () => {
  read.goal = {
    mode: "autonomous",
    iterations_max: 8,
    score: 0.5,
    threshold: 1,
    validation_command: null,
    criteria: [{ statement: "It adds", met: false, evidence: "", since: null }],
    rounds: [
      {
        number: 1,
        plan: "Try it",
        task_id: "r1",
        score_before: 0.25,
        score: 0.5,
        verdict: "better",
        strategy: "",
        error_signature: null,
        spent: { tokens: 0, cost_usd: 0 },
        seconds: 1,
        planned: null,
        doubts: ["It removed a test."],
        put_back: [],
        widened: [],
        fork_seq: null,
      },
    ],
    running: { number: 2, task_id: "r2", planned: null, worked_ms: 0, working_since: null },
    put_back: [],
    phases: [],
    estimate: null,
    delivery: null,
    scope: null,
    scope_proposed: false,
    hidden_share: 0,
    ask_every: 1,
    on_success: "nothing",
    strategies: [],
    protect: [],
    may_change: [],
    hidden: [],
  };
  const says = (waiting: Record<string, string[]>) => {
    const tasks = [
      ["root", null],
      ["r2", "root"],
      ["unit", "r2"],
    ].map(([id, parent_id]) => {
      const reviews = waiting[id as string];
      const status = reviews ? "waiting" : "running";
      const waiting_for = reviews ? { kind: "answer", tasks: [], reviews } : null;
      return {
        id,
        parent_id,
        title: id,
        agent: "coder",
        status,
        waiting_for,
        ended_at: null,
        created_at: "2026-01-01",
      };
    });
    const content = {
      treeId: "t",
      cursor: "1",
      tasks: new Map(tasks.map((task) => [task.id, task as unknown as Task])),
      asked: new Set(["flag", "question"]),
      openId: "root",
      canRun: false,
      select: () => {},
    } as unknown as TreeViewContent;
    return renderToStaticMarkup(<Goal {...content} />);
  };
  expect(says({})).toContain("Round 2 of at most 8 runs.");
  expect(says({})).not.toMatch(/waits for you|answer in Review/i);
  // A question of a unit is not the one that agrees to the round's doubts.
  expect(says({ unit: ["question"] })).toMatch(/The goal waits for you.*item=question/);
  expect(says({ unit: ["question"] })).not.toContain("then answer in Review");
  expect(says({ root: ["question"] })).toContain("then answer in Review");
});
