/** What Banyan knows of the runbooks that it brings along. */

/** Those that other runbooks or Banyan itself start. */
const INNER: ReadonlySet<string> = new Set(["canary", "repository-folder", "sample", "sample-index", "sample-measure"]);

export function isInnerRunbook(name: string): boolean {
  return INNER.has(name);
}

/** Whether the runbook reads a repository and runs nothing in it, so that a copy needs no file that git ignores. */
export function readsOnlySources(name: string | undefined): boolean {
  return name === "repository-survey";
}
