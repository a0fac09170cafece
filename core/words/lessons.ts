/** What happened to lessons, and why they are as they are, as sentences. Pure. */
import { leastFor } from "@/core/lessons/confidence";
import type { LessonKind, LessonMaker, LessonReason, LessonStatus } from "@/core/lessons/lesson";
import type { LiftFigureName } from "@/core/lessons/lift";
import type { ShownLesson } from "@/core/log/lessons";
import type { LessonGraph } from "@/core/shapes/lesson-graph";
import type { Lesson, LessonDetail, LessonEvent, LessonUse } from "@/core/shapes/memory";
import { plural } from "./figures";

export const KIND_WORDS: Record<LessonKind, string> = {
  approach: "Approach",
  error_fix: "Error fix",
  optimisation: "Optimisation",
  fact: "Fact",
  recovery: "Recovery",
  time: "Time",
};

export const KIND_PLURALS: Record<LessonKind, string> = {
  approach: "Approaches",
  error_fix: "Error fixes",
  optimisation: "Optimisations",
  fact: "Facts",
  recovery: "Recoveries",
  time: "Times",
};

export const STATUS_WORDS: Record<LessonStatus, string> = {
  candidate: "Candidate",
  live: "Live",
  retired: "Retired",
};

/** Why a lesson is no longer, or not yet, live. */
export const REASON_SENTENCES: Record<LessonReason, string> = {
  outside_content: "Candidate, because content from outside had been read where it was made.",
  seeded: "Candidate, because it comes with Banyan and nothing here speaks for it yet.",
  imported: "Candidate, because it was imported: nothing here speaks for it yet.",
  from_session: "Candidate, because it was made from a session that somebody sent.",
  proposed: "Candidate, because an agent proposed it.",
  evidence_deleted: "Candidate, because the tree that it was made from was deleted.",
  harmed: "Retired by itself: it harmed at least three times, and more often than it helped.",
  by_person: "Retired by a person.",
  merged: "Retired, because it was merged with another lesson.",
};

export const FIGURE_WORDS: Record<LiftFigureName, string> = {
  success: "Goals that succeed",
  rounds: "Rounds until done",
  cost: "Cost of a goal",
  errors_again: "Same error met again",
};

export const MAKER_SENTENCES: Record<LessonMaker, string> = {
  host: "Made by the host: an error went away right after a round and stayed away.",
  agent: "Proposed by an agent.",
  session: "Made from a session.",
  person: "Written by a person.",
  import: "Imported from a file.",
  seed: "It comes with Banyan.",
};

/** Returns what stands in a lesson's history. `detail`: as the database keeps it. */
export function historySentence(what: LessonEvent["what"], by: string | null, detail: Record<string, unknown>): string {
  const who = by ?? "The host";
  const why = typeof detail.why === "string" && detail.why !== "" ? `: ${detail.why}` : ".";
  switch (what) {
    case "made":
      if (detail.maker === "agent" && by !== null) return `Proposed by ${by}.`;
      return MAKER_SENTENCES[detail.maker as LessonMaker] ?? "Made.";
    case "seen_again":
      return "The same was learnt again in another tree.";
    case "approved":
      return `${who} approved it.`;
    case "edited":
      return `${who} changed ${String(detail.fields ?? "it")}.`;
    case "retired":
      return by === null ? REASON_SENTENCES.harmed : `${who} retired it${why}`;
    case "restored":
      return `${who} put it back.`;
    case "merged":
      return detail.into ? `${who} merged it into another lesson.` : `${who} merged another lesson into it.`;
    case "wrong":
      return `${who}: this was wrong in one task${why}`;
    case "evidence_deleted":
      return "The last tree that it was made from was deleted, so it waits for a person again.";
  }
}

/** The last part of a repository's address or folder, by which people know it. */
export function placeName(place: string): string {
  const parts = place.replace(/\/+$/, "").split(/[/\\:]/);
  return (parts.at(-1) ?? "").replace(/\.git$/, "") || place;
}

/** Returns where a lesson applies. */
export function scopeText({ scope, place }: Pick<Lesson, "scope" | "place">): string {
  if (scope === "everywhere" || place === null) return "everywhere";
  return scope === "agent" ? `agent ${place}` : placeName(place);
}

