/** Lists code that no test reaches, for people and agents who write tests for it. */
import { isReadable } from "@/gates/code/functions";
import type { GateContext } from "@/gates/model/gate";
import { addedLines } from "@/gates/source/lines";
import { textIn } from "@/gates/source/trees";
import { suiteOf } from "@/gates/suite/suite";
import { linesByPath } from "./paths";
import { coverageOf, percentIn } from "./run";

export interface Gap {
  path: string;
  /** The first and the last line of each piece that no test reaches. */
  lines: [number, number][];
  /** How many of these lines the change adds. */
  added: number;
}

export interface Gaps {
  version: 1;
  /** Of the lines of the whole report. */
  percent: number;
  gaps: Gap[];
  /** Files of code that the report does not name: no test loads them. */
  unseen: string[];
}

/** Returns why the gaps are not known, as a sentence. `all`: also in files that the change leaves as they are. */
export async function gapsIn(context: GateContext, { all }: { all: boolean }): Promise<Gaps | string> {
  const { settings, change } = context;
  if (!settings.coverage) return "The settings name no command for coverage, and no file of the repository shows one.";
  const problem = await context.runner.problem();
  if (problem !== null) return problem;
  const coverage = await coverageOf(context, settings.coverage, "head", change.head);
  if (typeof coverage === "string") return `Not measured: ${coverage}.`;
  if (coverage.files.size === 0)
    return "The report has only sums. Use a format with lines, such as lcov or coverage-final.json.";
  const byPath = linesByPath(coverage, change.head);
  const { isOnSide } = suiteOf(context);
  const changed = new Set(change.paths.map(({ path }) => path));
  const asked = [...change.head.files.keys()].filter((path) => !isOnSide(path) && (all || changed.has(path))).sort();
  return {
    version: 1,
    percent: Math.floor(percentIn(coverage) * 10) / 10,
    gaps: asked.flatMap((path) => gapIn(context, path, byPath.get(path)) ?? []),
    unseen: asked.filter((path) => isReadable(path) && !byPath.has(path)),
  };
}

function gapIn({ change }: GateContext, path: string, lines: ReadonlyMap<number, boolean> | undefined): Gap | null {
  const missed = [...(lines ?? [])].filter(([, isReached]) => !isReached).map(([line]) => line);
  if (missed.length === 0) return null;
  const { base, head, blobs } = change;
  const text = textIn(head, path, blobs) ?? "";
  const added = new Set(addedLines(textIn(base, path, blobs), text).map(({ line }) => line));
  const known = new Set(lines?.keys());
  return {
    path,
    lines: piecesOf(missed, (line) => !known.has(line)),
    added: missed.filter((line) => added.has(line)).length,
  };
}

/** Lines without code, between two lines of a piece, do not divide it. */
function piecesOf(lines: readonly number[], isBetween: (line: number) => boolean): [number, number][] {
  const pieces: [number, number][] = [];
  for (const line of [...lines].sort((a, b) => a - b)) {
    const last = pieces.at(-1);
    let next = (last?.[1] ?? 0) + 1;
    while (last && next < line && isBetween(next)) next += 1;
    if (last && next === line) last[1] = line;
    else pieces.push([line, line]);
  }
  return pieces;
}
