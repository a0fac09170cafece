import { expect, test } from "vitest";
import { faultsOf, type Stage } from "./faults";
import { differingNumbers } from "./measures";
import type { Measure, Whole } from "./specification";
import { bookings } from "./testing/bookings";
import { traceOf } from "./trace";
import { faultText } from "./words";

type Change = (whole: Whole) => unknown;

function faultsAfter(change: Change, stage: Stage = "draft"): string[] {
  const whole = bookings();
  change(whole);
  return faultsOf(whole, stage).map(faultText);
}

/** The entry of a list with this id. */
function entry<Entry extends { id: string }>(list: readonly Entry[], id: string): Entry {
  return list.find((one) => one.id === id) ?? expect.fail(`There is no ${id}.`);
}

test("a consistent specification has no fault, as a draft and in the end", () => {
  expect(faultsAfter(() => {})).toEqual([]);
  expect(
    faultsAfter(
      ({ specification }) => Object.assign(entry(specification.ambiguities, "Q1"), { answer: "Never" }),
      "final",
    ),
  ).toEqual([]);
});

test.each<[string, Change, string]>([
  [
    "a criterion of an unknown requirement",
    ({ specification }) => Object.assign(entry(specification.criteria, "C2"), { requirement: "R9" }),
    "C2 names R9, which nothing has: correct the id, or add its entry.",
  ],
  [
    "an operation that names an unknown requirement",
    ({ operations }) => operations[0]?.requirements.push("R7"),
    "POST /bookings names R7, which nothing has: correct the id, or add its entry.",
  ],
  [
    "one id twice",
    ({ specification: { requirements } }) => requirements.push({ id: "R1", text: "Again." }),
    "Two entries have the id R1: give one of them another.",
  ],
  [
    "a requirement that nothing shows",
    ({ specification }) => specification.criteria.shift(),
    "Nothing shows R1: add an acceptance criterion with a check.",
  ],
  [
    "a requirement without an operation",
    ({ operations }) => operations.push({ ...(operations.pop() ?? expect.fail()), requirements: ["R1"] }),
    "No operation carries R2: name it in x-requirements of an operation, or add a criterion that is judged.",
  ],
  [
    "an operation without a requirement",
    ({ operations }) => operations.push({ key: "GET /status", summary: "", requirements: [], schemas: [] }),
    "No requirement asks for GET /status: name one in its x-requirements, or remove the operation.",
  ],
  [
    "a criterion of an unknown operation",
    ({ specification }) =>
      Object.assign(entry(specification.criteria, "C2"), { check: { kind: "contract", operation: "GET /x" } }),
    "C2 names GET /x, which is no operation of openapi.yaml: write the method and the path as they stand there.",
  ],
  [
    "an entity that nothing uses",
    ({ entities }) => entities.push({ name: "invoice", fields: 2 }),
    "No operation uses the entity invoice: add one that does, or remove the entity.",
  ],
  [
    "a quality without a number",
    ({ specification }) => {
      delete entry(specification.requirements, "N1").measure;
      entry(specification.criteria, "C3").check = { kind: "test" };
    },
    "N1 says how well, and has no number: give it a measure, or a criterion that is judged.",
  ],
  [
    "a question without a default",
    ({ specification }) => Object.assign(entry(specification.ambiguities, "Q1"), { default: "" }),
    "Q1 has no default: choose one of its answers, so that nobody has to answer.",
  ],
  [
    "a default that is not offered",
    ({ specification }) => Object.assign(entry(specification.ambiguities, "Q1"), { default: "Sometimes" }),
    "The default of Q1 is none of its answers: offer it, or choose another.",
  ],
  [
    "a question that its writer answered",
    ({ specification }) => Object.assign(entry(specification.ambiguities, "Q1"), { answer: "Never" }),
    "Q1 has an answer before anybody was asked: leave out `answer`.",
  ],
  [
    "no requirement at all",
    ({ specification }) => Object.assign(specification, { requirements: [] }),
    "There is no requirement: add one below `requirements`.",
  ],
])("%s is named", (_what, change, sentence) => {
  expect(faultsAfter(change)).toContain(sentence);
});

test("a quality that only people can judge needs no number", () => {
  const change: Change = ({ specification: { requirements, criteria } }) => {
    requirements.push({ id: "N2", text: "Errors are in the words of the studio." });
    criteria.push({ id: "C4", requirement: "N2", text: "They are.", check: { kind: "judged" } });
  };
  expect(faultsAfter(change)).toEqual([]);
});

