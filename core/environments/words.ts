/** How environments are called, and what their states are in words. */
import type { Environment, EnvironmentState } from "./environment";

/** Words for a person, and the look of the state's sign. */
export const STATE_WORDS: Record<
  EnvironmentState,
  { word: string; look: "running" | "succeeded" | "failed" | "idle" }
> = {
  waiting: { word: "Waits for its turn", look: "running" },
  preparing: { word: "Is being prepared", look: "running" },
  starting: { word: "Starts", look: "running" },
  running: { word: "Runs", look: "succeeded" },
  asleep: { word: "Sleeps", look: "idle" },
  failed: { word: "Failed", look: "failed" },
  ending: { word: "Ends", look: "idle" },
};

export function isSettled({ state }: Pick<Environment, "state">): boolean {
  return state === "running" || state === "asleep" || state === "failed";
}

/** One line: what it is and what it does now. */
export function environmentLine({ name, state, why, commit, branch, pull }: Environment): string {
  const of = pull === null ? (branch === null ? "" : ` of ${branch}`) : ` of pull request ${pull}`;
  const at = commit === null ? "" : ` at ${commit.slice(0, 7)}`;
  return `${name}${of}${at}: ${STATE_WORDS[state].word.toLowerCase()}${why === null ? "" : `. ${why}`}`;
}
