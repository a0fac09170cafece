/** Lessons as lines of text. */
import type { GraphLink, LessonAnswer, LessonGraph } from "@/core/shapes/lesson-graph";
import type { Lesson, LessonDetail, LessonOfTask, LessonUse } from "@/core/shapes/memory";
import { plural } from "@/core/words/figures";
import {
  aroundSentence,
  boxText,
  confidenceTitle,
  countsSentence,
  KIND_WORDS,
  outcomeSentence,
  REASON_SENTENCES,
  scopeText,
  statusText,
  sumText,
  titleOf,
  whySentence,
} from "@/core/words/lessons";
import { clean, oneLine } from "@/scripts/cli/print/text";

export function lessonLines(lesson: Lesson): string[] {
  const { id, kind, shown, helped, harmed, trigger, faults } = lesson;
  return [
    `${id}  ${oneLine(titleOf(lesson))}`,
    `  ${KIND_WORDS[kind]}, ${oneLine(scopeText(lesson))}: ${oneLine(trigger)}`,
    `  ${statusText(lesson)}. Shown ${shown}, helped ${helped}, harmed ${harmed}. ${confidenceTitle(lesson)}.`,
    ...faults.map(({ sentence }) => `  Cannot be approved. ${sentence}`),
  ];
}

export function detailLines(lesson: LessonDetail): string[] {
  const { advice, place, reason, sum, uses, uses_total, sources, history, twins } = lesson;
  const older = uses_total - uses.length;
  return [
    ...lessonLines(lesson),
    ...(place === null ? [] : [`  Place: ${oneLine(place)}`]),
    ...(reason === null ? [] : [`  ${REASON_SENTENCES[reason]}`]),
    "",
    ...quoted(advice),
    "",
    `${confidenceTitle(lesson)}: ${sumText(sum)}. ${countsSentence(lesson)}`,
    ...part("Evidence:", [
      ...uses.map(useLine),
      ...(older > 0 ? [`${plural(older, "earlier use")} ${older === 1 ? "is" : "are"} not listed.`] : []),
      ...sources.map(({ at, tree, task }) => `${at}  Made in ${treeText(tree, task)}.`),
    ]),
    ...part(
      "History:",
      history.map(({ at, sentence }) => `${at}  ${oneLine(sentence)}`),
    ),
    ...part(
      "Says nearly the same:",
      twins.map((twin) => `${twin.id}  ${oneLine(titleOf(twin))}`),
    ),
  ];
}

export function taskLines(lesson: LessonOfTask): string[] {
  return [
    `${lesson.id}  ${oneLine(titleOf(lesson))}`,
    `  ${whySentence(lesson.why)} ${oneLine(outcomeSentence(lesson))}`,
  ];
}

export function graphLines({ lessons, errors, agents, repositories, links, ...rest }: LessonGraph): string[] {
  if (lessons.length === 0) return ["No lesson was made here yet."];
  return [
    oneLine(aroundSentence({ lessons, ...rest })),
    ...part(
      "Errors:",
      errors.map(({ signature, lessons: count, met }) => {
        return `${oneLine(signature)}  ${plural(count, "lesson")}${met > 0 ? `, met ${plural(met, "time")}` : ""}`;
      }),
    ),
    ...part(
      "Lessons:",
      lessons.map((lesson) => lessonWithAgents(lesson, links)),
    ),
    ...part(
      "Agents:",
      agents.map(({ agent, made, shown }) => `${oneLine(agent)}  made ${made}, shown ${shown}`),
    ),
    ...part(
      "Repositories:",
      repositories.map(({ place, lessons: count }) => `${oneLine(place ?? "everywhere")}  ${plural(count, "lesson")}`),
    ),
  ];
}

function lessonWithAgents(lesson: Lesson, links: readonly GraphLink[]): string {
  const agents = links.filter((link) => link.lesson === lesson.id).map(({ agent }) => oneLine(agent));
  const where = [...agents, oneLine(scopeText(lesson))].join(", ");
  return `${lesson.id}  ${oneLine(titleOf(lesson))}  ${boxText(lesson)} (${where})`;
}

export function answerLines(answer: LessonAnswer | null, examples: readonly string[]): string[] {
  if (!answer) return ["Nothing was asked."];
  const { sentence, items } = answer;
  return [
    oneLine(sentence),
    ...items.flatMap(({ lesson, why }) => [...lessonLines(lesson), `  ${oneLine(why)}`]),
    ...(items.length === 0 ? part("Try:", examples.map(oneLine)) : []),
  ];
}

function quoted(advice: string): string[] {
  return clean(advice)
    .split("\n")
    .map((line) => `> ${line}`);
}

function useLine(use: LessonUse): string {
  const what = use.wrong_by !== null || use.outcome === "harmed" ? "harmed" : (use.outcome ?? "not verified");
  return `${use.at}  ${what}  ${treeText(use.tree, use.task)}. ${whySentence(use.why)}`;
}

function treeText(tree: string, task: string): string {
  return `tree ${tree}, task ${task}`;
}

function part(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}
