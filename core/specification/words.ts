/** Specifications in words: what is wrong with one, and its questions. */
import { shown } from "@/core/services/document/parts";
import type { SpecificationChange } from "./change";
import type { SpecificationFault } from "./fault";
import { TAKE_DEFAULTS } from "./questions";
import type { Ambiguity } from "./specification";

const MOST_WHY = 500;

/** Returns what is wrong, as a sentence that says what to do. */
export function faultText(fault: SpecificationFault): string {
  switch (fault.code) {
    case "file":
      return `${fault.file}: ${shownWhole(fault.why).replace(/\.$/, "").slice(0, MOST_WHY)}.`;
    case "no_requirement":
      return "There is no requirement: add one below `requirements`.";
    case "no_operation":
      return "The OpenAPI document has no operation: add the operations that carry the requirements.";
    case "twice":
      return `Two entries have the id ${fault.id}: give one of them another.`;
    case "unknown_id":
      return `${shown(fault.by)} names ${fault.id}, which nothing has: correct the id, or add its entry.`;
    case "unknown_operation":
      return `${fault.by} names ${shown(fault.operation)}, which is no operation of openapi.yaml: write the method and the path as they stand there.`;
    case "requirement_without_criterion":
      return `Nothing shows ${fault.id}: add an acceptance criterion with a check.`;
    case "requirement_without_operation":
      return `No operation carries ${fault.id}: name it in x-requirements of an operation, or add a criterion that is judged.`;
    case "operation_without_requirement":
      return `No requirement asks for ${shown(fault.operation)}: name one in its x-requirements, or remove the operation.`;
    case "entity_without_operation":
      return `No operation uses the entity ${shown(fault.entity)}: add one that does, or remove the entity.`;
    case "no_number":
      return `${fault.id} says how well, and has no number: give it a measure, or a criterion that is judged.`;
    case "number_of_function":
      return `${fault.id} has a measure, so it says how well: give it an id that begins with N.`;
    case "load_without_number":
      return `${fault.id} is a load test of ${fault.requirement}, which has no measure: add the number.`;
    case "no_default":
      return `${fault.id} has no default: choose one of its answers, so that nobody has to answer.`;
    case "default_not_offered":
      return `The default of ${fault.id} is none of its answers: offer it, or choose another.`;
    case "answered_early":
      return `${fault.id} has an answer before anybody was asked: leave out \`answer\`.`;
    case "nothing_to_choose":
      return `${fault.id} offers fewer than two answers: offer what can be chosen, or remove the question.`;
    case "numbers_differ":
      return `${fault.between.join(" and ")} ask different numbers of ${fault.what}: name them in a contradiction with a question, or keep one number.`;
    case "contradiction_not_asked":
      return `${fault.question} is to settle ${fault.id}, and is not about ${fault.requirement}: add the id to \`about\`.`;
    case "not_settled":
      return `${fault.id} is not settled: say in \`settled\` how the answer decides it, and change the requirements.`;
    case "not_asked":
      return `${fault.id} waits for ${fault.question}, which nobody answered: keep the requirements as they were asked about.`;
    case "change_not_shown":
      return `${fault.id} says something else now, and only old criteria show it: add one with a new id that shows what is new.`;
    case "nothing_changed":
      return "Requirements, criteria and operations are as they were: change what was asked for.";
    default:
      return fault satisfies never;
  }
}

const MOST_CHANGES = 40;

/** Returns what is different in the requirements, a line each. */
export function changeLines({ requirements, criteria }: SpecificationChange): string[] {
  const lines = requirements.map(({ id, how, before, after }) =>
    how === "changed"
      ? `${id} changed: ${shown(after)} (before: ${shown(before)})`
      : `${id} ${how}: ${shown(after || before)}`,
  );
  if (criteria.length > 0) lines.push(`Criteria that are new, gone or different: ${criteria.join(", ")}`);
  return short(lines);
}

/** Returns what of a change breaks clients, a line each. */
export function breakingLines({ contract }: SpecificationChange): string[] {
  return short(contract.flatMap(({ breaking, text }) => (breaking ? [shownWhole(text)] : [])));
}

function short(lines: string[]): string[] {
  const more = lines.length - MOST_CHANGES;
  return more > 0 ? [...lines.slice(0, MOST_CHANGES), `and ${more} more`] : lines;
}

/** Returns all questions as one text, which ends with the answers that it offers. */
export function questionsText(questions: readonly Ambiguity[]): string {
  const [only, ...more] = questions;
  if (!only) return "";
  if (more.length === 0)
    return [
      `${shownWhole(only.question)}${aboutText(only)} Without an answer: ${shownWhole(only.default)}.`,
      only.answers.map((answer) => `- ${shownWhole(answer)}`).join("\n"),
    ].join("\n\n");
  return [
    `The requirements leave ${questions.length} questions open. Answer those that you want to decide, each on a line of its own: “Q1: 2”, or “Q1:” with your own words.`,
    ...questions.map(
      (question) =>
        `${question.id}: ${shownWhole(question.question)}${aboutText(question)}\n${question.answers
          .map((answer, at) => `   ${at + 1}. ${shownWhole(answer)}${answer === question.default ? " (default)" : ""}`)
          .join("\n")}`,
    ),
    "A question that you leave out takes its default.",
    `- ${TAKE_DEFAULTS}`,
  ].join("\n\n");
}

function aboutText({ about }: Ambiguity): string {
  return about.length === 0 ? "" : ` (${about.join(", ")})`;
}

/** A stranger's text on one line, whole: what is asked is not shortened. */
function shownWhole(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
}
