/** Finds out whether a run rewrites files that decide about it: those of the start outside the scope. */
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface FixedFiles {
  /** Remembers the files as they are before the run. */
  remember(): void;
  /** Returns the paths whose contents have changed since then. */
  changed(): string[];
}

/** `paths` are watched in the folder. Their contents are compared only where their size or time has changed. */
export function fixedFiles(folder: string, paths: readonly string[]): FixedFiles {
  const before = new Map<string, { sign: string; text: Buffer | null }>();
  return {
    remember() {
      for (const path of paths) {
        const file = join(folder, path);
        const sign = signOf(file);
        if (sign !== null) before.set(path, { sign, text: contentOf(file) });
      }
    },
    changed: () =>
      [...before].flatMap(([path, { sign, text }]) => {
        const file = join(folder, path);
        if (signOf(file) === sign) return [];
        const now = contentOf(file);
        return text && now?.equals(text) ? [] : [path];
      }),
  };
}

function signOf(file: string): string | null {
  const stat = lstatSync(file, { throwIfNoEntry: false, bigint: true });
  return stat?.isFile() ? `${stat.ino} ${stat.size} ${stat.ctimeNs}` : null;
}

const MOST_BYTES = 1_000_000n;

function contentOf(file: string): Buffer | null {
  const stat = lstatSync(file, { throwIfNoEntry: false, bigint: true });
  return stat?.isFile() && stat.size <= MOST_BYTES ? readFileSync(file) : null;
}
