import { expect, test } from "vitest";
import { editedSteps } from "@/core/goals/planning/plan";
import type { OpenPlan, PlanUnit } from "@/core/shapes/plans";
import { answerOf, type DraftUnit, draftOf, newUnit, problemsOf } from "./plan-draft";

const unit = (number: number, more: Partial<PlanUnit> = {}) =>
  ({
    number,
    title: `Unit ${number}`,
    agent: "coder",
    kind: "code",
    minutes: 15,
    estimate_from: "table",
    risk: null,
    risk_why: "",
    deliverable: "",
    shown_by: "",
    after: [],
    ...more,
  }) as unknown as PlanUnit;

const plan = {
  units: [unit(1), unit(2, { after: [1], minutes: 30, estimate_from: "given", risk: 3 })],
  instructions: ["do 1", "do 2"],
  agents: ["coder"],
  done: ["Old"],
} as unknown as OpenPlan;

const changed = (key: number, more: Partial<DraftUnit>) =>
  draftOf(plan).map((one) => (one.key === key ? { ...one, ...more } : one));
const told = (units: DraftUnit[]) => problemsOf(units, plan).map(({ key, field, sentence }) => [key, field, sentence]);

test("an edited plan is what the goal reads, and a new title is followed where units wait for it", () => {
  const text = answerOf([
    ...changed(1, { title: " First " }),
    { ...newUnit(draftOf(plan), "coder"), title: "New", instruction: "do it" },
  ]);
  const read = editedSteps(
    text,
    { summary: "", steps: [], research: null, needs: [], stop: null, widen: null },
    "coder",
  );
  expect(read).toMatchObject({
    steps: [
      { title: "First", instruction: "do 1", kind: "code" },
      { title: "Unit 2", after: ["First"], minutes: 30, risk: 3 },
      { title: "New", after: [] },
    ],
  });
  expect(told(draftOf(plan))).toEqual([]);
});

test("what is wrong is said at the field of its unit, by the rules of the goal", () => {
  expect(told(changed(2, { minutes: "300" }))).toEqual([
    [2, "minutes", "“Unit 2” takes 5 h, and 4 h is the most: split it."],
  ]);
  expect(told(changed(2, { minutes: "soon" }))).toEqual([[2, "minutes", "“soon” is no number of minutes above 0."]]);
  expect(told(changed(1, { after: [2] }))).toEqual([
    [1, "after", "These units wait for each other in a circle: “Unit 1” → “Unit 2” → “Unit 1”."],
  ]);
  expect(told(changed(2, { title: "Unit 1", after: [] }))).toEqual([
    [2, "title", "Two units have the title “Unit 1”: give each its own."],
  ]);
  expect(told(changed(1, { title: "Old" }))).toMatchObject([[1, "title", expect.stringContaining("is done since")]]);
  expect(told(changed(1, { title: " ", instruction: "" }))).toMatchObject([
    [1, "title", "The unit has no title."],
    [1, "instruction", expect.any(String)],
  ]);
  expect(told([])).toEqual([[null, "title", "The plan has no unit: add one."]]);
  expect(told(changed(1, { executor: "wizard" }))).toMatchObject([[1, "executor", expect.stringContaining("wizard")]]);
});
