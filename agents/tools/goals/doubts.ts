/** Searches the lines that a goal's work added for code that makes a check pass although the goal is not reached. */
import { textsAt } from "@/lib/clean-room/contents";
import { isPackage } from "@/lib/clean-room/packages";
import { runsTests } from "@/lib/clean-room/runs-tests";
import { isExpected } from "@/lib/clean-room/scope";
import type { ChangedPath, SnapshotStore } from "@/lib/snapshots/port";
import { signsIn } from "@/lib/test-reports/cheat-signs";
import { isTestFile, namedIn } from "@/lib/test-reports/test-side";
import { learntByHeart } from "./learnt";
import { changesOwnTests } from "./own-tests";

const CODE = /\.([cm]?[jt]sx?|py|rb|go|rs|java|kt|cs|php|sh|vue|svelte)$/;
const MOST_DOUBTS = 6;
/** Read together, because starting git for each would take longer than reading it. */
const FILES_AT_ONCE = 40;
/** A statement may be written over several lines. */
const LINES_TOGETHER = 3;
/** Test files that are read for their cases. */
const MOST_TESTS = 200;

interface Work {
  start: string;
  now: string;
  /** What the work changed in its scope. */
  changes: readonly ChangedPath[];
  /** What checks the goal. */
  commands: readonly string[];
  /** Files of the start that the work may not change. */
  fixed: readonly string[];
}

/** Returns a sentence for each doubt. */
export async function doubtsAbout(
  snapshots: Pick<SnapshotStore, "files" | "contents" | "find">,
  { start, now, changes, commands, fixed: all }: Work,
): Promise<string[]> {
  const fixed = all.filter((path) => isTestFile(path) || isExpected(path));
  const named = namedIn(commands.filter((command) => runsTests(command, null)));
  const doubts: string[] = [];
  const sources: { path: string; lines: string[] }[] = [];
  const paths = changes
    .filter(({ path, after }) => after !== null && CODE.test(path) && !isTestFile(path) && !isPackage(path))
    .map(({ path }) => path);
  for (let from = 0; from < paths.length && doubts.length < MOST_DOUBTS; from += FILES_AT_ONCE) {
    const some = paths.slice(from, from + FILES_AT_ONCE);
    const [before, after] = [await textsAt(snapshots, start, some), await textsAt(snapshots, now, some)];
    for (const [at, path] of some.entries()) {
      if (after[at] === null) doubts.push(`${path} is too large to be looked at.`);
      const [old, text] = [before[at] ?? "", after[at] ?? ""];
      sources.push({ path, lines: newLinesOf(old, text).map(({ line }) => line) });
      doubts.push(...signsOf(path, old, text));
      doubts.push(...readsOf(path, old, text, fixed));
      if (changesOwnTests(path, old, text, named.has(path)))
        doubts.push(`${path}: tests of the start in this file were changed.`);
    }
  }
  const learnt = sources.length === 0 ? null : learntByHeart(await testsAt(snapshots, start), sources);
  return [...(learnt === null ? [] : [learnt]), ...doubts].slice(0, MOST_DOUBTS);
}

async function testsAt(snapshots: Pick<SnapshotStore, "files" | "contents" | "find">, start: string) {
  const paths = (await snapshots.files(start))
    .map(({ path }) => path)
    .filter((path) => isTestFile(path) && CODE.test(path) && !isPackage(path));
  const texts = await textsAt(snapshots, start, paths.slice(0, MOST_TESTS));
  return texts.filter((text) => text !== null);
}

function newLinesOf(before: string, after: string): { line: string; at: number; lines: readonly string[] }[] {
  const known = new Set(before.split("\n").map((line) => line.trim()));
  const lines = after.split("\n");
  return lines.flatMap((line, at) => (known.has(line.trim()) ? [] : [{ line, at, lines }]));
}

/** Returns a sentence for each new line that names a file of the tests, or what they expect, as a path. */
function readsOf(path: string, before: string, after: string, fixed: readonly string[]): string[] {
  return newLinesOf(before, after).flatMap(({ line, at }) => {
    const texts = [...line.matchAll(/["'`]([^"'`\n]{3,200})["'`]/g)].map(([, text = ""]) =>
      text.replace(/^(\.{0,2}\/)+/, ""),
    );
    const found = fixed.find((file) =>
      texts.some((text) => file === text || (text.includes(".") && file.endsWith(`/${text}`))),
    );
    return found
      ? [`${path}, line ${at + 1}, names ${found}, which decides about it: \`${line.trim().slice(0, 100)}\`.`]
      : [];
  });
}

/** Returns a sentence for each new line that has a sign, alone or with the lines after it. */
function signsOf(path: string, before: string, after: string): string[] {
  const seen = new Map<string, number>();
  return newLinesOf(before, after).flatMap(({ line, at, lines }) => {
    const together = lines.slice(at, at + LINES_TOGETHER).map((line) => line.trim());
    const says = signsIn(path, line) ?? signsIn(path, together.join(" ")) ?? signsIn(path, together.join(""));
    if (!says) return [];
    // The same sign of a statement that begins a line before.
    const last = seen.get(says);
    seen.set(says, at);
    if (last !== undefined && at - last < LINES_TOGETHER) return [];
    return [`${path}, line ${at + 1}, ${says}: \`${line.trim().slice(0, 100)}\`.`];
  });
}
