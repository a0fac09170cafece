/** Lists a folder of a workspace, and finds files in it by name. */
import { fileFilter } from "./file-filter";
import { compileGlob } from "./glob";
import { linkTarget } from "./links";
import type { WorkspaceView } from "./path";
import { type WalkEntry, walk } from "./walk";
import { walkVisible } from "./walk-visible";

export interface ListedFolder {
  entries: (Pick<WalkEntry, "name" | "kind" | "sizeBytes"> & {
    /** Where a link leads in the workspace; absent: elsewhere, or it is none. */
    target?: string;
  })[];
  /** The number of entries that are not listed. */
  more: number;
}

/** Lists what the folder holds directly. */
export async function listFolder(
  view: WorkspaceView,
  parts: readonly string[],
  most: number,
  signal: AbortSignal,
): Promise<ListedFolder> {
  const entries: ListedFolder["entries"] = [];
  let more = 0;
  for await (const { name, kind, sizeBytes } of walk(view.root, parts, {
    depth: 0,
    hiddenPaths: view.hiddenPaths,
    signal,
  })) {
    if (entries.length === most) more += 1;
    else {
      const target = kind === "link" ? linkTarget(view, [...parts, name]) : null;
      entries.push({ name, kind, sizeBytes, ...(target !== null && { target }) });
    }
  }
  return { entries, more };
}

export interface FindRequest {
  /** A glob. A leading `!` finds what does not match. */
  pattern: string;
  path?: string | undefined;
  hidden?: boolean | undefined;
  noIgnore?: boolean | undefined;
  /** Most paths to return. */
  most: number;
}

export interface FoundFiles {
  /** Relative to the workspace. */
  paths: string[];
  /** The number of matches that are not listed. */
  more: number;
}

export async function findFiles(
  view: WorkspaceView,
  parts: readonly string[],
  { pattern, most, hidden, noIgnore }: FindRequest,
  signal: AbortSignal,
): Promise<FoundFiles> {
  const matches = matcherOf(pattern);
  const paths: string[] = [];
  let more = 0;
  const options = { signal, ...(hidden && { hidden }), ...(noIgnore && { noIgnore }) };
  for await (const file of walkVisible(view, parts, options)) {
    if (!matches(file.names, file.isLeftOut)) continue;
    if (paths.length < most) paths.push([...parts, file.path].join("/"));
    else more += 1;
  }
  return { paths, more };
}

/** Returns the pattern's matcher. A pattern with a name's leading dot also matches hidden files, as in a shell. */
function matcherOf(pattern: string): (names: readonly string[], isLeftOut: boolean) => boolean {
  if (pattern.startsWith("!")) return fileFilter([pattern]).takes;
  const glob = compileGlob(pattern);
  const namesHidden = /(^|\/)\.[^/]*$/.test(pattern);
  return (names, isLeftOut) => (!isLeftOut || namesHidden) && glob(names);
}
