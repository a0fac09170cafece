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
  /** Id of the lesson, as in `/lessons/{id}`. */
  id: string;
  /** What the lesson is about. */
  kind: LessonKind;
  /** Advice as agents read it, quoted as data. */
  advice: string;
  /** Words of the tasks that it is for. */
  trigger: string;
  /** The signature of the error that it is for; null where no error is meant. */
  signature: string | null;
  /** Where the lesson applies. */
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
  /** How often a task was shown it. */
  shown: number;
  /** How often the host's commands said after it that it helped. */
  helped: number;
  /** How often the host's commands said after it that it harmed. */
  harmed: number;
  /** When it was shown last; null: never. */
  last_used_at: string | null;
  created_at: string;
  /** What forbids to approve it. */
  faults: {
    /** What is wrong with it, for programs. */
    fault: LessonFault;
    /** What is wrong with it, in one sentence. */
    sentence: string;
  }[];
}

/** A round or a task in which a lesson was made or shown, and what the host's commands said after it. */
export interface LessonUse {
  /** Why the task was shown it; `made`: it was made there. */
  why: ShownWhy | "made";
  /** Id of the tree. */
  tree: string;
  /** Null when the tree was deleted. */
  tree_title: string | null;
  /** Id of the task. */
  task: string;
  /** The message that shows it; null where it was made. */
  seq: number | null;
  /** When it was shown or made. */
  at: string;
  /** What the host's commands said after it; null: nothing yet. */
  outcome: "helped" | "harmed" | null;
  /** Who said that it was wrong there. */
  wrong_by: string | null;
}

/** A place in a log from which a lesson was learned. */
export interface LessonSource {
  /** Id of the tree. */
  tree: string;
  /** Title of the tree; null when the tree was deleted. */
  tree_title: string | null;
  /** Id of the task. */
  task: string;
  /** When it was learned. */
  at: string;
  /** Snapshots before and after the round whose changes it was made from. */
  from: string | null;
  /** The snapshot after the round; null: none is known. */
  to: string | null;
}

/** What happened to a lesson. `by`: a person; null: the host. */
export interface LessonEvent {
  /** When it happened. */
  at: string;
  /** Name of the person; null: the host did it. */
  by: string | null;
  /** What happened. */
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
  /** The same in one sentence. */
  sentence: string;
}

/** A lesson with its sources, versions and effects. */
export interface LessonDetail extends Lesson {
  /** The sum of its confidence, filled in. */
  sum: {
    /** How often it helped. */
    helped: number;
    /** How often it harmed. */
    harmed: number;
    /** How much old outcomes still count, from 0 to 1. */
    weight: number;
  };
  /** Where it was made or shown: the newest 200, the newest first. */
  uses: LessonUse[];
  /** How often it was made or shown. */
  uses_total: number;
  /** From what it was learned. */
  sources: LessonSource[];
  /** What happened to it. */
  history: LessonEvent[];
  /** Lessons that say nearly the same for the same error or place; at most 5. */
  twins: Lesson[];
}

/** An ended tree in which a lesson could matter, so that it can run again with only this lesson. */
export interface LessonTree {
  tree_id: string;
  /** Title of the tree. */
  title: string;
  status: TaskStatus;
  /** `shown`, `made`: there it was. `place`: a goal where the lesson applies. `other`: a goal elsewhere, or another tree. */
  why: "shown" | "made" | "place" | "other";
  /** Rounds of a goal; null for another tree. */
  rounds: number | null;
  cost_usd: number;
  /** When the tree ended. */
  ended_at: string;
}

interface LessonCounts {
  /** Lessons that agents do not get yet. */
  candidate: number;
  /** Lessons that agents get. */
  live: number;
  /** Lessons that agents get no more. */
  retired: number;
}

interface LessonKindCounts {
  /** Ways to do a thing. */
  approach: number;
  /** What mends an error. */
  error_fix: number;
  /** What makes work faster or cheaper. */
  optimisation: number;
  /** Facts to know. */
  fact: number;
  /** What helps after a failure. */
  recovery: number;
  /** How long work takes. */
  time: number;
}

/** A page of lessons, with counts of all. */
export interface LessonList {
  items: Lesson[];
  /** Send it as `after` to get the next page; null on the last one. */
  next: string | null;
  /** Of the error, place or agent that is asked for, or of all. */
  counts: LessonCounts;
  /** Of the status that is asked for, or of all. */
  kinds: LessonKindCounts;
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
  /** What the host's commands said after it; null: nothing yet. */
  outcome: "helped" | "harmed" | null;
  /** Who said that it was wrong there. */
  wrong_by: string | null;
}

/** Whether memory helps, and why it believes so. */
export interface Memory extends MemorySettings {
  /** Lessons by status. */
  counts: LessonCounts;
  /** Candidates that wait for a person, at most 1,000. */
  waiting: number;
  /** Why lessons were retired. */
  retired: {
    /** Because they harmed more often than they helped. */
    by_counts: number;
    /** By people. */
    by_people: number;
    /** Because they were merged with another one. */
    merged: number;
  };
  /** Live lessons, how often they were shown, and after how many of these a command said what. */
  known: {
    /** Live lessons. */
    lessons: number;
    /** How often they were shown. */
    shown: number;
    /** After how many of these a command said that it helped. */
    helped: number;
    /** After how many of these a command said that it harmed. */
    harmed: number;
  };
  /** Goals that ended in the last `days`. */
  days: number;
  lift: Lift;
  /** The rounds of the 20 repositories with most goals, those with most first. */
  places: {
    /** Address or folder of the repository. */
    place: string;
    /** How goals with lessons compare with goals without, in this repository. */
    lift: Lift;
  }[];
}

/** A lesson in a file that another installation can read. Nothing that speaks for it comes along. */
export interface LessonFile {
  /** Version of this format. */
  banyan_lessons: 1;
  /** The lessons. */
  lessons: Pick<Lesson, "kind" | "advice" | "trigger" | "signature" | "scope" | "place">[];
  /** How many live lessons the file has no room for: it holds 10,000. Absent: none. */
  left_out?: number;
}
