import { patternsOfType } from "./file-types";
import { compileGlob } from "./glob";

/** Which files a search takes, by their names below its start. */
export interface FileFilter {
  /** `isLeftOut`: hidden or ignored, and so only taken when a pattern names it. */
  takes(names: readonly string[], isLeftOut: boolean): boolean;
}

/**
 * The rules of ripgrep's `--glob` and `--type`: of the globs the last that fits decides, `!` before one takes files away, and
 * with any that does not begin so the rest are left out. A file that a glob names is taken even if it is hidden or ignored.
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
      const rule = rules.findLast((one) => one.fits(names));
      const isNamed = rule !== undefined && !rule.takesAway;
      if (rule?.takesAway || (onlyNamed && !isNamed)) return false;
      if (isLeftOut && !isNamed) return false;
      return ofType === null || ofType.some((fits) => fits(names));
    },
  };
}
