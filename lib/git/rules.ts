import { compileGlob } from "../workspace/glob";
import { WorkspaceError } from "../workspace/path";

/** What agents may change in repositories, as a person has set it. */
export interface GitRules {
  /** Patterns of the branches that agents may create, commit on and push. A trailing `*` includes deeper names. */
  branches: readonly string[];
  /** Patterns of branches that are forbidden to agents, whatever `branches` says. */
  protectedBranches: readonly string[];
  /**
   * Patterns of the files that their commits may change, relative to the repository; a pattern that begins with `!`
   * excludes files.
   */
  writeScope: readonly string[];
}

export const DEFAULT_RULES: GitRules = {
  branches: ["banyan/*"],
  protectedBranches: ["main", "master", "trunk", "develop", "release", "release/*", "gh-pages"],
  writeScope: ["**"],
};

const NAME_MAX_LENGTH = 200;
const NAMED_PATHS_MAX = 10;

/** Throws a `WorkspaceError` with one sentence unless agents may work on a branch with this name. */
export function requireAllowedBranch(name: string, rules: GitRules): void {
  requireBranchName(name);
  const matches = (pattern: string) => compileBranch(pattern)(name.split("/"));
  const isProtected = rules.protectedBranches.some(matches);
  if (!isProtected && rules.branches.some(matches)) return;
  const why = isProtected ? "is protected" : "is not open to agents";
  throw new WorkspaceError(
    `The branch ${JSON.stringify(name)} ${why}; use a branch whose name matches ${rules.branches.join(" or ")}.`,
  );
}

function compileBranch(pattern: string): (names: string[]) => boolean {
  // Matched from the beginning of the name; without the slash a plain pattern would match only its last part.
  return compileGlob(`/${pattern.replace(/(^|\/)\*$/, "$1**/*")}`);
}

/**
 * Throws unless the name is well-formed. The rule is narrower than git's, so that a name can never be an option, a
 * revision or a path.
 */
function requireBranchName(name: string): void {
  const isPlain = /^[A-Za-z0-9_][A-Za-z0-9._/+#@=-]*$/.test(name) && name.length <= NAME_MAX_LENGTH;
  const isOdd = /\.\.|\/\/|@\{|\/\.|\.lock(\/|$)|[./]$|\/-/.test(name) || isSpecialToGit(name);
  if (!isPlain || isOdd) {
    throw new WorkspaceError(
      `${JSON.stringify(name.slice(0, NAME_MAX_LENGTH))} is not a valid branch name; use letters, digits, ".", "_", "-" and "/", beginning with a letter.`,
    );
  }
}

/**
 * Whether git would read the name as something else than a branch: an option, a whole reference, a commit, or one of its
 * own names such as HEAD, FETCH_HEAD and @. In any case of letters, because some file systems ignore it.
 */
export function isSpecialToGit(name: string): boolean {
  if (name.startsWith("-") || name === "@" || name.includes("@{")) return true;
  if (/^(refs|heads|tags|remotes)(\/|$)/i.test(name)) return true;
  return (
    /^[A-Z]+(_[A-Z]+)+$|^HEAD$/.test(name) ||
    /^([a-z_]+_)?head$/i.test(name) ||
    /^[0-9a-f]{40}([0-9a-f]{24})?$/i.test(name)
  );
}

/** Throws a `WorkspaceError` that names the paths outside the write scope. */
export function requireInScope(paths: Iterable<string>, rules: GitRules): void {
  const given = rules.writeScope.filter((pattern) => !pattern.startsWith("!")).map(compileScope);
  const taken = rules.writeScope
    .filter((pattern) => pattern.startsWith("!"))
    .map((pattern) => compileScope(pattern.slice(1)));
  const outside = new Set<string>();
  for (const path of paths) {
    const names = path.split("/");
    const isInside = given.some((glob) => glob(names)) && !taken.some((glob) => glob(names));
    if (!isInside) outside.add(path);
  }
  if (outside.size === 0) return;
  const named = [...outside].slice(0, NAMED_PATHS_MAX).map((path) => JSON.stringify(path));
  const more = outside.size > NAMED_PATHS_MAX ? ` and ${outside.size - NAMED_PATHS_MAX} more` : "";
  throw new WorkspaceError(
    `These paths are outside the write scope (${rules.writeScope.join(", ")}): ${named.join(", ")}${more}; undo the changes to them.`,
  );
}

/**
 * Always matches from the repository's root, so that `src` is that folder or file and no deeper one; a folder includes
 * everything below it.
 */
function compileScope(pattern: string): (names: readonly string[]) => boolean {
  const anchored = compileGlob(`/${pattern.replace(/^\/+|\/+$/g, "")}`);
  return (names) => names.some((_, index) => anchored(names.slice(0, index + 1)));
}
