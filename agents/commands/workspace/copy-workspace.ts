/** Copies the folder that a person named at submission into the tree's own folder. */
import { join } from "node:path";
import { UserError } from "@/agents/application";
import { indexedPaths } from "@/lib/git/gitlinks";
import { readHead } from "@/lib/git/head";
import { readIndex } from "@/lib/git/read-index";
import { cleanCopy } from "@/lib/workspace/clean-copy";
import { WorkspaceError } from "@/lib/workspace/path";
import type { PreparedWorkspace } from "@/lib/workspace/prepare";

const COPY_MS = 15 * 60_000;
/** Files and folders. */
const MOST_TRACKED = 4_000_000;

/** Returns what the copy is, such as "a copy of /src, on branch main". Throws UserError when there is none. */
export async function copyWorkspace(
  from: PreparedWorkspace,
  to: string,
  { maxBytes, onlySources }: { maxBytes: number; onlySources: boolean },
): Promise<string> {
  const signal = AbortSignal.timeout(COPY_MS);
  const tracked = onlySources ? trackedIn(from.root) : null;
  try {
    await cleanCopy(from.root, to, {
      hiddenPaths: from.hiddenPaths,
      maxBytes,
      signal,
      ...(tracked && { ignoring: tracked }),
    });
  } catch (error) {
    if (signal.aborted)
      throw new UserError("unavailable", `${from.root} was not copied within 15 minutes: name a smaller folder.`);
    if (error instanceof WorkspaceError) throw new UserError("too_large", tooLarge(from.root, maxBytes));
    throw error;
  }
  const branch = readHead(to)?.branch;
  const of = branch ? `${from.root}, on branch ${branch}` : from.root;
  const without = tracked ? ", without the files that git ignores" : "";
  return `a copy of ${of}${without}`;
}

/**
 * Returns the files that git tracks although its rules would ignore them, and the folders that lead to them; null when its
 * list is too long to read, because then no file may be left out.
 */
function trackedIn(root: string): { isTracked(path: string): boolean } | null {
  const index = readIndex(join(root, ".git", "index"));
  const paths = index && indexedPaths(index);
  if (paths === null) return null;
  const tracked = new Set<string>();
  for (const path of paths) {
    for (let at = path.length; at > 0 && !tracked.has(path.slice(0, at)); at = path.lastIndexOf("/", at - 1))
      tracked.add(path.slice(0, at));
    if (tracked.size > MOST_TRACKED) return null;
  }
  return { isTracked: (path) => tracked.has(path) };
}

function tooLarge(folder: string, maxBytes: number): string {
  const size = Math.round(maxBytes / 1024 / 1024);
  return `${folder} has more than ${size} MB, the limit BANYAN_MAX_WORKSPACE_MB for a copy: name a smaller folder, or work in the folder itself.`;
}
