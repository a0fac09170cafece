/**
 * Finds git repositories that commands create in a person's folder. Most are wanted; a few are traps. Existing ones are
 * mounted read-only (lib/sandbox/git-guard.ts). New ones are inspected, and a person gets a flag when git would run
 * something there.
 */

import type { ToolOutcome } from "@/agents/tools/contract/tool";
import { repositoriesIn, wouldRun } from "@/lib/git/planted";

/** The repositories that were there before a tree's first command, by the tree's cache folder. */
const known = new Map<string, Promise<Map<string, string>>>();
const MOST_KNOWN = 100;

export function knownRepositories(tree: string, workspace: string, signal: AbortSignal): Promise<Map<string, string>> {
  const found = known.get(tree) ?? repositoriesIn(workspace, signal);
  // An aborted search is forgotten, so that the next call searches again.
  found.catch(() => known.delete(tree));
  known.delete(tree);
  known.set(tree, found);
  for (const oldest of known.keys()) {
    if (known.size <= MOST_KNOWN) break;
    known.delete(oldest);
  }
  return found;
}

/** Returns whether this process has run commands for the tree. */
export function isKnown(tree: string): boolean {
  return known.has(tree);
}

/** Returns a flag for new or changed repositories, and adds them to `before` so that each is flagged once. */
export async function plantedFlag(
  workspace: string,
  before: Map<string, string>,
  signal: AbortSignal,
): Promise<Pick<ToolOutcome, "flag">> {
  const now = await repositoriesIn(workspace, signal);
  const found = [...now].filter(([file, obeyed]) => before.get(file) !== obeyed).map(([file]) => file);
  for (const [file, obeyed] of now) before.set(file, obeyed);
  const runs = found.flatMap((repository) => wouldRun(workspace, repository));
  if (runs.length === 0) return {};
  const title = "A git repository in your folder would run programs";
  const detail = `A command created or changed ${found.length === 1 ? "a repository" : `${found.length} repositories`}. The next git command there obeys ${runs.slice(0, 5).join("; ")}. Inspect this before you use git there, or remove it.`;
  return { flag: { title, detail, evidence: found.join("\n") } };
}
