import { expect, test } from "vitest";
import { GOAL_AGENTS } from "@/core/log/goal";
import type { GoalRound, GoalView } from "@/core/shapes/goals";
import type { Task, Tree } from "@/core/shapes/shapes";
import { createRoundLines, outsideLines } from "./rounds";

const round = (more: Partial<GoalRound>): GoalRound => ({
  number: 1,
  plan: "Try 1",
  score_before: 0.25,
  score: 0.25,
  verdict: "same",
  strategy: "",
  error_signature: null,
  spent: { tokens: 0, cost_usd: 0 },
  seconds: 1,
  task_id: "t",
  planned: null,
  changed: "",
  why: "",
  doubts: [],
  put_back: [],
  widened: [],
  checked_on: null,
  snapshot: "",
  fork_seq: null,
  ...more,
});

function told(views: readonly Partial<GoalView>[]): Promise<string[][]> {
  let at = 0;
  const getGoal = async () => ({ iterations_max: 9, may_change: [], rounds: [], ...views[at] }) as unknown as GoalView;
  const lines = createRoundLines({ getGoal });
  const next = async () => {
    const root = { id: "r", agent: GOAL_AGENTS.goal, turns: at, status: "running" } as Task;
    const made = await lines({ id: "t", root_task_id: "r", tasks: [root] } as unknown as Tree);
    at += 1;
    return made;
  };
  return views.reduce<Promise<string[][]>>(async (before, _) => [...(await before), await next()], Promise.resolve([]));
}

test("the scope is printed once, before the first round, with who proposed it", async () => {
  const scope = { scope: ["src/**", "*.md"], scope_proposed: true };
  expect(await told([{ scope: null }, scope, { ...scope, rounds: [round({})] }])).toEqual([
    [],
    ["The work may change: src/**, *.md (proposed; --scope sets it)"],
    [expect.stringMatching(/^Round 1 of at most 9: same/)],
  ]);
  const own = { scope: ["sum.js"], scope_proposed: false, may_change: ["test/a.js"] };
  expect(await told([own])).toEqual([["The work may change: sum.js, test/a.js"]]);
});

test("after a round's line come its changes outside the scope", async () => {
  const rounds = [round({ put_back: ["test/a.js", "and 3 more"], widened: ["docs/**"] })];
  expect(await told([{ scope: null, rounds }])).toEqual([
    [
      expect.stringMatching(/^Round 1/),
      "  Outside the scope, as at the start for the check: test/a.js, and 3 more.",
      "  A person added to the scope: docs/**",
    ],
  ]);
  expect(outsideLines(round({}))).toEqual([]);
});
