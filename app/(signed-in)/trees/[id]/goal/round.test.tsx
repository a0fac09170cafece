import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { GoalRound } from "@/core/shapes/goals";
import { Round } from "./round";

const round: GoalRound = {
  number: 1,
  plan: "Try 1",
  score_before: 0.25,
  score: 0.25,
  verdict: "same",
  strategy: "",
  error_signature: null,
  spent: { tokens: 0, cost_usd: 0 },
  seconds: 1,
  task_id: "",
  planned: null,
  changed: "",
  why: "",
  doubts: [],
  put_back: [],
  widened: [],
  checked_on: null,
  snapshot: "",
  fork_seq: null,
};

const shown = (more: Partial<GoalRound>) => {
  const nothing = () => {};
  const of = {
    round: { ...round, ...more },
    isBest: false,
    isOpen: true,
    setOpen: nothing,
    select: nothing,
    goOn: null,
  };
  return renderToStaticMarkup(<Round {...of} />)
    .replace(/<[^>]+>/g, " ")
    .replace(/ +/g, " ");
};

test("a round shows what was put back, and what a person added to the scope", () => {
  const text = shown({ put_back: ["test/a.js", "package.json"], widened: ["docs/**"] });
  expect(text).toContain("Put back Outside the scope, as at the start for the check: test/a.js, package.json.");
  expect(text).toContain("Scope A person added docs/**");
  expect(shown({})).not.toMatch(/Put back|Scope/);
});
