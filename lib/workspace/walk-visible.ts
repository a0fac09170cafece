import fs from "node:fs";
import { IgnoreRules } from "./ignore-rules";
import { openDirectory } from "./open";
import type { WorkspaceView } from "./path";
import { SKIPPED_FOLDERS, type WalkEntry, walk } from "./walk";

export interface VisibleOptions {
  /** Includes names that begin with a dot, but never `.git`. Default false. */
  hidden?: boolean;
  /** Includes ignored files, and `node_modules`. Default false. */
  noIgnore?: boolean;
  signal: AbortSignal;
}

/** A file below the start, and whether a search would skip it. */
export interface VisibleFile extends WalkEntry {
  /** Path segments below the start. */
  names: string[];
  /** Whether the file itself is hidden or ignored; its folders are not. */
  isLeftOut: boolean;
}

const GIT_ONLY: ReadonlySet<string> = new Set([".git"]);

/**
 * Yields the files that ripgrep would search, and the files beside them that it would skip. Never enters a skipped
 * folder.
 */
export async function* walkVisible(
  view: WorkspaceView,
  parts: readonly string[],
  options: VisibleOptions,
): AsyncGenerator<VisibleFile> {
  const rules = new IgnoreRules();
  const load = (names: readonly string[], fd: number) => {
    if (!options.noIgnore) rules.load(names, fd);
  };
  for (let depth = 0; depth < parts.length; depth++) loadAbove(view.root, parts.slice(0, depth), load);
  const isLeftOut = (names: readonly string[], isFolder: boolean) =>
    (!options.hidden && (names.at(-1) ?? "").startsWith(".")) ||
    (!options.noIgnore && rules.isIgnored([...parts, ...names], isFolder));
  const entries = walk(view.root, parts, {
    skip: options.noIgnore ? GIT_ONLY : SKIPPED_FOLDERS,
    hiddenPaths: view.hiddenPaths,
    signal: options.signal,
    onFolder: (path, fd) => load([...parts, ...path.split("/").filter(Boolean)], fd),
    enters: (path) => !isLeftOut(path.split("/"), true),
  });
  for await (const entry of entries) {
    if (entry.kind !== "file") continue;
    const names = entry.path.split("/");
    yield { ...entry, names, isLeftOut: isLeftOut(names, false) };
  }
}

function loadAbove(root: string, parts: readonly string[], load: (names: readonly string[], fd: number) => void): void {
  const fd = openDirectory(root, parts);
  try {
    load(parts, fd);
  } finally {
    fs.closeSync(fd);
  }
}
