/**
 * A command may make a new repository in a person's folder: often what was asked for, and rarely a trap. What the host can show
 * read-only it does (lib/sandbox/git-guard.ts); what appears is looked at, and put before a person when git would run something there.
 */

import type { ToolOutcome } from "@/agents/tools/contract/tool";
import { repositoriesIn, wouldRun } from "@/lib/git/planted";

/** By the tree's cache folder, which is its own: what was there before its first command. */
const known = new Map<string, Promise<Map<string, string>>>();
const MOST_KNOWN = 100;

export function knownRepositories(tree: string, workspace: string, signal: AbortSignal): Promise<Map<string, string>> {
  const found = known.get(tree) ?? repositoriesIn(workspace, signal);
  // A look that was called off is made again.
  found.catch(() => known.delete(tree));
  known.delete(tree);
  known.set(tree, found);
  for (const oldest of known.keys()) {
    if (known.size <= MOST_KNOWN) break;
    known.delete(oldest);
  }
  return found;
}

/** Whether commands have run there, in this process. */
export function isKnown(tree: string): boolean {
  return known.has(tree);
}

/** Each one is told once. */
export async function plantedFlag(
  workspace: string,
  before: Map<string, string>,
  signal: AbortSignal,
): Promise<Pick<ToolOutcome, "flag">> {
  const now = await repositoriesIn(workspace, signal);
  const found = [...now].filter(([one, obeyed]) => before.get(one) !== obeyed).map(([one]) => one);
  for (const [one, obeyed] of now) before.set(one, obeyed);
  const runs = found.flatMap((one) => wouldRun(workspace, one));
  if (runs.length === 0) return {};
  const title = "A git repository in your folder would run programs";
  const detail = `A command made or changed ${found.length === 1 ? "it" : `${found.length} of them`}. The next git command that you give there obeys ${runs.slice(0, 5).join("; ")}. Look before you use git there, or remove it.`;
  return { flag: { title, detail, evidence: found.join("\n") } };
}
