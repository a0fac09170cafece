/** The table “Where to find” of ARCHITECTURE.md is followed: what a row names exists, and each step leads to the next. */

import path from "node:path";
import { importEdges } from "./edges";
import type { Fault } from "./fault";
import type { SourceFile } from "./sources";

const MAP = "ARCHITECTURE.md";
const HEADING = "## Where to find";
/** Imports from one step of a row to the next, in either direction: a step may be handed to the one before it. */
const MOST_STEPS = 2;

/** One place that a row names: the files it stands for, and whether an arrow leads to it. */
interface Place {
  name: string;
  files: string[];
  isNext: boolean;
}

export function checkMap(sources: SourceFile[]): Fault[] {
  const map = sources.find(({ file }) => file === MAP);
  if (!map) return [];
  const lines = map.text.split("\n");
  const start = lines.indexOf(HEADING);
  if (start < 0) return [{ file: MAP, message: `has no section “${HEADING}”: newcomers find their way by it` }];
  const end = lines.findIndex((line, index) => index > start && line.startsWith("## "));
  const near = neighbours(sources);
  return lines.flatMap((line, index) => {
    const isRow = index > start + 2 && (end < 0 || index < end) && line.startsWith("| ");
    if (!isRow) return [];
    const where = { file: MAP, line: index + 1 };
    return faultsOf(line.split(" | ").slice(1).join(" | "), sources, near).map((message) => ({ ...where, message }));
  });
}

function faultsOf(text: string, sources: SourceFile[], near: Map<string, Set<string>>): string[] {
  const faults: string[] = [];
  const places: Place[] = [];
  const words: string[] = [];
  for (const [, arrow, name = ""] of text.matchAll(/(→\s*)?`([^`]+)`/g)) {
    // `<noun>` stands for any file.
    if (name.includes("<")) continue;
    if (!isPlace(name)) {
      words.push(name);
      continue;
    }
    const files = filesOf(name, places, sources);
    if (files.length === 0) faults.push(`names ${name}, which does not exist: name where it is now`);
    places.push({ name, files, isNext: arrow !== undefined });
  }
  const texts = sources.filter(({ file }) => places.some(({ files }) => files.includes(file))).map((one) => one.text);
  for (const word of words)
    if (!texts.some((one) => one.includes(word)))
      faults.push(`says ${word}, which no file of the row contains: name the file that does`);
  for (const [index, { name, files, isNext }] of places.entries()) {
    const before = places[index - 1];
    if (!isNext || !before || files.length === 0 || before.files.length === 0) continue;
    if (!reaches(before.files, files, near))
      faults.push(`leads from ${before.name} to ${name}, and no import does: name the file between them`);
  }
  return faults;
}

const isPlace = (name: string) => /\/|\.(ts|tsx|mjs|md)$/.test(name);

/** Returns the files of a place. A name without folders stands beside a file before it. */
function filesOf(name: string, before: readonly Place[], sources: SourceFile[]): string[] {
  const folders = before.flatMap(({ files }) => files.slice(0, 1)).map((file) => path.posix.dirname(file));
  for (const folder of ["", ...folders.toReversed()]) {
    const wanted = path.posix.join(folder, name).replace(/\/$/, "");
    const found = sources.filter(({ file }) => file === wanted || file.startsWith(`${wanted}/`));
    if (found.length > 0) return found.map(({ file }) => file);
  }
  return [];
}

/** Returns for each file those that it imports, or that import it. */
function neighbours(sources: SourceFile[]): Map<string, Set<string>> {
  const near = new Map<string, Set<string>>();
  const add = (from: string, to: string) => {
    const all = near.get(from) ?? new Set();
    near.set(from, all.add(to));
  };
  for (const { from, to, isPackage } of importEdges(sources)) {
    if (isPackage) continue;
    add(from, to);
    add(to, from);
  }
  return near;
}

function reaches(from: readonly string[], to: readonly string[], near: Map<string, Set<string>>): boolean {
  const wanted = new Set(to);
  let edge = new Set(from);
  for (let step = 0; step < MOST_STEPS; step += 1) {
    edge = new Set([...edge].flatMap((file) => [...(near.get(file) ?? [])]));
    if ([...edge].some((file) => wanted.has(file))) return true;
  }
  return false;
}
