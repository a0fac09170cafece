/** Changes of Banyan's own code by its agents. */

/** The address under which a task names the source of the release that runs, as a repository. */
export const SELF_URL = "banyan:self";

export interface SelfState {
  /** null: agents may propose changes. `by` is null for the file `self/halt` in the data folder. */
  off: { by: string | null; since: string; reason: string } | null;
}
