/** The test side of a repository: tests and everything that decides how they run. A change is judged by the base's. */
import type { Settings } from "@/gates/model/settings";
import type { Blobs, FileTree, TreeFile } from "@/gates/model/tree";
import { isManifest, manifestIn, manifestWith, testSideOf } from "@/lib/test-reports/test-side";
import { compileGlobs } from "@/lib/workspace/glob";
import { reachedFrom } from "./reached";
import { layOver, textIn, withFiles } from "./trees";

/** Returns whether a path is on the test side. Files that the tests' commands name are on it too. */
export function testSide(settings: Settings): (path: string) => boolean {
  const { taken, left } = withExceptions(settings.test_side);
  return testSideOf(commandsOf(settings), taken, left);
}

/** Returns whether a path matches one of the patterns, and none of those that begin with "!". */
export function globsWithout(patterns: readonly string[]): (path: string) => boolean {
  const { taken, left } = withExceptions(patterns);
  const [isTaken, isLeft] = [compileGlobs(taken), compileGlobs(left)];
  return (path) => isTaken(path) && !isLeft(path);
}

function withExceptions(patterns: readonly string[]): { taken: string[]; left: string[] } {
  const isException = (glob: string) => glob.startsWith("!");
  return {
    taken: patterns.filter((glob) => !isException(glob)),
    left: patterns.filter(isException).map((glob) => glob.slice(1)),
  };
}

/**
 * Returns whether a path is on the test side of a change, which includes files that the tests' commands reach in the
 * base. A new file on that side is not in the tree that the base's tests judge.
 */
export function testSideOfChange(
  settings: Settings,
  { base, blobs }: { base: FileTree; blobs: Blobs },
): (path: string) => boolean {
  const [isOnSide, isReached] = [testSide(settings), reachedFrom(commandsOf(settings), base, blobs)];
  return (path) => isOnSide(path) || isReached(path);
}

/** The other commands do not count: a build names the code that it builds, which belongs to the change. */
function commandsOf({ tests }: Settings): string[] {
  return [tests?.run, tests?.rerun, tests?.some, tests?.list?.run, tests?.until_red].filter(
    (command) => command !== undefined,
  );
}

/** Whether a path has the name of a file of tests, which other files of tests do not load. */
export function isAloneByName(path: string): boolean {
  return /(\.|_)(test|spec)\.\w+$/.test(path);
}

/** Returns the source of one tree with the test side of another. */
export function withTestSideOf(
  source: FileTree,
  side: FileTree,
  { isOnSide, blobs }: { isOnSide: (path: string) => boolean; blobs: Blobs },
): FileTree {
  const laid = layOver(source, side, isOnSide);
  const manifests: [string, TreeFile][] = [];
  for (const [path, file] of source.files) {
    if (!isManifest(path) || !laid.files.has(path)) continue;
    const [own, other] = [textIn(source, path, blobs), textIn(side, path, blobs)];
    const content = manifestWith(own, other);
    const whole = side.files.get(path);
    // A link, or what only some package managers read, could hold any script.
    if (manifestIn(own) === null && manifestIn(other) !== null && whole) manifests.push([path, whole]);
    else if (content !== null) manifests.push([path, { ...file, oid: blobs.add(Buffer.from(content)) }]);
  }
  return withFiles(laid, manifests);
}
