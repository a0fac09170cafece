/** The part of the application for trials of new versions, and for what people say about results; see `application.ts`. */
import type { PersonVerdict, Trial } from "@/core/shapes/improving/trials";

export interface TrialQueries {
  /** Returns the trials, newest first: all, or those of an entry. */
  listTrials(of?: { kind: Trial["kind"]; name: string }): Promise<Trial[]>;
  /** Returns the trial, also for a unique prefix of its id. */
  getTrial(id: string): Promise<Trial>;
  /** Returns what a person said about the result of a tree, or null. */
  getPersonVerdict(treeId: string): Promise<PersonVerdict | null>;
}
