/** Reads the lines that a goal's work added to code, for what makes a check pass without the goal being reached. */
import type { ChangedPath, SnapshotStore } from "@/lib/snapshots/port";
import { isTestFile } from "@/lib/test-reports/test-side";
import { isPackage, textAt } from "./clean-room";

const CODE = /\.([cm]?[jt]sx?|py|rb|go|rs|java|kt|cs|php|sh|vue|svelte)$/;
const MOST_DOUBTS = 6;

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
  for (const { path, after } of changes) {
    if (after === null || !CODE.test(path) || isTestFile(path) || isPackage(path)) continue;
    const [before, text] = [await textAt(snapshots, start, path), await textAt(snapshots, now, path)];
    const known = new Set((before ?? "").split("\n").map((line) => line.trim()));
    for (const [at, line] of (text ?? "").split("\n").entries()) {
      if (known.has(line.trim())) continue;
      const found = SIGNS.find(({ sign }) => sign.test(line));
      if (found) doubts.push(`${path}, line ${at + 1}, ${found.says}: \`${line.trim().slice(0, 100)}\`.`);
      if (doubts.length >= MOST_DOUBTS) return doubts;
    }
  }
  return doubts;
}
