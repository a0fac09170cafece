/** The one set of questions that a specification asks a person, and what an answer to it says. Pure. */
import type { Ambiguity, Specification } from "./specification";

/** The answer that takes every default; so does an empty one. */
export const TAKE_DEFAULTS = "Take all defaults";
/** What people write for it. */
const ALSO_DEFAULTS = ["defaults", "default", "take all defaults"];

/** Returns the open questions, those on which most depends first. */
export function questionsOf({ ambiguities }: Pick<Specification, "ambiguities">): Ambiguity[] {
  const open = ambiguities.filter(({ answer }) => answer === undefined);
  return open.toSorted((one, other) => other.score - one.score);
}

export interface ReadAnswer {
  /** By the id of the question. A question that the person left out has its default. */
  answers: Record<string, string>;
  /** What the person wrote beside the answers; "" for nothing. */
  words: string;
}

/**
 * Reads one answer to all questions: lines such as `Q1: 2` or `Q1: only on weekdays`. A number chooses an offered answer. With
 * one question, the whole text is its answer.
 */
export function readAnswer(text: string, questions: readonly Ambiguity[]): ReadAnswer {
  const answers = Object.fromEntries(questions.map((question) => [question.id, question.default]));
  const given = text.trim();
  if (given === "" || ALSO_DEFAULTS.includes(given.toLowerCase())) return { answers, words: "" };
  const words: string[] = [];
  for (const line of given.split(/\n|;\s*(?=Q\d)/)) {
    const [, id = "", answer = ""] = /^\s*(Q\d+)\s*[:=.)]?\s+(.*\S)\s*$/.exec(line) ?? [];
    const question = questions.find((one) => one.id === id);
    if (question) answers[id] = chosen(answer, question);
    else if (line.trim() !== "") words.push(line.trim());
  }
  const [only] = questions;
  if (questions.length === 1 && only && words.join("\n") === given)
    return { answers: { [only.id]: chosen(given, only) }, words: "" };
  return { answers, words: words.join("\n") };
}

function chosen(answer: string, { answers }: Ambiguity): string {
  const place = /^\d{1,2}$/.test(answer) ? Number(answer) : 0;
  return answers[place - 1] ?? answer;
}

/**
 * Returns the specification with the answers that a person gave, and no others: whoever wrote the file cannot answer. A
 * question that nobody was asked takes its default, unless a contradiction waits for its answer.
 */
export function withAnswers(specification: Specification, answers: Readonly<Record<string, string>>): Specification {
  const deciding = new Set(specification.contradictions.map(({ question }) => question));
  const ambiguities = specification.ambiguities.map(({ answer: _, ...question }) => {
    const given = Object.hasOwn(answers, question.id) ? answers[question.id] : undefined;
    const answer = given || (deciding.has(question.id) ? "" : question.default);
    return answer === "" ? question : { ...question, answer };
  });
  return { ...specification, ambiguities };
}
