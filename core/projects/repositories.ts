/** The repositories of a project, which a tree has side by side in its folder when there is more than one. Pure. */
import { repositoryName } from "./repository";

/** A folder's name, which stands in commands, patterns and messages and needs quotes in none of them. */
export const REPOSITORY_FOLDER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/;

/** A repository beside others. `needs`: folders of those that have to be merged before it. */
export interface Beside {
  folder: string;
  needs: readonly string[];
}

/** A copy of a repository in a folder of a tree, beside others. `address`: of what it is a copy. */
export interface CopiedRepository {
  folder: string;
  address: string;
}

/** Returns the name of the folder that a repository's copy gets beside others, and that none of `taken` has. */
export function suggestedFolder(address: string, taken: ReadonlySet<string> = new Set()): string {
  const plain = repositoryName(address)
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+|[-.]+$/g, "")
    .slice(0, 50);
  const name = plain === "" ? "repository" : plain;
  for (let number = 1; ; number += 1) {
    const next = number === 1 ? name : `${name}-${number}`;
    if (!taken.has(next)) return next;
  }
}

/**
 * Returns the repositories in the order in which a change of them is merged: each after those that it needs, else as given.
 * Those that need each other in a circle come last; `circleIn` finds them before they are stored.
 */
export function inMergeOrder<Repository extends Beside>(repositories: readonly Repository[]): Repository[] {
  const left = [...repositories];
  const ordered: Repository[] = [];
  while (left.length > 0) {
    const isWaiting = ({ needs }: Beside) => needs.some((name) => left.some(({ folder }) => folder === name));
    const at = left.findIndex((one) => !isWaiting(one));
    ordered.push(...left.splice(Math.max(at, 0), at < 0 ? left.length : 1));
  }
  return ordered;
}

/** Returns folders that need each other in a circle, in its order, the first one again at the end; null: none do. */
export function circleIn(repositories: readonly Beside[]): string[] | null {
  const needsOf = new Map(repositories.map(({ folder, needs }) => [folder, needs]));
  const search = (folder: string, way: readonly string[]): string[] | null => {
    if (way.includes(folder)) return [...way.slice(way.indexOf(folder)), folder];
    for (const next of needsOf.get(folder) ?? []) {
      const found = search(next, [...way, folder]);
      if (found !== null) return found;
    }
    return null;
  };
  for (const { folder } of repositories) {
    const found = search(folder, []);
    if (found !== null) return found;
  }
  return null;
}

/** Returns one command that runs that of each repository in its folder, and ends with the first that fails; null: none has one. */
export function wholeCommand(commands: readonly { folder: string; command: string | null }[]): string | null {
  const steps = commands.flatMap(({ folder, command }) => (command === null ? [] : [commandIn(folder, command)]));
  return steps.length === 0 ? null : steps.join(" && ");
}

/** What a shell reads otherwise after a `cd` that failed, or in front of a bracket. */
const SEVERAL = /[;#\n\\]|\|\||&(?!&)/;

/** Nothing of the command runs where the folder is not there. */
function commandIn(folder: string, command: string): string {
  return SEVERAL.test(command.replaceAll("&&", ""))
    ? `(cd ${folder} || exit 1\n${command}\n)`
    : `(cd ${folder} && ${command})`;
}
