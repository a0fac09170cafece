import { renderToStaticMarkup } from "react-dom/server";
import { expect, test, vi } from "vitest";
import type { GoalView } from "@/core/shapes/goals";
import { Given, Progress } from "./goal-facts";
import { ScopeForm } from "./scope-form";

vi.mock("@/app/operate", () => ({}));

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
