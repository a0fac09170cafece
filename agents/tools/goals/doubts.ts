/** Reads the lines that a goal's work added to code, for what makes a check pass without the goal being reached. */
import type { ChangedPath, SnapshotStore } from "@/lib/snapshots/port";
import { isTestFile } from "@/lib/test-reports/test-side";
import { isPackage, textsAt } from "./clean-room";

const CODE = /\.([cm]?[jt]sx?|py|rb|go|rs|java|kt|cs|php|sh|vue|svelte)$/;
const MOST_DOUBTS = 6;
/** Read together, because starting git for each would take longer than reading it. */
const FILES_AT_ONCE = 40;

/** What a line of code does that only helps against tests, with what is said of it. */
const SIGNS: readonly { sign: RegExp; says: string }[] = [
  {
    sign: /\b(VITEST(_[A-Z_]+)?|JEST_WORKER_ID|NODE_TEST_CONTEXT|PLAYWRIGHT_[A-Z_]+|PYTEST_[A-Z_]+)\b|\bimport\.meta\.vitest\b|NODE_ENV["'\])]*\s*[!=]==?\s*["']test["']/,
    says: "asks whether a test runs it",
  },
  {
    sign: /\b(globalThis|global|window|self)\s*(\.\s*|\[\s*["'`])(Date|performance|setTimeout|setInterval|setImmediate|queueMicrotask)\b["'`\]]*\s*=(?!=)|\b(Date\.now|performance\.now|process\.hrtime|Date\.prototype\.\w+|time\.(time|monotonic|sleep))\s*=(?!=)|\bclass\s+Date\b|useFakeTimers|\b(sinon|mockdate|timekeeper|freezegun|freeze_time|libfaketime)\b/,
    says: "replaces the clock",
  },
  {
    sign: /\bprocess\.(exit|reallyExit|abort|exitCode|stdout\.write|stderr\.write|emit)\s*=(?!=)|\bprocess\.(on|once|prependListener)\(\s*["'`](exit|beforeExit)|\batexit\.register\b|\bos\._exit\b/,
    says: "changes how the program ends",
  },
  {
    sign: /\b(assert|expect|chai)(\.\w+)+\s*=(?!=)(?!>)|\brequire\.cache\b|\bModule\._(load|resolveFilename)\b|\bsys\.modules\[|\b(assert|unittest)\.\w+\s*=(?!=)/,
    says: "replaces what tests are made of",
  },
  {
    sign: /\bObject\.defineProperty\(\s*(globalThis|global|process|Date|performance|Math|console|assert)\b|\bReflect\.set\(\s*(globalThis|process|Date)\b/,
    says: "replaces a part of the language's library",
  },
];

/** Returns a sentence for each doubt. */
export async function doubtsAbout(
  snapshots: Pick<SnapshotStore, "changes" | "files" | "copy" | "contents" | "find">,
  { start, now, changes }: { start: string; now: string; changes: readonly ChangedPath[] },
): Promise<string[]> {
  const doubts: string[] = [];
  const paths = changes
    .filter(({ path, after }) => after !== null && CODE.test(path) && !isTestFile(path) && !isPackage(path))
    .map(({ path }) => path);
  for (let from = 0; from < paths.length && doubts.length < MOST_DOUBTS; from += FILES_AT_ONCE) {
    const some = paths.slice(from, from + FILES_AT_ONCE);
    const [before, after] = [await textsAt(snapshots, start, some), await textsAt(snapshots, now, some)];
    for (const [at, path] of some.entries()) doubts.push(...doubtsIn(path, before[at] ?? "", after[at] ?? ""));
  }
  return doubts.slice(0, MOST_DOUBTS);
}

/** Returns a sentence for each line that is new and has a sign. */
function doubtsIn(path: string, before: string, after: string): string[] {
  const known = new Set(before.split("\n").map((line) => line.trim()));
  return after.split("\n").flatMap((line, at) => {
    const found = known.has(line.trim()) ? undefined : SIGNS.find(({ sign }) => sign.test(line));
    return found ? [`${path}, line ${at + 1}, ${found.says}: \`${line.trim().slice(0, 100)}\`.`] : [];
  });
}
