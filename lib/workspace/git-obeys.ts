/** Which paths of a repository git obeys: what they name, git runs or reads as its settings. */
import { folded, isDotGit } from "./spelling";

/** In a repository's own folder; the folders of submodules and worktrees have the same. */
export const OBEYED_NAMES: readonly string[] = ["config", "config.worktree", "commondir", "gitdir", "hooks", "info"];
/** Folders of a repository's own folder that contain the folders of other repositories. */
export const NESTED_REPOSITORIES: readonly string[] = ["modules", "worktrees"];

/**
 * Returns the repository's own folder for a path that git obeys there, such as `app/.git` for `app/.git/hooks/pre-commit`;
 * null for any other path. Objects, references, the index and logs are data. A path below `modules` or `worktrees` counts
 * when any name below is such a name, because a submodule's folder may be some levels down.
 */
export function obeyedIn(parts: readonly string[]): string | null {
  const at = parts.findIndex(isDotGit);
  if (at < 0) return null;
  const [first, ...others] = parts.slice(at + 1).map(folded);
  const isObeyed = (name: string) => OBEYED_NAMES.includes(name);
  // A file `.git` leads git to another folder.
  const isSo = first === undefined || isObeyed(first) || (NESTED_REPOSITORIES.includes(first) && others.some(isObeyed));
  return isSo ? parts.slice(0, at + 1).join("/") : null;
}
