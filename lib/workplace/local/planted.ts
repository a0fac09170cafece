/**
 * Finds git repositories that commands create in a person's folder. Most are wanted; a few are traps. Existing ones are
 * mounted read-only (lib/sandbox/git-guard.ts). New ones are inspected, and a person gets a flag when git would run
 * something there.
 */
import { repositoriesIn, wouldRun } from "../../git/planted";
import type { PlantedRepositories, WorkplaceFolder } from "../port";

/** The repositories that were there before a tree's first command, by the tree's cache folder. */
const known = new Map<string, Promise<Map<string, string>>>();
const MOST_KNOWN = 100;

export async function rememberRepositories(
  { guardsGit, cacheDir, root }: WorkplaceFolder,
  signal: AbortSignal,
): Promise<void> {
  if (guardsGit) await knownRepositories(cacheDir, root, signal);
}

/** Returns the paths of the repositories in a person's folder, and remembers them if none were remembered yet. */
export async function repositoriesNow({ cacheDir, root }: WorkplaceFolder, signal: AbortSignal): Promise<string[]> {
  const now = repositoriesIn(root, signal);
  if (!known.has(cacheDir)) remember(cacheDir, now);
  return [...(await now).keys()];
}

function knownRepositories(cacheDir: string, root: string, signal: AbortSignal): Promise<Map<string, string>> {
  return remember(cacheDir, known.get(cacheDir) ?? repositoriesIn(root, signal));
}

function remember(cacheDir: string, found: Promise<Map<string, string>>): Promise<Map<string, string>> {
  // An aborted search is forgotten, so that the next call searches again.
  found.catch(() => known.delete(cacheDir));
  known.delete(cacheDir);
  known.set(cacheDir, found);
  for (const oldest of known.keys()) {
    if (known.size <= MOST_KNOWN) break;
    known.delete(oldest);
  }
  return found;
}

/** Returns what new or changed repositories would run, and remembers them, so that each is told once. */
export async function plantedRepositories(
  { cacheDir, root }: WorkplaceFolder,
  signal: AbortSignal,
): Promise<PlantedRepositories | null> {
  const before = await known.get(cacheDir);
  if (!before) return null;
  const now = await repositoriesIn(root, signal);
  const repositories = [...now].filter(([file, obeyed]) => before.get(file) !== obeyed).map(([file]) => file);
  for (const [file, obeyed] of now) before.set(file, obeyed);
  const runs = repositories.flatMap((repository) => wouldRun(root, repository));
  return runs.length === 0 ? null : { repositories, runs };
}
