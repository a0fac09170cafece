import { beforeAll, expect, test } from "vitest";
import { type ComposerDraft, draftOf, EMPTY_DRAFT, submissionOf } from "./draft";
import { loadGoalText } from "./goal-draft";
import { criteriaOf } from "./goal-text";
import { goalUntil } from "./goal-until";
import { summaryOf } from "./summary";

beforeAll(loadGoalText);

const of = (fields: Partial<ComposerDraft>) => {
  const made = submissionOf({ ...EMPTY_DRAFT, task: "Do it", by: "goal", ...fields });
  return "problem" in made ? made.problem : made.submission;
};

const UNCAPPED = { defaultUsd: null, isFree: false };

test("a goal holds only the fields that were set, and neither an agent nor “Done when”", () => {
  expect(of({ agent: "coder", criteria: "it works", runbook: "r", stepping: "manual", model: "x/y" })).toEqual({
    task: "Do it",
    goal: {},
    model: "x/y",
    priority: 0,
  });
  const fields = { check: "npm test", threshold: "90 %", rounds: "1,000", protect: "test/**, a.{js,ts}\nb.js" };
  expect(of({ ...fields, ask: "yes", mode: "supervised", onSuccess: "commit" })).toMatchObject({
    goal: {
      validation_command: "npm test",
      success_threshold: 0.9,
      max_iterations: 1000,
      ask: true,
      mode: "supervised",
      on_success: "commit",
      protect: ["test/**", "a.{js,ts}", "b.js"],
    },
  });
});

test("criteria are read a line each, with command, expected output and weight", () => {
  expect(
    criteriaOf("It adds :: node a.js\n\n  Names such as foo::bar stay\nBoth :: ls :: expect 2 files :: 3"),
  ).toEqual([
    { statement: "It adds", command: "node a.js" },
    { statement: "Names such as foo::bar stay" },
    { statement: "Both", command: "ls", expect: "2 files", weight: 3 },
  ]);
  expect(criteriaOf("Judged ::  :: 2")).toEqual([{ statement: "Judged", weight: 2 }]);
  expect(criteriaOf("Fails :: false :: expect 1")).toEqual([{ statement: "Fails", command: "false", expect: 1 }]);
});

test("an invalid field of a goal has its own error sentence", () => {
  const wrong: [Partial<ComposerDraft>, string][] = [
    [{ shows: ":: npm test" }, "shows"],
    [{ shows: "It adds :: node a.js :: heavy" }, "shows"],
    [{ shows: "It adds :: :: expect 3" }, "shows"],
    [{ shows: "a\n".repeat(51) }, "shows"],
    [{ threshold: "101" }, "threshold"],
    [{ threshold: "most" }, "threshold"],
    [{ rounds: "1.5" }, "rounds"],
    [{ minutes: "an hour" }, "minutes"],
    [{ reflectEvery: "0" }, "reflectEvery"],
    [{ mode: "supervised", askEvery: "often" }, "askEvery"],
    [{ onSuccess: "command" }, "delivery"],
    [{ hiddenShare: "100 %" }, "hiddenShare"],
    [{ hiddenShare: "-1" }, "hiddenShare"],
    [{ hiddenShare: "half" }, "hiddenShare"],
  ];
  for (const [fields, field] of wrong) expect(of(fields)).toEqual({ field, sentence: expect.stringMatching(/\.$/) });
});

test("the scope and the hidden tests are globs, and the hidden share is a percentage or a share", () => {
  const fields = { scope: "src/**, *.md\nlib/*.js", hidden: "test/hidden/**", hiddenShare: "20 %" };
  const goal = { scope: ["src/**", "*.md", "lib/*.js"], hidden: ["test/hidden/**"], hidden_share: 0.2 };
  expect(of(fields)).toMatchObject({ goal });
  const shareOf = (hiddenShare: string) =>
    (of({ hiddenShare }) as { goal?: { hidden_share?: number } }).goal?.hidden_share;
  expect(["29", "0.2", "0.5 %", "33.3%", "0", "0 %", ""].map(shareOf)).toEqual([
    0.29,
    0.2,
    0.005,
    0.333,
    undefined,
    undefined,
    undefined,
  ]);
});

test("the closed options say that the scope is set and that tests are hidden", () => {
  const says = (fields: Partial<ComposerDraft>) => summaryOf({ ...EMPTY_DRAFT, by: "goal", ...fields }, UNCAPPED);
  expect(says({ scope: "src/**" })).toMatch(/\. The scope is set\.$/);
  expect(says({ mayChange: "test/a.js" })).toMatch(/The scope is set\.$/);
  expect(says({ hidden: "test/hidden/**" })).toMatch(/\. Tests are hidden\.$/);
  expect(says({ hiddenShare: "20 %" })).toMatch(/Tests are hidden\.$/);
  expect(says({ hiddenShare: "0 %" })).not.toContain("hidden");
  expect(summaryOf({ ...EMPTY_DRAFT, scope: "src/**", hidden: "a" }, UNCAPPED)).not.toMatch(/scope|hidden/);
});

test("a template's goal fills in the composer, and gives the same goal back", () => {
  const goal = {
    mode: "debug" as const,
    executor: "worker",
    validation_command: "npm test",
    setup_command: "npm ci",
    success_threshold: 0.875,
    max_iterations: 7,
    max_minutes: 90,
    reflect_every: 3,
    ask: true,
    criteria: [
      { statement: "It adds", command: "node a.js", expect: "three", weight: 2 },
      { statement: "It is plain" },
    ],
    scope: ["src/**"],
    protect: ["test/**"],
    may_change: ["test/new.js"],
    hidden: ["test/hidden/**"],
    hidden_share: 0.125,
    on_success: "command" as const,
    delivery_command: "./deploy.sh",
  };
  const draft = draftOf({ task: "Do it", goal }, EMPTY_DRAFT);
  expect(of({ ...draft })).toEqual({ task: "Do it", goal, priority: 0 });
  expect(summaryOf(draft, { defaultUsd: 5, isFree: false })).toBe("Up to $5.00. The scope is set. Tests are hidden.");
  expect(goalUntil(draft, 5)).toBe("87.5 % of the weight holds, or 7 rounds, 90 min, $5.00.");
  expect(goalUntil({ ...EMPTY_DRAFT, rounds: "1", usd: "none" }, 5)).toBe(
    "95 % of the weight holds, or 1 round, 60 min.",
  );
  expect(goalUntil({ ...EMPTY_DRAFT, rounds: "many" }, 5)).toBe("One of the limits cannot be read.");
  expect(draftOf({ task: "Do it" }, draft)).toMatchObject({ by: "agent", check: "", rounds: "" });
});

test("how often a supervised goal asks is kept; other modes do not ask", () => {
  const goal = { mode: "supervised" as const, validation_command: "npm test", ask_every: 3 };
  const draft = draftOf({ task: "Do it", goal }, EMPTY_DRAFT);
  expect(of({ ...draft })).toEqual({ task: "Do it", goal, priority: 0 });
  const { ask_every: _, ...unasked } = goal;
  expect(of({ ...draft, mode: "debug" })).toEqual({ task: "Do it", goal: { ...unasked, mode: "debug" }, priority: 0 });
});