const slower: Change = ({ specification: { requirements, criteria } }) => {
  const first = entry(requirements, "N1").measure ?? expect.fail();
  requirements.push({ id: "N2", text: "Within 2 s.", measure: { ...first, number: 2, unit: "s" } });
  criteria.push({ id: "C4", requirement: "N2", text: "It does.", check: { kind: "load" } });
};

const named: Change = (whole) => {
  slower(whole);
  const { ambiguities, contradictions } = whole.specification;
  const question = { ...entry(ambiguities, "Q1"), id: "Q2", about: ["N1", "N2"] };
  ambiguities.push(question);
  contradictions.push({ id: "X1", between: ["N1", "N2"], why: "Two numbers.", question: "Q2" });
};

test("two numbers of one measure are found by the host, also in other units, until a contradiction names and asks them", () => {
  const sentence =
    "N1 and N2 ask different numbers of latency_p95: name them in a contradiction with a question, or keep one number.";
  expect(faultsAfter(slower)).toEqual([sentence]);
  expect(faultsAfter(named)).toEqual([]);
  expect(
    faultsAfter((whole) => {
      named(whole);
      entry(whole.specification.ambiguities, "Q2").about = ["N1"];
    }),
  ).toEqual(["Q2 is to settle X1, and is not about N2: add the id to `about`."]);
});

test("nothing is made of a contradiction without an answer, nor of one that the answer did not settle", () => {
  expect(faultsAfter(named, "final")).toContain(
    "X1 waits for Q2, which nobody answered: keep the requirements as they were asked about.",
  );
  const answered: Change = (whole) => {
    named(whole);
    for (const question of whole.specification.ambiguities) question.answer = "Never";
  };
  expect(faultsAfter(answered, "final")).toEqual([
    "X1 is not settled: say in `settled` how the answer decides it, and change the requirements.",
  ]);
  const settled: Change = (whole) => {
    answered(whole);
    entry(whole.specification.contradictions, "X1").settled = "200 ms.";
  };
  // It says that it is settled, and both numbers still stand.
  expect(faultsAfter(settled, "final").join(" ")).toContain("N1 and N2 ask different numbers");
  expect(
    faultsAfter((whole) => {
      settled(whole);
      const second = entry(whole.specification.requirements, "N2");
      second.measure = { ...(second.measure ?? expect.fail()), number: 0.2 };
    }, "final"),
  ).toEqual([]);
});

test.each<[Partial<Measure>, Partial<Measure>, boolean]>([
  [{ is: "at_most", number: 200 }, { is: "at_most", number: 200 }, false],
  [{ is: "at_most", number: 200 }, { is: "at_least", number: 300 }, true],
  [{ is: "at_least", number: 100 }, { is: "at_most", number: 200 }, false],
  [{ is: "exactly", number: 5 }, { is: "exactly", number: 7 }, true],
  [{ is: "at_most", number: 1, unit: "s" }, { is: "at_most", number: 1_000 }, false],
  [{ is: "at_most", number: 200 }, { is: "at_most", number: 500, operation: "GET /export" }, false],
  [{ is: "at_most", number: 200 }, { is: "at_least", number: 500, operation: "GET /export" }, true],
  [{ is: "at_most", number: 1, operation: "GET /a" }, { is: "at_least", number: 2, operation: "GET /b" }, false],
  [{ is: "at_most", number: 1 }, { is: "at_least", number: 2, what: "size" }, false],
  [{ is: "at_most", number: 1, unit: "MB" }, { is: "at_most", number: 1_000_000, unit: "B" }, false],
])("numbers %j and %j differ: %s", (one, other, expected) => {
  const usual: Measure = { what: "latency_p95", is: "at_most", number: 1, unit: "ms" };
  const requirements = [one, other].map((measure, at) => ({
    id: `N${at + 1}`,
    text: "It does.",
    measure: { ...usual, ...measure },
  }));
  expect(differingNumbers(requirements).length > 0).toBe(expected);
});

test("the trace names operations and checks of each requirement, and the gaps of both sides", () => {
  const whole = bookings();
  whole.operations.push({ key: "GET /x", summary: "", requirements: ["R9"], schemas: [] });
  whole.specification.criteria.pop();
  const { requirements, operations } = traceOf(whole);
  expect(requirements.map(({ id, operations, checks, gaps }) => [id, operations, checks.length, gaps])).toEqual([
    ["R1", ["POST /bookings"], 1, []],
    ["R2", ["GET /bookings"], 1, []],
    ["N1", ["POST /bookings"], 0, ["check"]],
  ]);
  expect(operations.at(-1)).toEqual({ key: "GET /x", requirements: [], gaps: ["requirement"] });
});
