/**
 * Which files of unit tests a change can reach: `run-ts.mjs scripts/test-run/changed-tests.ts REPORT COMMIT` writes
 * them into the report. The change is everything in the folder since the commit.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Change } from "@/gates/model/gate";
import type { FileTree } from "@/gates/model/tree";
import { reachOf, type Users, usersIn } from "@/gates/source/affected";
import { openBlobs } from "@/gates/source/blobs";
import { findRepository } from "@/gates/source/repository";
import { sideOf, workingSide } from "@/gates/source/sides";
import { changesBetween } from "@/gates/source/trees";

/** As in tsconfig.json. */
const ALIASES = { "@/": "" };
/** Files that decide how all tests run. They name the files that they load. */
const EVERYWHERE = new Set(["vitest.config.ts", "tsconfig.json", "package.json", "package-lock.json"]);
/** As vitest.config.ts finds them. */
const TEST = /^(?!tests\/browser\/).*\.test\.tsx?$/;
/**
 * Imports lead to these files. All other files are also read by the name of a folder, and scripts are copied with their
 * folder.
 */
const IMPORTED = /\.tsx?$/;
const SCRIPT = /\.[cm]?js$/;
const OF_TESTS = /\.test\.tsx?$|(^|\/)testing\//;

export interface Reached {
  /** How many files the change touches. */
  changed: number;
  /** Files of tests. */
  tests: string[];
  /** Those of them that the change touches itself. */
  edited: string[];
  /** How many files of tests there are. */
  all: number;
}

export function testsReached(change: Change): Reached {
  const changed = change.paths.map(({ path }) => path);
  const { tests, all } = testsFrom(changed, change.head, usersOf(change));
  return { changed: changed.length, tests, edited: tests.filter((test) => changed.includes(test)), all };
}

/** Returns the users of each file. A file that names a test does not use it: lists of tests only say how they run. */
export function usersOf(sides: Omit<Change, "paths">): Users {
  const { ofFiles, ofFolders } = usersIn(sides, ALIASES);
  return { ofFiles: new Map([...ofFiles].filter(([file]) => !TEST.test(file))), ofFolders };
}

export function testsFrom(
  changed: readonly string[],
  { files }: FileTree,
  users: Users,
): Pick<Reached, "tests" | "all"> {
  const reached = reachOf(users, [...changed, ...changed.flatMap((file) => readersOf(file, users))]);
  const all = [...files.keys()].filter((file) => TEST.test(file));
  const isEverywhere = [...reached.keys()].some((file) => EVERYWHERE.has(file));
  return { tests: isEverywhere ? all : all.filter((file) => reached.has(file)), all: all.length };
}

/** Returns the files that name a folder above this file, and may read everything in it. */
function readersOf(file: string, { ofFolders }: Users): string[] {
  if (IMPORTED.test(file)) return [];
  const names = file.split("/");
  const readers = names.flatMap((_, at) => [...(ofFolders.get(names.slice(0, at).join("/")) ?? [])]);
  // Folders of scripts have names such as `launcher`, which other code also uses as words.
  return SCRIPT.test(file) ? readers.filter((reader) => OF_TESTS.test(reader)) : readers;
}

/** Compares the folder, as git would commit it, with a commit. Throws a `GatesError`. */
export async function changeSince(folder: string, commit: string, dir: string): Promise<Change> {
  const blobs = openBlobs(path.join(dir, "blobs"));
  const place = { repository: findRepository(folder), blobs, dir };
  const base = await sideOf(place, commit);
  const head = await workingSide(place, await sideOf(place, "HEAD"));
  return { base: base.tree, head: head.tree, blobs, paths: changesBetween(base.tree, head.tree) };
}

export async function main([report = "", commit = ""]: string[]): Promise<void> {
  const dir = mkdtempSync(path.join(tmpdir(), "banyan-changed-"));
  try {
    writeFileSync(report, JSON.stringify(testsReached(await changeSince(process.cwd(), commit, dir))));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
