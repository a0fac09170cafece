/** Shapes of memory: lessons, what speaks for them, and whether they help. */
import type { MemorySettings } from "@/core/lessons/holdout";
import type { LessonKind, LessonMaker, LessonReason, LessonScope, LessonStatus } from "@/core/lessons/lesson";
import type { Lift } from "@/core/lessons/lift";
import type { LessonFault } from "@/core/lessons/limits";
import type { ShownWhy } from "@/core/log/lessons";
import type { TaskStatus } from "@/core/log/terms";

export { LEAST_CONFIDENCE, LEAST_OF_APPROACH } from "@/core/lessons/confidence";
export { LESSON_KINDS, LESSON_SCOPES, LESSON_STATUSES, MOST_ADVICE } from "@/core/lessons/lesson";
export { LEAST_GOALS } from "@/core/lessons/lift";
export { MOST_SHOWN, MOST_SHOWN_CHARS } from "@/core/lessons/show";

/** Advice that agents get in tasks where it applies. */
export interface Lesson {
  id: string;
  kind: LessonKind;
  /** Advice as agents read it, quoted as data. */
  advice: string;
  /** Words of the tasks that it is for. */
  trigger: string;
  /** The signature of the error that it is for; null where no error is meant. */
  signature: string | null;
  scope: LessonScope;
  /** The repository's address or folder, or the agent's name; null everywhere. */
  place: string | null;
  status: LessonStatus;
  /** Why it is not live. */
  reason: LessonReason | null;
  made_by: LessonMaker;
  /** A person has approved it. */
  approved: boolean;
  /** Where it was made, content from outside had been read. */
  outside: boolean;
  /** From 0 to 1, from what is counted; 0.5 while nothing is. */
  confidence: number;
  /** Whether a task that it fits is shown it now. */
  is_shown: boolean;
  shown: number;
  helped: number;
  harmed: number;
  last_used_at: string | null;
  created_at: string;
  /** What forbids to approve it. */
  faults: { fault: LessonFault; sentence: string }[];
}

/** A round or a task in which a lesson was made or shown, and what the host's commands said after it. */
export interface LessonUse {
  why: ShownWhy | "made";
  tree: string;
  /** Null when the tree was deleted. */
  tree_title: string | null;
  task: string;
  /** The message that shows it; null where it was made. */
  seq: number | null;
  at: string;
  outcome: "helped" | "harmed" | null;
  /** Who said that it was wrong there. */
  wrong_by: string | null;
}

/** A place in a log from which a lesson was learned. */
export interface LessonSource {
  tree: string;
  tree_title: string | null;
  task: string;
  at: string;
  /** Snapshots before and after the round whose changes it was made from. */
  from: string | null;
  to: string | null;
}

/** What happened to a lesson. `by`: a person; null: the host. */
export interface LessonEvent {
  at: string;
  by: string | null;
  what:
    | "made"
    | "seen_again"
    | "approved"
    | "edited"
    | "retired"
    | "restored"
    | "merged"
    | "wrong"
    | "evidence_deleted";
  sentence: string;
}

/** A lesson with its sources, versions and effects. */
export interface LessonDetail extends Lesson {
  /** The sum of its confidence, filled in. */
  sum: { helped: number; harmed: number; weight: number };
  uses: LessonUse[];
  sources: LessonSource[];
  history: LessonEvent[];
  /** Lessons that say nearly the same for the same error or place. */
  twins: Lesson[];
}

/** An ended tree in which a lesson could matter, so that it can run again with only this lesson. */
export interface LessonTree {
  tree_id: string;
  title: string;
  status: TaskStatus;
  /** `shown`, `made`: there it was. `place`: a goal where the lesson applies. `other`: a goal elsewhere, or another tree. */
  why: "shown" | "made" | "place" | "other";
  /** Rounds of a goal; null for another tree. */
  rounds: number | null;
  cost_usd: number;
  ended_at: string;
}

/** A page of lessons, with counts of all. */
export interface LessonList {
  items: Lesson[];
  /** Of the error, place or agent that is asked for, or of all. */
  counts: Record<LessonStatus, number>;
  /** Of the status that is asked for, or of all. */
  kinds: Record<LessonKind, number>;
  /** Candidates that wait for a person, at most 1,000. Those that come with Banyan wait for nobody. */
  waiting: number;
}

/** Which lessons are listed. */
export interface LessonQuery {
  status?: LessonStatus | undefined;
  kind?: LessonKind | undefined;
  /** Whether those that come with Banyan and that nobody has decided yet, or only others. */
  seeded?: boolean | undefined;
  /** Only lessons for the error with this signature. Use one of `error`, `place` and `agent`. */
  error?: string | undefined;
  /** Only lessons that apply in the repository with this address or folder; null: those that apply everywhere. */
  place?: string | null | undefined;
  /** Only lessons that were made or shown lately where this agent worked, or that apply to it alone. */
  agent?: string | undefined;
  text?: string | undefined;
  limit?: number | undefined;
  offset?: number | undefined;
}

/** A lesson that a task was shown, or another task of its round, and what the host's commands said after it. */
export interface LessonOfTask extends Pick<Lesson, "id" | "kind" | "advice" | "status"> {
  why: ShownWhy;
  outcome: "helped" | "harmed" | null;
  /** Who said that it was wrong there. */
  wrong_by: string | null;
}

/** Whether memory helps, and why it believes so. */
export interface Memory extends MemorySettings {
  counts: Record<LessonStatus, number>;
  /** Candidates that wait for a person, at most 1,000. */
  waiting: number;
  /** Why lessons were retired. */
  retired: { by_counts: number; by_people: number; merged: number };
  /** Live lessons, how often they were shown, and after how many of these a command said what. */
  known: { lessons: number; shown: number; helped: number; harmed: number };
  /** Goals that ended in the last `days`. */
  days: number;
  lift: Lift;
  /** The rounds of each repository, those with most goals first. */
  places: { place: string; lift: Lift }[];
}

/** A lesson in a file that another installation can read. Nothing that speaks for it comes along. */
export interface LessonFile {
  banyan_lessons: 1;
  lessons: Pick<Lesson, "kind" | "advice" | "trigger" | "signature" | "scope" | "place">[];
}
