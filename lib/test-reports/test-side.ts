/** The test side of a repository: tests and everything that decides how they run. Nobody is judged by tests that they changed. */
import { compileGlobs } from "@/lib/workspace/glob";
import { decidesRuns, isBuildPart } from "./setting-names";
import { isTestFolder, isTestName } from "./test-names";

const MANIFEST = "package.json";
/** Keys of package.json that decide how tests and checks run; the other keys belong to the change. */
const MANIFEST_KEYS = [
  "scripts",
  // What scripts are run by, and the variables that npm gives them
  "config",
  "wireit",
  "nx",
  "lerna",
  "betterScripts",
  // Runners and coverage
  "jest",
  "jest-junit",
  "vitest",
  "mocha",
  "ava",
  "tap",
  "jasmine",
  "karma",
  "lab",
  "cypress",
  "tsd",
  "c8",
  "nyc",
  "babel",
  "imports",
  // Linters and other checks
  "eslintConfig",
  "eslintIgnore",
  "prettier",
  "xo",
  "standard",
  "semistandard",
  "standardx",
  "ts-standard",
  "jshintConfig",
  "stylelint",
  "remarkConfig",
  "markdownlint-cli2",
  "commitlint",
  "cspell",
  "knip",
  "jscpd",
  "size-limit",
  "npmpackagejsonlint",
  // Hooks
  "husky",
  "gitHooks",
  "simple-git-hooks",
  "pre-commit",
  "lint-staged",
  "nano-staged",
];

/** Whether a path is a test or belongs to tests: by its own name, or by that of a folder above it. */
export function isTestFile(path: string): boolean {
  const folders = path.split("/");
  const name = folders.pop() ?? "";
  // A name without an ending may be a link in the place of a folder.
  return isTestName(name) || (name.includes(".") ? folders : path.split("/")).some(isTestFolder);
}

/**
 * Whether a path is a setting: of runners, compilers, linters, package managers, builds, hooks or the environment. Not
 * package.json, of which only some keys are (`manifestWith`).
 */
export function isSetting(path: string): boolean {
  return decidesRuns(path) || isBuildPart(path);
}

/**
 * Returns whether a path is on the test side: a test, a setting that decides how tests run, a further glob, or named by a
 * command. `except` are globs of what is not on it by its name.
 */
export function testSideOf(
  commands: readonly string[],
  globs: readonly string[],
  except: readonly string[] = [],
): (path: string) => boolean {
  const [isMatched, isExcepted] = [compileGlobs(globs), compileGlobs(except)];
  const named = namedIn(commands);
  return (path) => named.has(path) || isMatched(path) || ((isTestFile(path) || decidesRuns(path)) && !isExcepted(path));
}

/** Returns the words of commands that may be paths: also as they are read in a folder that the command enters. */
export function namedIn(commands: readonly string[]): ReadonlySet<string> {
  return new Set(
    commands.flatMap((command) => {
      const words = wordsIn(command);
      return [...words, ...foldersEntered(command).flatMap((folder) => words.map((word) => `${folder}/${word}`))];
    }),
  );
}

/** Returns the folders in which parts of a command may run, such as `app` of `cd app && npm test`, and those in them. */
export function foldersEntered(command: string): string[] {
  const words = wordsIn(command);
  const entered = words.flatMap((word, at) => {
    const folder = ENTERS.has(words[at - 1] ?? "") ? word.replace(/(?<!\/)\/+$/, "") : "";
    return /^(?!\/|-)(?!.*\.\.)./.test(folder) ? [folder] : [];
  });
  const nested = entered.flatMap((outer, at) => entered.slice(at + 1).map((inner) => `${outer}/${inner}`));
  return [...new Set([...entered, ...nested])];
}

/** After which words of a command a folder stands in which it runs. */
const ENTERS: ReadonlySet<string> = new Set(["cd", "pushd", "-C", "--prefix", "--dir", "--cwd", "--directory"]);

const wordsIn = (command: string) => command.split(BETWEEN_WORDS).map(withoutDot);

/** What separates words of a shell command. */
const BETWEEN_WORDS = /[\s"'`;|&<>()=,]+/;

function withoutDot(word: string): string {
  return word.startsWith("./") ? word.slice(2) : word;
}

/** Whether a path is a package.json, of which only some keys are on the test side. */
export function isManifest(path: string): boolean {
  return path === MANIFEST || path.endsWith(`/${MANIFEST}`);
}

/** Returns package.json with the other side's keys for tests; null when there is nothing to replace. */
export function manifestWith(own: string | null, other: string | null): string | null {
  const [mine, theirs] = [manifestIn(own), manifestIn(other)];
  if (!mine || !theirs) return null;
  const result: Record<string, unknown> = { ...mine };
  for (const key of MANIFEST_KEYS) {
    if (key in theirs) result[key] = theirs[key];
    else delete result[key];
  }
  return JSON.stringify(result) === JSON.stringify(mine) ? null : `${JSON.stringify(result, null, 2)}\n`;
}

/** Returns what package.json holds; null for no JSON object. Package managers pass over a byte order mark. */
export function manifestIn(text: string | null): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse((text ?? "null").replace(/^\uFEFF/, ""));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
