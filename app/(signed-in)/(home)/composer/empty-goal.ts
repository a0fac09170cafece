export interface GoalDraft {
  /** The validation command. */
  check: string;
  /** One criterion a line: statement :: command :: weight. */
  shows: string;
  mode: string;
  executor: string;
  /** In percent. */
  threshold: string;
  rounds: string;
  minutes: string;
  /** Globs, one a line or separated by commas, as in the other lists of files. "": Banyan proposes the scope. */
  scope: string;
  protect: string;
  mayChange: string;
  hidden: string;
  /** In percent, or below 1 as a share. */
  hiddenShare: string;
  setup: string;
  reflectEvery: string;
  /** In the mode “supervised”: how many rounds run before a person is asked again. */
  askEvery: string;
  /** "yes": asks a person when it makes no progress. */
  ask: string;
  onSuccess: string;
  delivery: string;
}

export const EMPTY_GOAL: GoalDraft = {
  check: "",
  shows: "",
  mode: "",
  executor: "",
  threshold: "",
  rounds: "",
  minutes: "",
  scope: "",
  protect: "",
  mayChange: "",
  hidden: "",
  hiddenShare: "",
  setup: "",
  reflectEvery: "",
  askEvery: "",
  ask: "",
  onSuccess: "",
  delivery: "",
};
