/** Reads what the files of a repository say about its commands. Runs none of them. */
import { FOUND_FILES } from "@/core/projects/files";
import { foundIn } from "@/core/projects/found";
import type { FoundCommands } from "@/core/shapes/projects";
import { setupFor } from "@/lib/clean-room/setup";
import { readHead } from "@/lib/git/head";
import { readTextFile } from "@/lib/workspace/files";
import { WorkspaceError, type WorkspaceView } from "@/lib/workspace/path";
import { walkVisible } from "@/lib/workspace/walk-visible";

/** A repository with more files has its manifests among the first ones, or a person names its check. */
const MOST_FILES = 50_000;
const MOST_READ_FILES = 500;
const MOST_BYTES = 200_000;
const LOOK_MS = 20_000;

export async function lookAt(view: WorkspaceView): Promise<FoundCommands> {
  const paths = await pathsIn(view, AbortSignal.timeout(LOOK_MS));
  const wanted = [...paths].filter((path) => FOUND_FILES.test(path)).slice(0, MOST_READ_FILES);
  const texts = new Map<string, string>();
  for (const path of wanted) {
    const text = await textOf(view, path);
    if (text !== null) texts.set(path, text);
  }
  const { checks, kinds } = foundIn({ paths, read: (path) => texts.get(path) ?? null });
  return {
    checks,
    kinds,
    setup: setupFor([...paths].filter((path) => !path.includes("/"))),
    is_git: readHead(view.root) !== null,
    is_empty: paths.size === 0,
  };
}

/** Returns the paths that were seen within the limits: the rest says nothing. */
async function pathsIn(view: WorkspaceView, signal: AbortSignal): Promise<Set<string>> {
  const paths = new Set<string>();
  try {
    for await (const { names, isLeftOut } of walkVisible(view, [], { hidden: true, signal })) {
      if (!isLeftOut) paths.add(names.join("/"));
      if (paths.size >= MOST_FILES) break;
    }
  } catch (error) {
    // The walk has a limit of its own for entries.
    if (!signal.aborted && !(error instanceof WorkspaceError)) throw error;
  }
  return paths;
}

/** Returns null for what cannot be read as a text: it then says nothing. */
async function textOf(view: WorkspaceView, path: string): Promise<string | null> {
  try {
    return await readTextFile(view, path, MOST_BYTES);
  } catch (error) {
    if (error instanceof WorkspaceError) return null;
    throw error;
  }
}