/** Returns the advice's first line, by which a lesson is listed. */
export function titleOf({ advice }: Pick<Lesson, "advice">): string {
  return (
    advice
      .split("\n")
      .map((line) => line.trim())
      .find((line) => line !== "") ?? ""
  );
}

/** Returns the status, and why a live lesson is shown to nobody. */
export function statusText({ status, kind, is_shown, confidence }: Lesson): string {
  if (status !== "live") return STATUS_WORDS[status];
  if (!is_shown) return `Live, below ${leastFor(kind).toFixed(2)}`;
  return confidence < leastFor(kind) ? "Live, being tried" : "Live";
}

/** Without an outcome there is nothing that it could rest on, and the sum only says where it begins. */
export function confidenceTitle({
  confidence,
  helped,
  harmed,
}: Pick<Lesson, "confidence" | "helped" | "harmed">): string {
  return helped + harmed === 0 ? "No confidence yet" : `Confidence ${confidence.toFixed(2)}`;
}

/** Returns the sum of a confidence: (14·0.95 + 1) ÷ (14·0.95 + 1·0.95 + 2). */
export function sumText({ helped, harmed, weight }: LessonDetail["sum"]): string {
  const faded = (count: number) => `${count}·${weight.toFixed(2)}`;
  return `(${faded(helped)} + 1) ÷ (${faded(helped)} + ${faded(harmed)} + 2)`;
}

/** Returns what its confidence rests on. */
export function countsSentence({ shown, helped, harmed }: Pick<Lesson, "shown" | "helped" | "harmed">): string {
  if (helped + harmed === 0) return shown === 0 ? "Nothing is counted yet." : "No outcome is verified yet.";
  return `Helped ${plural(helped, "time")}, harmed ${plural(harmed, "time")}; shown ${plural(shown, "time")}.`;
}

/** Returns why a task was shown a lesson, or that the lesson was made there. */
export function whySentence(why: LessonUse["why"]): string {
  if (why === "made") return "Made here: the error went away and stayed away.";
  if (why === "asked") return "Shown because its agent asked.";
  if (why === "named") return "Shown because the person who forked the tree named it.";
  return why === "signature" ? "Shown because the error has its signature." : "Shown because the task has its words.";
}

/** Returns what came of a lesson in a task. */
export function outcomeSentence({ outcome, wrong_by }: Pick<LessonUse, "outcome" | "wrong_by">): string {
  if (wrong_by !== null) return `${wrong_by} said that it was wrong here.`;
  if (outcome === "helped") return "Came of it: a command of the host showed that the task got further.";
  if (outcome === "harmed") return "Came of it: a command of the host showed that the task got no further.";
  return "Came of it: nothing is verified yet.";
}

/** The strongest reason first. */
const WHY_SHOWN: readonly [ShownLesson["why"], string][] = [
  ["named", "Because the person who forked the tree named them."],
  ["signature", "Because the error has the signature of one of them."],
  ["words", "Because the task has their words."],
];

/** Returns the entry of a log with which an agent proposes a lesson. */
export function proposedLine({ lesson }: { lesson: Pick<Lesson, "advice"> }) {
  return {
    title: "Lesson proposed",
    text: lesson.advice,
    link: { href: "/memory/candidates", title: "Candidates" },
  };
}

/** Returns the entry of a log that shows lessons. `body`: as the task read them. */
export function shownLine({ lessons, text }: { lessons: readonly ShownLesson[]; text?: string | undefined }) {
  const whys = new Set(lessons.map(({ why }) => why));
  const because = WHY_SHOWN.find(([why]) => whys.has(why))?.[1] ?? "Because its agent asked.";
  const title = lessons.length === 1 ? "1 lesson shown" : `${lessons.length} lessons shown`;
  return { title, text: because, lessons, ...(text !== undefined && { body: text }) };
}

/** What was asked about lessons, and what was found. */
interface Answered {
  asks: "helped" | "failed" | "known" | null;
  need: string | null;
  place: string | null;
  agent: string | null;
  /** The name of a repository that no lesson applies in, so that it counted as words. */
  unknownPlace?: string | null;
  /** Each lesson that was found has all the words. */
  hasAll?: boolean;
  found?: number;
  /** How many of them have helped. */
  helped?: number;
}

