/** The successful answers of the routes of trials and of what people say about results; see `answers.ts`. */
import type { PersonVerdict, Trial } from "@/core/shapes/improving/trials";
import type { All, Said } from "./answer-shapes";

export interface TrialAnswers {
  /** Trials of new versions of agents, documents, tools and runbooks, newest first. */
  "GET trials": All<Trial>;
  /** A trial: both versions with their counts, and the odds. */
  "GET trials/:id": Trial;
  /** Ends a trial: its version is live from now on. */
  "POST trials/:id/take": Said;
  /** Ends a trial: the live version stays. */
  "POST trials/:id/back": Said;
  /** What a person said about the result of a tree. */
  "GET trees/:id/verdict": {
    /** What was said last; null: nobody has said anything. */
    verdict: PersonVerdict | null;
  };
}
