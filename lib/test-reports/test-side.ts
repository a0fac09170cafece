/** The test side of a repository: tests and everything that decides how they run. Nobody is judged by tests that they changed. */
import { compileGlobs } from "@/lib/workspace/glob";

/** Files of tests, of their runners, and settings that decide how code is checked and run. */
const BUILT_IN = [
  ...["*.test.*", "*.spec.*", "*_test.*", "test_*.py", "conftest.py"],
  ...["**/__tests__/**", "**/__mocks__/**", "**/__snapshots__/**", "**/testing/**", "test/**", "tests/**", "spec/**"],
  ...["vitest.*", "vite.config.*", "jest.*", ".mocharc*", "karma.conf.*", "ava.config.*"],
  ...["playwright.config.*", "cypress.config.*", ".c8rc*", ".nycrc*", ".taprc", "pytest.ini", "tox.ini", "noxfile.py"],
  ...["tsconfig*.json", "jsconfig*.json", "babel.config.*", ".babelrc*", ".swcrc"],
  ...["biome.json*", "eslint.config.*", ".eslintrc*", ".eslintignore", "prettier.config.*", ".prettierrc*"],
  ...["pyproject.toml", "setup.cfg", "Makefile", "makefile", "GNUmakefile", "justfile", "Taskfile.*"],
  ...[".npmrc", "**/node_modules/**"],
];
const MANIFEST = "package.json";
/** Keys of package.json that decide how tests and checks run; the other keys belong to the change. */
const MANIFEST_KEYS = [
  ...["scripts", "jest", "vitest", "mocha", "ava", "tap", "c8", "nyc", "babel", "eslintConfig", "prettier", "imports"],
];

/** Returns whether a path is on the test side: by its name, by a further glob, or because a command names it. */
export function testSideOf(commands: readonly string[], globs: readonly string[]): (path: string) => boolean {
  const isMatched = compileGlobs([...BUILT_IN, ...globs]);
  const named = namedIn(commands);
  return (path) => named.has(path) || isMatched(path);
}

/** Returns the words of commands that may be paths. */
export function namedIn(commands: readonly string[]): ReadonlySet<string> {
  return new Set(commands.flatMap((command) => command.split(BETWEEN_WORDS).map(withoutDot)));
}

/** What separates words of a shell command. */
const BETWEEN_WORDS = /[\s"'`;|&<>()=,]+/;

function withoutDot(word: string): string {
  return word.startsWith("./") ? word.slice(2) : word;
}

/** Whether a path is a file with tests, and not only settings of a runner. */
export function isTestFile(path: string): boolean {
  return /(^|\/)(test|tests|spec|__tests__)\/|(\.|_)(test|spec)\.[^/]+$|(^|\/)test_[^/]+\.py$/.test(path);
}

/** Whether a path is a package.json, of which only some keys are on the test side. */
export function isManifest(path: string): boolean {
  return path === MANIFEST || path.endsWith(`/${MANIFEST}`);
}

/** Returns package.json with the other side's keys for tests; null when there is nothing to replace. */
export function manifestWith(own: string | null, other: string | null): string | null {
  const [mine, theirs] = [objectIn(own), objectIn(other)];
  if (!mine || !theirs) return null;
  const result: Record<string, unknown> = { ...mine };
  for (const key of MANIFEST_KEYS) {
    if (key in theirs) result[key] = theirs[key];
    else delete result[key];
  }
  return JSON.stringify(result) === JSON.stringify(mine) ? null : `${JSON.stringify(result, null, 2)}\n`;
}

function objectIn(text: string | null): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}