/** Returns the answer to a question about lessons in one to three sentences. */
export function answerSentence(answered: Answered): string {
  const { asks, unknownPlace = null, hasAll = true } = answered;
  if (asks === null)
    return "This question is not understood. Ask what helped with an error, what failed in a repository, or what an agent knows.";
  const notes = [
    unknownPlace === null ? "" : `No lesson applies only in “${unknownPlace}”, so its name was searched as words.`,
    hasAll ? "" : "No lesson has all of the words; these have some of them.",
  ];
  return [...notes, FOUND_SENTENCES[asks](answered)].filter((sentence) => sentence !== "").join(" ");
}

const FOUND_SENTENCES = {
  helped: ({ need, place, found = 0, helped = 0 }: Answered) => {
    const about = `“${need}”${place === null ? "" : ` in ${place}`}`;
    if (found === 0) return `No lesson was found for ${about}.`;
    const open = helped === 0 ? (found === 1 ? " It has not helped yet." : " None of them has helped yet.") : "";
    return `${plural(found, "lesson")} for ${about}${found === 1 ? "" : ", best first"}.${open}`;
  },
  failed: ({ need, place, found = 0 }: Answered) => {
    const about = `${need === null ? "" : ` with “${need}”`}${place === null ? "" : ` in ${place}`}`;
    if (found === 0) return `No lesson is for an error${about}.`;
    return `${plural(found, "error")} with a lesson${about}${found === 1 ? "" : ", the most frequent first"}.`;
  },
  known: ({ agent, need, place, found = 0 }: Answered) => {
    const about = `${need === null ? "" : ` about “${need}”`}${place === null ? "" : ` in ${place}`}`;
    if (found === 0) return `${agent} has worked with no lesson${about} lately.`;
    return `${agent} has worked with ${plural(found, "lesson")}${about}${found === 1 ? "" : ", best first"}.`;
  },
};

interface FoundBy {
  /** Words of the question that are in the lesson's error or trigger, and that are only in its advice. */
  inTrigger: readonly string[];
  inAdvice: readonly string[];
  /** In how many rounds and tasks its error was met; null where no error was asked for. */
  met: number | null;
  isPlaceAsked: boolean;
  /** The agent that was asked for. */
  agent: { agent: string; made?: number; shown?: number } | null;
}

/** Returns why a lesson is an answer. */
export function whyFound(lesson: Lesson, { inTrigger, inAdvice, met, isPlaceAsked, agent }: FoundBy): string {
  const has = lesson.signature === null ? "It is for tasks with" : "Its error has";
  return [
    inTrigger.length > 0 ? `${has} ${quotedList(inTrigger)}.` : "",
    inAdvice.length > 0 ? `Its advice has ${quotedList(inAdvice)}.` : "",
    met !== null && met > 0 ? `Its error was met ${plural(met, "time")}.` : "",
    agent === null ? "" : agentSentence(agent),
    isPlaceAsked ? `It applies ${lesson.place === null ? "everywhere" : `in ${placeName(lesson.place)}`}.` : "",
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

function agentSentence({ agent, made = 0, shown = 0 }: NonNullable<FoundBy["agent"]>): string {
  const parts = [
    ...(made > 0 ? [`made ${plural(made, "time")}`] : []),
    ...(shown > 0 ? [`shown ${plural(shown, "time")}`] : []),
  ];
  return parts.length === 0 ? `It is for ${agent} only.` : `Where ${agent} worked it was ${parts.join(" and ")}.`;
}

function quotedList(words: readonly string[]): string {
  return words.map((word) => `“${word}”`).join(", ");
}

/** Returns what a lesson's box in the graph says below its title. */
export function boxText({ status, confidence, shown, helped, harmed }: Lesson): string {
  if (status === "candidate") return "candidate";
  if (status === "retired") return harmed > 0 ? `retired · harmed ${harmed}` : "retired";
  const says = helped > 0 ? `helped ${helped}` : shown > 0 ? `shown ${shown}` : "not shown yet";
  return helped + harmed === 0 ? says : `${confidence.toFixed(2)} · ${says}`;
}

const MOST_TITLE = 48;

/** Returns around what the graph is drawn, and how much of memory it shows. */
export function aroundSentence({ lessons, total }: Pick<LessonGraph, "lessons" | "total">): string {
  const title = lessons[0] ? titleOf(lessons[0]) : "";
  const short = title.length <= MOST_TITLE ? title : `${title.slice(0, MOST_TITLE - 1).trimEnd()}…`;
  return `around “${short}”, two steps; ${lessons.length} of ${plural(total, "lesson")}`;
}
