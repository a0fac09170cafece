/** Copies the folder that a person named at submission into the tree's own folder. */
import { UserError } from "@/agents/application";
import { readHead } from "@/lib/git/head";
import { cleanCopy } from "@/lib/workspace/clean-copy";
import { WorkspaceError } from "@/lib/workspace/path";
import type { PreparedWorkspace } from "@/lib/workspace/prepare";

const COPY_MS = 15 * 60_000;

/** Returns a sentence that tells the agents what their folder contains. Throws UserError when there is no copy. */
export async function copyWorkspace(from: PreparedWorkspace, to: string, maxBytes: number): Promise<string> {
  const signal = AbortSignal.timeout(COPY_MS);
  try {
    await cleanCopy(from.root, to, { hiddenPaths: from.hiddenPaths, maxBytes, signal });
  } catch (error) {
    if (signal.aborted)
      throw new UserError("unavailable", `${from.root} was not copied within 15 minutes: name a smaller folder.`);
    if (error instanceof WorkspaceError) throw new UserError("too_large", tooLarge(from.root, maxBytes));
    throw error;
  }
  const branch = readHead(to)?.branch;
  const of = branch ? `${from.root}, on branch ${branch}` : from.root;
  return `The folder is a copy of ${of}. The original stays as it is.`;
}

function tooLarge(folder: string, maxBytes: number): string {
  const size = Math.round(maxBytes / 1024 / 1024);
  return `${folder} has more than ${size} MB, the limit BANYAN_MAX_WORKSPACE_MB for a copy: name a smaller folder, or work in the folder itself.`;
}
