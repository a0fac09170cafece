/**
 * Starts the files that take longest before all others, so that at the end of a run no worker waits for a long file
 * that began late. Vitest itself uses only times of an earlier run, which a fresh clone lacks.
 */
import path from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { LONG_UNIT } from "../scripts/test-run/long-tests.mjs";

/** Keeps the order of the others. */
export function longestFirst<File extends { moduleId: string }>(files: readonly File[], root = process.cwd()): File[] {
  const rank = ({ moduleId }: File) => {
    const found = LONG_UNIT.indexOf(path.relative(root, moduleId));
    return found < 0 ? LONG_UNIT.length : found;
  };
  return [...files].sort((a, b) => rank(a) - rank(b));
}

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longestFirst(await super.sort(files));
  }
}
