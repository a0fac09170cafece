/** Answers to questions about lessons, without a model: what helped, which errors were met, what an agent was shown. */
import { confidenceOf } from "@/core/lessons/confidence";
import { type LessonQuestion, MOST_QUESTION, questionIn } from "@/core/lessons/question";
import { wordsOf } from "@/core/lessons/words";
import type { LessonAnswer, LessonGraph } from "@/core/shapes/lesson-graph";
import { answerSentence, placeName, whyFound } from "@/core/words/lessons";
import { EVERY_LESSON } from "@/db/memory/listed";
import type { GraphSources } from "./lesson-graph";
import { lessonShape, type StoredLesson } from "./lesson-shape";

const MOST_ANSWERED = 10;
const MOST_FOUND = 200;

interface Found {
  lessons: StoredLesson[];
  /** The words for which lessons were searched; null: none. */
  words: string[] | null;
  hasAll: boolean;
}

/** Returns the answer, its lessons best first. */
export function answerTo(sources: GraphSources, text: string): LessonAnswer {
  const asked = questionIn(text);
  const question = text.slice(0, MOST_QUESTION);
  if (!asked) {
    const nothing = { asks: null, need: null, place: null, agent: null } as const;
    return { question, ...nothing, sentence: answerSentence({ ...nothing }), items: [] };
  }
  const { places, place, unknownPlace, need } = whereAndWhat(sources, asked);
  const found = foundFor(sources, { ...asked, need }, places);
  const best = found.lessons.slice(0, MOST_ANSWERED);
  const agent = asked.asks === "known" ? asked.agent : null;
  const given = { asks: asked.asks, need, place, agent };
  return {
    question,
    ...given,
    sentence: answerSentence({
      ...given,
      unknownPlace,
      hasAll: found.hasAll,
      found: best.length,
      helped: best.filter(({ helped }) => helped > 0).length,
    }),
    items: best.map((kept) => {
      const lesson = lessonShape(sources, kept);
      return { lesson, why: whyFound(lesson, whyOf(sources, kept, { ...given, words: found.words })) };
    }),
  };
}

/** A name after "in" that is no lesson's repository counts as words. */
function whereAndWhat({ store: { lessons } }: GraphSources, { asks, place, need }: LessonQuestion) {
  if (place === null) return { places: null, place: null, unknownPlace: null, need };
  const wanted = place.toLowerCase();
  const places = lessons
    .places()
    .filter((one) => one.toLowerCase() === wanted || placeName(one).toLowerCase() === wanted);
  const [first] = places;
  if (first !== undefined) return { places, place: placeName(first), unknownPlace: null, need };
  const words =
    asks === "failed" && need === null ? place : [need, "in", place].filter((word) => word !== null).join(" ");
  return { places: null, place: null, unknownPlace: place, need: words };
}

function foundFor(sources: GraphSources, asked: LessonQuestion, places: string[] | null): Found {
  const { lessons } = sources.store;
  const words = asked.need === null ? null : telling(asked.need);
  const agent = asked.asks === "known" ? asked.agent : null;
  const { lessons: found, hasAll } =
    words === null ? { lessons: withoutWords(sources, asked, places), hasAll: true } : mentioned(words);
  return { lessons: asked.asks === "failed" ? oneAnError(sources, found) : bestFirst(sources, found), words, hasAll };

  function mentioned(told: string[]) {
    return lessons.mentioning(told, { places, agent }, MOST_FOUND);
  }
}

/** Short words count only when there are no others. */
function telling(need: string): string[] {
  const words = wordsOf(need);
  return words.length > 0 ? words : (need.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
}

function withoutWords({ store: { lessons } }: GraphSources, asked: LessonQuestion, places: string[] | null) {
  if (asked.asks === "known") {
    const shown = lessons.list({ ...EVERY_LESSON, of: { agent: asked.agent } }, MOST_FOUND, 0);
    return places === null ? shown : shown.filter(({ place }) => place === null || places.includes(place));
  }
  return places === null
    ? lessons.shownMost(MOST_FOUND)
    : places.flatMap((place) => lessons.list({ ...EVERY_LESSON, of: { place } }, MOST_FOUND, 0));
}

function bestFirst({ now }: GraphSources, found: readonly StoredLesson[]): StoredLesson[] {
  const isLive = ({ status }: StoredLesson) => Number(status === "live");
  return found.toSorted(
    (a, b) =>
      isLive(b) - isLive(a) ||
      confidenceOf(b, now()) - confidenceOf(a, now()) ||
      b.helped - a.helped ||
      b.shown - a.shown,
  );
}

/** Returns the best lesson for each error, the most frequent error first. */
function oneAnError(sources: GraphSources, found: readonly StoredLesson[]): StoredLesson[] {
  const best = new Map<string, StoredLesson>();
  for (const lesson of bestFirst(sources, found))
    if (lesson.signature !== null && !best.has(lesson.signature)) best.set(lesson.signature, lesson);
  const met = (signature: string) => sources.store.lessons.metError(signature).met;
  return [...best]
    .slice(0, MOST_COMPARED)
    .map(([signature, lesson]) => ({ lesson, met: met(signature) }))
    .sort((a, b) => b.met - a.met)
    .map(({ lesson }) => lesson);
}

/** At most this many errors are compared by how often they were met. */
const MOST_COMPARED = 50;

interface Asked extends Pick<LessonAnswer, "asks" | "place" | "agent"> {
  words: string[] | null;
}

/** Returns the facts for which a lesson was found. */
function whyOf({ store: { lessons } }: GraphSources, lesson: StoredLesson, { asks, agent, words, place }: Asked) {
  const has = (text: string) => {
    const own = new Set(wordsOf(text));
    return (words ?? []).filter((word) => own.has(word));
  };
  const inTrigger = has(`${lesson.trigger} ${lesson.signature ?? ""}`);
  return {
    inTrigger,
    inAdvice: has(lesson.advice).filter((word) => !inTrigger.includes(word)),
    met: asks === "failed" && lesson.signature !== null ? lessons.metError(lesson.signature).met : null,
    isPlaceAsked: place !== null,
    agent:
      agent === null ? null : { ...(lessons.agentsOf(lesson.uid).find((one) => one.agent === agent) ?? { agent }) },
  };
}

/** Questions that have an answer here: about the lesson in the middle of the graph, its repository and its agents. */
export function examplesFor({
  lessons: [middle],
  agents,
  repositories,
}: Pick<LessonGraph, "lessons" | "agents" | "repositories">) {
  if (!middle) return [];
  const [telling = ""] = wordsOf(middle.trigger).toSorted((a, b) => b.length - a.length);
  const word = (middle.trigger.match(/[\p{L}\p{N}]+/gu) ?? []).find((one) => one.toLowerCase() === telling);
  const place = repositories.find((one) => one.place !== null)?.place ?? null;
  const where = place === null ? "" : ` in ${placeName(place)}`;
  const [agent] = agents;
  return [
    ...(word === undefined ? [] : [`what helped with ${word}${middle.place === place ? where : ""}?`]),
    `what failed${where}?`,
    ...(agent === undefined || word === undefined ? [] : [`what does ${agent.agent} know about ${word}?`]),
  ];
}
