import { patternsOfType } from "./file-types";
import { compileGlob } from "./glob";

/** Decides which files a search includes, by their names below its start. */
export interface FileFilter {
  /** `isLeftOut`: the file is hidden or ignored, so it is included only when a glob names it. */
  takes(names: readonly string[], isLeftOut: boolean): boolean;
}

/**
 * Returns a filter with the rules of ripgrep's `--glob` and `--type`: the last glob that matches decides, a leading `!`
 * excludes files, and if any glob has no `!`, all other files are excluded. A file that a glob names is included even
 * if it is hidden or ignored.
 */
export function fileFilter(globs: readonly string[], type?: string): FileFilter {
  const rules = globs.map((glob) => ({
    takesAway: glob.startsWith("!"),
    fits: compileGlob(glob.startsWith("!") ? glob.slice(1) : glob),
  }));
  const onlyNamed = rules.some((rule) => !rule.takesAway);
  const ofType = type === undefined ? null : patternsOfType(type).map(compileGlob);
  return {
    takes(names, isLeftOut) {
      const rule = rules.findLast((rule) => rule.fits(names));
      const isNamed = rule !== undefined && !rule.takesAway;
      if (rule?.takesAway || (onlyNamed && !isNamed)) return false;
      if (isLeftOut && !isNamed) return false;
      return ofType === null || ofType.some((fits) => fits(names));
    },
  };
}
