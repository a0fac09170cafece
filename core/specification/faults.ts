/** What is wrong with a specification: every id is known, and nothing is missing in the chain from requirement to check. Pure. */
import type { SpecificationFault } from "./fault";
import { differingNumbers } from "./measures";
import type { Ambiguity, Contradiction, Requirement, Specification, Whole } from "./specification";
import { isHowWell } from "./specification";
import { traceOf, unusedEntities } from "./trace";

/**
 * `draft`: questions are open, and a contradiction may stand if a question asks about it. `final`: what a service is made
 * of, so each question has an answer and each contradiction is settled.
 */
export type Stage = "draft" | "final";

/** Returns all faults; none when the specification is consistent. */
export function faultsOf(whole: Whole, stage: Stage): SpecificationFault[] {
  const { specification } = whole;
  if (specification.requirements.length === 0) return [{ code: "no_requirement" }];
  return [
    ...(whole.operations.length === 0 ? [{ code: "no_operation" as const }] : []),
    ...twice(specification),
    ...unknownIds(whole),
    ...unknownOperations(whole),
    ...gaps(whole),
    ...numbers(specification),
    ...specification.ambiguities.flatMap((ambiguity) => questionFaults(ambiguity, stage)),
    ...contradictions(specification, stage),
  ];
}

function twice({ requirements, ambiguities, contradictions, criteria }: Specification): SpecificationFault[] {
  const ids = [requirements, ambiguities, contradictions, criteria].flatMap((list) => list.map(({ id }) => id));
  return repeated(ids).map((id) => ({ code: "twice", id }));
}

function repeated(ids: readonly string[]): string[] {
  const seen = new Set<string>();
  return [...new Set(ids.filter((id) => seen.has(id) || !seen.add(id)))];
}

function unknownIds({ specification, operations }: Whole): SpecificationFault[] {
  const { requirements, ambiguities, contradictions, criteria } = specification;
  const known = new Set(requirements.map(({ id }) => id));
  const asked = new Set(ambiguities.map(({ id }) => id));
  const named = [
    ...ambiguities.flatMap(({ id: by, about }) => about.map((id) => ({ by, id }))),
    ...contradictions.flatMap(({ id: by, between }) => between.map((id) => ({ by, id }))),
    ...criteria.map(({ id: by, requirement: id }) => ({ by, id })),
    ...operations.flatMap(({ key: by, requirements: ids }) => ids.map((id) => ({ by, id }))),
  ].filter(({ id }) => !known.has(id));
  const questions = contradictions.filter(({ question }) => !asked.has(question));
  return [...named, ...questions.map(({ id: by, question: id }) => ({ by, id }))].map(({ by, id }) => ({
    code: "unknown_id",
    by,
    id,
  }));
}

function unknownOperations({ specification: { requirements, criteria }, operations }: Whole): SpecificationFault[] {
  const known = new Set(operations.map(({ key }) => key));
  const named = [
    ...requirements.map(({ id: by, measure }) => ({ by, operation: measure?.operation })),
    ...criteria.map(({ id: by, check: { operation } }) => ({ by, operation })),
  ];
  return named.flatMap(({ by, operation }) =>
    operation === undefined || known.has(operation) ? [] : [{ code: "unknown_operation" as const, by, operation }],
  );
}

function gaps(whole: Whole): SpecificationFault[] {
  const trace = traceOf(whole);
  const lacking = (gap: "operation" | "check") =>
    trace.requirements.filter(({ gaps }) => gaps.includes(gap)).map(({ id }) => id);
  return [
    ...lacking("check").map((id) => ({ code: "requirement_without_criterion" as const, id })),
    ...lacking("operation").map((id) => ({ code: "requirement_without_operation" as const, id })),
    ...trace.operations
      .filter(({ gaps }) => gaps.length > 0)
      .map(({ key }) => ({ code: "operation_without_requirement" as const, operation: key })),
    ...unusedEntities(whole).map(({ name }) => ({ code: "entity_without_operation" as const, entity: name })),
  ];
}

function numbers({ requirements, contradictions, criteria }: Specification): SpecificationFault[] {
  const judged = new Set(criteria.flatMap(({ requirement, check }) => (check.kind === "judged" ? [requirement] : [])));
  const measured = new Set(requirements.flatMap(({ id, measure }) => (measure ? [id] : [])));
  const isNamed = (pair: readonly string[]) =>
    contradictions.some(({ between, settled }) => settled === undefined && pair.every((id) => between.includes(id)));
  return [
    ...requirements.flatMap((requirement) => numberFault(requirement, judged)),
    ...criteria.flatMap(({ id, requirement, check }) =>
      check.kind === "load" && !measured.has(requirement)
        ? [{ code: "load_without_number" as const, id, requirement }]
        : [],
    ),
    ...differingNumbers(requirements)
      .filter(({ between }) => !isNamed(between))
      .map((found) => ({ code: "numbers_differ" as const, ...found })),
  ];
}

/** Only what a person judges, such as the words of a page, has no number. */
function numberFault({ id, measure }: Requirement, judged: ReadonlySet<string>): SpecificationFault[] {
  if (!isHowWell(id)) return measure ? [{ code: "number_of_function", id }] : [];
  return measure || judged.has(id) ? [] : [{ code: "no_number", id }];
}

function questionFaults(ambiguity: Ambiguity, stage: Stage): SpecificationFault[] {
  const { id, answers, answer } = ambiguity;
  if (stage === "draft" && answer !== undefined) return [{ code: "answered_early", id }];
  if (ambiguity.default === "") return [{ code: "no_default", id }];
  if (answers.length < 2) return [{ code: "nothing_to_choose", id }];
  return answers.includes(ambiguity.default) ? [] : [{ code: "default_not_offered", id }];
}

function contradictions({ contradictions: all, ambiguities }: Specification, stage: Stage): SpecificationFault[] {
  const questions = new Map(ambiguities.map((ambiguity) => [ambiguity.id, ambiguity]));
  return all.flatMap((one) => contradictionFaults(one, questions.get(one.question), stage));
}

function contradictionFaults(
  { id, between, settled }: Contradiction,
  question: Ambiguity | undefined,
  stage: Stage,
): SpecificationFault[] {
  // That the question does not exist is another fault.
  if (!question) return [];
  const missing = between.filter((requirement) => !question.about.includes(requirement));
  const asked = missing.map((requirement) => ({
    code: "contradiction_not_asked" as const,
    id,
    question: question.id,
    requirement,
  }));
  if (stage === "draft") return asked;
  // Nobody but a person decides between two requirements.
  if (question.answer === undefined) return [...asked, { code: "not_asked", id, question: question.id }];
  return settled === undefined ? [...asked, { code: "not_settled", id }] : asked;
}
