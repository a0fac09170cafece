import { expect, test } from "vitest";
import type { ServiceQuestion } from "@/core/shapes/services/questions";
import type { ServiceView } from "@/core/shapes/services/view";
import { type ServiceFacts, serviceSteps, waitingOf } from "./page";

const NEW: ServiceView = {
  project: "shop",
  commit: null,
  not_read: [],
  made: null,
  specification: null,
  contract: null,
  check: null,
  evidence: [],
  against: null,
};
const asked = (step: ServiceQuestion["step"]) => ({ step }) as ServiceQuestion;
const factsWith = (service: Partial<ServiceView>, ...questions: ServiceQuestion[]): ServiceFacts => ({
  service: { ...NEW, ...service },
  questions,
  environments: [],
  promotions: { targets: [], promotions: [], promotions_total: 0 },
});
const stepCalled = (name: string, facts: ServiceFacts) => serviceSteps(facts).find((one) => one.name === name);

test("the step in which a tree asks waits for a person", () => {
  expect(stepCalled("Specification", factsWith({}))).toMatchObject({ status: null, text: "None" });
  const early = factsWith({}, asked("specification"));
  expect(stepCalled("Specification", early)).toMatchObject({ status: "you", text: "1 question open" });
  const specification = { requirements: 3, open_questions: 2, faults: 0 };
  const written = factsWith({ specification }, asked("specification"));
  expect(stepCalled("Specification", written)).toMatchObject({
    status: "you",
    text: "3 requirements, 1 question open",
  });
  const built = factsWith({ specification: { ...specification, open_questions: 0 } }, asked("building"));
  expect(stepCalled("Specification", built)?.status).toBe("succeeded");
  expect(stepCalled("Built", built)).toMatchObject({ status: "you", text: "No commit yet, 1 question open" });
});

test("a question of a tree and the same question in the specification wait once", () => {
  const specification = { requirements: 3, open_questions: 1, faults: 0 };
  expect(waitingOf(factsWith({ specification }))).toEqual([{ part: "requirements", text: "a question" }]);
  expect(waitingOf(factsWith({ specification }, asked("specification")))).toEqual([
    { part: "questions", text: "a question" },
  ]);
});
