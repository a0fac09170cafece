/** Whether a project is a service, as far as its folder or its last fetch says. */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { RECORD_FILE } from "@/core/services/record";
import { SPECIFICATION_FILE } from "@/core/specification/limits";
import { mirrorOf } from "@/lib/git/mirror";
import { runGit } from "@/lib/git/run";
import { commitIn, type Source } from "@/lib/insights/source";
import { WorkspaceError } from "@/lib/workspace/path";

interface Place {
  address: string;
  branch: string | null;
}

const FILES = [RECORD_FILE, SPECIFICATION_FILE];
const READ_MS = 10_000;

/**
 * Resolves with whether the folder has the files of a service, or the newest commit that was fetched. Fetches nothing. `mirrors`: the
 * folder for what was fetched.
 */
export async function isServiceAt(mirrors: string, place: Place): Promise<boolean> {
  if (place.address.startsWith("/")) return isServiceIn(place.address);
  const fetched = fetchedSource(mirrors, place);
  return fetched !== null && (await hasServiceFiles(fetched));
}

/** Returns the end of the branch as it was fetched last; null for a folder, and for a repository that was never fetched. */
export function fetchedSource(mirrors: string, { address, branch }: Place): Source | null {
  if (address.startsWith("/")) return null;
  const { gitDir } = mirrorOf(mirrors, address);
  const commit = commitIn(gitDir, branch);
  return commit === null ? null : { gitDir, commit };
}

/** Reads no file. */
function isServiceIn(root: string): boolean {
  return FILES.some((file) => {
    const [folder = ""] = file.split("/");
    const isPlain = lstatSync(join(root, folder), { throwIfNoEntry: false })?.isDirectory();
    return isPlain && lstatSync(join(root, file), { throwIfNoEntry: false })?.isFile();
  });
}

/** What was found in each mirror, because lists of projects are read every few seconds. */
const found = new Map<string, { commit: string; hasFiles: boolean }>();

async function hasServiceFiles({ gitDir, commit }: Source): Promise<boolean> {
  const known = found.get(gitDir);
  if (known?.commit === commit) return known.hasFiles;
  try {
    const listed = await runGit(["ls-tree", "-z", commit, "--", ...FILES], {
      gitDir,
      signal: AbortSignal.timeout(READ_MS),
    });
    const hasFiles = listed.split("\0").some((line) => /^100(?:644|755) blob /.test(line));
    found.set(gitDir, { commit, hasFiles });
    return hasFiles;
  } catch (error) {
    // The mirror was removed in between, or is damaged: the next fetch makes it whole.
    if (error instanceof WorkspaceError) return false;
    throw error;
  }
}
