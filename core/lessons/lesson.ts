/** A lesson: advice that verified outcomes count for or against. Pure. */

export const LESSON_KINDS = ["approach", "error_fix", "optimisation", "fact", "recovery", "time"] as const;
/** What a lesson is about. */
export type LessonKind = (typeof LESSON_KINDS)[number];

export const LESSON_STATUSES = ["candidate", "live", "retired"] as const;
/** Whether agents get a lesson. */
export type LessonStatus = (typeof LESSON_STATUSES)[number];

/** Who made it. `host`: from commands that it ran itself, without a model. `agent`: proposed by one. */
export const LESSON_MAKERS = ["host", "agent", "session", "person", "import", "seed"] as const;
/** Who wrote a lesson. */
export type LessonMaker = (typeof LESSON_MAKERS)[number];

/** Where it applies. `place`: the address or folder of the repository, or the agent's name; null everywhere. */
export const LESSON_SCOPES = ["everywhere", "repository", "agent"] as const;
/** Where a lesson applies. */
export type LessonScope = (typeof LESSON_SCOPES)[number];

/** Why a lesson is not live. For a candidate, what a person has to check before any agent sees it. */
export const LESSON_REASONS = [
  "outside_content",
  "seeded",
  "imported",
  "from_session",
  "proposed",
  "evidence_deleted",
  "harmed",
  "by_person",
  "merged",
] as const;
/** Why a lesson waits, or was retired. */
export type LessonReason = (typeof LESSON_REASONS)[number];

/** What a lesson says, and where it applies. */
export interface LessonText {
  kind: LessonKind;
  scope: LessonScope;
  place: string | null;
  /** Words of the tasks that it is for; for an `error_fix`, the error in words. */
  trigger: string;
  /** The signature of the error, as core/goals/facts/signature.ts makes it; null where no error is meant. */
  signature: string | null;
  /** At most `MOST_ADVICE` characters. */
  advice: string;
}

/** A person can name at most this many lessons for a fork. */
export const MOST_NAMED = 10;

export const MOST_ADVICE = 600;
export const MOST_TRIGGER = 400;

/** A file has at most this many lessons. */
export const MOST_IN_FILE = 10_000;
