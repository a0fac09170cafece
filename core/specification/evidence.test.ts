import { expect, test } from "vitest";
import { goalOfMade } from "@/core/goals/service/service-goal";
import { GOAL_DEFAULTS } from "@/core/log/goal";
import type { EnvironmentChecks, MeasuredNumber } from "@/core/shapes/environments/environments";
import { type CommitFacts, evidenceOf, statementOf } from "./evidence";
import type { SpecificationView } from "./view";

type Criterion = SpecificationView["criteria"][number];
type Requirement = SpecificationView["requirements"][number];

const NOTHING: CommitFacts = {
  named: new Map(),
  notSearched: null,
  check: "npm test",
  hasPassed: false,
  verdicts: new Map(),
  checks: [],
};
const R1: Requirement = { id: "R1", text: "Staff see all orders.", kind: "functional" };
const FAST: Requirement = {
  id: "N1",
  text: "Fast.",
  kind: "quality",
  measure: { what: "latency_p95", is: "at_most", number: 0.2, unit: "s" },
};
const criterion = (id: string, check: Criterion["check"], requirement = "R1"): Criterion => ({
  id,
  requirement,
  text: "Each order is listed.",
  check,
});
const checks = (found: Partial<EnvironmentChecks>): CommitFacts["checks"] => [
  {
    environment: "preview",
    checks: {
      at: "2026-01-01",
      by: "mara",
      commit: "c",
      contract: null,
      load: null,
      numbers: [],
      not_measured: [],
      ...found,
    },
  },
];

function found(one: Criterion, facts: Partial<CommitFacts>, requirement = R1) {
  const [evidence] = evidenceOf({ requirements: [requirement], criteria: [one] }, { ...NOTHING, ...facts });
  expect(evidence?.state).toBe(evidence?.criteria[0]?.state);
  return [evidence?.state, evidence?.criteria[0]?.text];
}

const tested = criterion("C1", { kind: "test" });
const named = new Map([["C1", ["test/orders.test.ts"]]]);

test.each<[string, Partial<CommitFacts>, string, string]>([
  ["no test names it", { hasPassed: true }, "neither", "No test names C1."],
  [
    "the check has not run on the commit",
    { named },
    "neither",
    "Named by a test; the check has not run on this commit.",
  ],
  ["there is no check", { named, check: null }, "neither", "Named by a test; the project has no check."],
  [
    "its test and the check are there",
    { named, hasPassed: true },
    "shown",
    "A test names it, and the check passed: npm test",
  ],
  ["tests could not be searched", { named, hasPassed: true, notSearched: "Too many." }, "neither", "Too many."],
])("a test: %s", (_what, facts, state, text) => expect(found(tested, facts)).toEqual([state, text]));

const answers = (change: Partial<NonNullable<EnvironmentChecks["contract"]>>) =>
  checks({ contract: { operations: 2, requests: 9, accepted: ["GET /a"], found: 0, findings: [], ...change } });

test.each<[string, CommitFacts["checks"], string, RegExp]>([
  ["nobody checked", [], "neither", /^No environment with this commit/],
  ["without a request", answers({ requests: 0, accepted: [] }), "neither", /sent no request/],
  ["with faults", answers({ found: 2 }), "neither", /does not allow: 2/],
  ["with nothing but refusals", answers({ accepted: [] }), "neither", /^No operation is known to have accepted/],
  ["without its operation", answers({ accepted: ["GET /b"] }), "neither", /^GET \/a accepted no request/],
  ["without faults", answers({}), "shown", /^9 generated requests/],
])("the contract: %s", (_what, given, state, text) => {
  const [is, said] = found(criterion("C1", { kind: "contract", operation: "GET /a" }), { checks: given });
  expect([is, said]).toEqual([state, expect.stringMatching(text)]);
});

const measured = (change: Partial<MeasuredNumber> = {}) =>
  checks({
    numbers: [
      {
        requirement: "N1",
        what: "latency_p95",
        operation: null,
        is: "at_most",
        number: 0.2,
        unit: "s",
        at: "50 requests/s",
        measured: 0.1,
        holds: true,
        why: null,
        ...change,
      },
    ],
  });

test.each<[string, CommitFacts["checks"], string, string]>([
  ["within its number", measured(), "shown", "Measured in preview: 0.1 s of 0.2 s at 50 requests/s."],
  [
    "above its number",
    measured({ measured: 0.3, holds: false, at: null }),
    "neither",
    "It does not hold. Measured in preview: 0.3 s of 0.2 s.",
  ],
  ["not measured", measured({ measured: null, holds: null, why: "It was down." }), "neither", "It was down."],
  [
    "of another requirement",
    measured({ requirement: "N2" }),
    "neither",
    "No environment with this commit was checked, which measures it.",
  ],
])("a load test: %s", (_what, given, state, text) => {
  expect(found(criterion("C1", { kind: "load" }, "N1"), { checks: given }, FAST)).toEqual([state, text]);
});

test("verdicts are found by the statement that the goal of the service checks", () => {
  const judged = { ...criterion("C2", { kind: "judged" }), text: "T".repeat(700) };
  const made = { name: "shop", folder: "/shop", setup: "", check: "true", operations: 1, to_write: [], tests: [] };
  const goal = goalOfMade(
    { ...GOAL_DEFAULTS, criteria: [] },
    { ...made, criteria: [{ id: "C2", requirement: "R1", text: judged.text.slice(0, 500), kind: "judged" }] },
  );
  expect(goal.criteria.map(({ statement }) => statement)).toEqual([statementOf(judged)]);
  const verdict = (met: boolean, evidence: string) => new Map([[statementOf(judged), { met, evidence }]]);
  expect(found(judged, {})).toEqual(["neither", "Nobody has judged this commit."]);
  expect(found(judged, { verdicts: verdict(true, "Yes.") })).toEqual(["judged", "Yes."]);
  expect(found(judged, { verdicts: verdict(false, "") })).toEqual(["neither", "It was found not to hold."]);
  const run = criterion("C3", { kind: "command", command: "npm run size" });
  const passed = new Map([[statementOf(run), { met: true, evidence: "" }]]);
  expect(found(run, { verdicts: passed })).toEqual(["shown", "npm run size"]);
});

test("a requirement is shown when all its criteria are, and judged when one of them is", () => {
  const judged = criterion("C2", { kind: "judged" });
  const verdicts = new Map([[statementOf(judged), { met: true, evidence: "Yes." }]]);
  const state = (criteria: Criterion[], facts: Partial<CommitFacts>) =>
    evidenceOf({ requirements: [R1], criteria }, { ...NOTHING, ...facts })[0]?.state;
  expect(state([], { named, hasPassed: true })).toBe("neither");
  expect(state([tested, judged], { named, hasPassed: true, verdicts })).toBe("judged");
  expect(state([tested, judged], { named, verdicts })).toBe("neither");
});
