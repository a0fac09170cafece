/** What happened to lessons, and why they are as they are, as sentences. Pure. */
import type { LessonKind, LessonReason, LessonStatus } from "@/core/lessons/lesson";
import type { LiftFigureName } from "@/core/lessons/lift";
import type { LessonEvent } from "@/core/shapes/memory";

export const KIND_WORDS: Record<LessonKind, string> = {
  approach: "Approach",
  error_fix: "Error fix",
  optimisation: "Optimisation",
  fact: "Fact",
  recovery: "Recovery",
  time: "Time",
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

const MAKERS: Record<string, string> = {
  host: "Made by the host: an error went away right after a round and stayed away.",
  goal_strategist: "Proposed by goal_strategist.",
  documentation_agent: "Proposed by documentation_agent.",
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
      return MAKERS[String(detail.maker)] ?? "Made.";
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
