/** The test side of a repository: tests and everything that decides how they run. A change is judged by the base's. */
import type { Settings } from "@/gates/model/settings";
import type { Blobs, FileTree, TreeFile } from "@/gates/model/tree";
import { compileGlobs } from "@/lib/workspace/glob";
import { layOver, textIn, withFiles } from "./trees";

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

/** Returns whether a path is on the test side. Files that the tests' commands name are on it too. */
export function testSide(settings: Settings): (path: string) => boolean {
  const isMatched = compileGlobs([...BUILT_IN, ...settings.test_side]);
  const named = new Set(commandsOf(settings).flatMap((command) => command.split(BETWEEN_WORDS).map(withoutDot)));
  return (path) => named.has(path) || isMatched(path);
}

/** What separates words of a shell command. */
const BETWEEN_WORDS = /[\s"'`;|&<>()=,]+/;

function withoutDot(word: string): string {
  return word.startsWith("./") ? word.slice(2) : word;
}

/** Not the other commands: a build names the code that it builds, which belongs to the change. */
function commandsOf({ tests }: Settings): string[] {
  return [tests?.run, tests?.rerun, tests?.until_red].filter((command) => command !== undefined);
}

/** Whether a path is a file with tests, and not only settings of a runner. */
export function isTestFile(path: string): boolean {
  return /(^|\/)(test|tests|spec|__tests__)\/|(\.|_)(test|spec)\.[^/]+$|(^|\/)test_[^/]+\.py$/.test(path);
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
    if (path !== MANIFEST && !path.endsWith(`/${MANIFEST}`)) continue;
    const content = manifestOf(textIn(source, path, blobs), textIn(side, path, blobs));
    if (content !== null && laid.files.has(path))
      manifests.push([path, { ...file, oid: blobs.add(Buffer.from(content)) }]);
  }
  return withFiles(laid, manifests);
}

/** Returns package.json with the other side's keys for tests; null when there is nothing to replace. */
function manifestOf(own: string | null, other: string | null): string | null {
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
