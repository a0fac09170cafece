/** Tells what was dealt with from what a look could not measure. */
import type { KnownInsight } from "./insight";
import type { Repository } from "./repository";

/** Of insights that this look did not find again, returns the ids of those that it could not measure. */
export function unmeasuredOf(repository: Repository, gone: readonly KnownInsight[]): string[] {
  return gone.filter((one) => !isMeasured(repository, one)).map(({ id }) => id);
}

function isMeasured(repository: Repository, { kind, path, places = [], byReport }: KnownInsight): boolean {
  const { paths, unread, changes, coverage, files } = repository;
  // Of a file that was deleted nothing is left to do.
  if (path !== "" && !paths.has(path)) return true;
  if ([path, ...places].some((place) => unread.has(place))) return false;
  if (kind === "hotspot" && changes === null) return false;
  if (byReport && !coverage?.files.has(path)) return false;
  // Without code there is nothing to test, and unread files may be all of it.
  return kind !== "no-tests" || unread.size === 0 || files.some(({ isTest, brief }) => isTest || brief.hasTests);
}
