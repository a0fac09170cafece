/** Tests that agents do not see, which code that fits only the visible cases does not pass. */
import { createHash } from "node:crypto";
import { isTestFile } from "@/lib/test-reports/test-side";
import { compileGlobs } from "@/lib/workspace/glob";
import { isPackage } from "./packages";

export interface Hiding {
  globs: readonly string[];
  /** The share of the tests, from 0 to below 1, that is hidden besides, by the hash of their path. */
  share: number;
}

export function hidesAny({ globs, share }: Hiding): boolean {
  return globs.length > 0 || share > 0;
}

/** Returns the paths that are hidden. Throws a WorkspaceError for a glob that is none. */
export function hiddenIn(paths: readonly string[], { globs, share }: Hiding): string[] {
  const isNamed = compileGlobs(globs);
  const isDrawn = (path: string) => isTestFile(path) && hasTestsByName(path) && drawOf(path) < share;
  return paths.filter((path) => !isPackage(path) && (isNamed(path) || isDrawn(path)));
}

/** Not fixtures: the visible tests may need them. */
function hasTestsByName(path: string): boolean {
  return /\.([cm]?[jt]sx?|py|go|rs|rb|php|java|kt|cs|scala|ex|exs|swift|dart|bats|feature)$/.test(path);
}

/** Returns a number from 0 to below 1 that is the same for the path at all times. */
function drawOf(path: string): number {
  return createHash("sha256").update(path).digest().readUInt32BE(0) / 2 ** 32;
}
