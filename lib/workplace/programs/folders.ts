/** The folders of tool servers' programs on a runner: one for each snapshot, which all trees share while one of them uses it. */
import { join } from "node:path";
import { removeTree } from "../../workspace/remove-tree";

export interface ProgramFolders {
  /** Resolves with the folder of a snapshot, and what to call when its program has ended. */
  use(commit: string): Promise<{ folder: string; end(): void }>;
}

/** A server that starts again needs its program at once. */
const KEPT_MS = 600_000;

interface Kept {
  uses: number;
  ready: Promise<void>;
  /** Ends the wait for the removal of an unused one. */
  keep(): void;
}

export function programFolders(
  dir: string,
  checkOut: (commit: string, folder: string) => Promise<void>,
): ProgramFolders {
  const kept = new Map<string, Kept>();
  const removals = new Map<string, Promise<void>>();

  async function write(commit: string, folder: string): Promise<void> {
    await removals.get(commit);
    // A removal that failed left a part of it.
    await removeTree(folder);
    await checkOut(commit, folder);
  }

  function remove(commit: string, folder: string): void {
    kept.delete(commit);
    const removal = removeTree(folder)
      .catch(() => undefined)
      .finally(() => removals.delete(commit));
    removals.set(commit, removal);
  }

  return {
    async use(commit) {
      const folder = join(dir, commit);
      const program = kept.get(commit) ?? { uses: 0, ready: write(commit, folder), keep() {} };
      kept.set(commit, program);
      program.keep();
      program.uses += 1;
      const end = () => {
        program.uses -= 1;
        if (program.uses > 0) return;
        const timer = setTimeout(() => remove(commit, folder), KEPT_MS).unref();
        program.keep = () => clearTimeout(timer);
      };
      try {
        await program.ready;
      } catch (error) {
        // The next use writes it anew.
        if (kept.get(commit) === program) kept.delete(commit);
        throw error;
      }
      return { folder, end };
    },
  };
}
