/** The files that a goal delivers: those of its commit, as a fresh clone has them. */
import { existsSync, lstatSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ToolContext } from "@/agents/tools/contract/tool";
import { viewOf } from "@/agents/tools/files/workspace-tool";
import { cut } from "@/core/goals/record";
import { MAX_COPY_BYTES } from "@/lib/clean-room/room";
import { giveToTools } from "@/lib/process/tools-identity";
import type { SnapshotStore } from "@/lib/snapshots/port";
import { cleanCopy, removeCopy } from "@/lib/workspace/clean-copy";
import { WorkspaceError } from "@/lib/workspace/path";
import { run } from "./commands";

/**
 * Returns a snapshot of a fresh clone of the folder's commit. A clone has no ignored files, no files of repositories inside,
 * and obeys neither flags of the index nor settings that the work left. Throws a WorkspaceError.
 */
export async function snapshotOfCommit(
  snapshots: Pick<SnapshotStore, "take">,
  context: ToolContext,
  of: { label: string; previous: string | null },
): Promise<string> {
  const { root } = viewOf(context);
  const git = join(root, ".git");
  if (!lstatSync(git, { throwIfNoEntry: false })?.isDirectory())
    throw new WorkspaceError("The folder holds no repository of its own, so its commit cannot be checked.");
  const place = join(context.cacheDir, `goal-${context.taskId}-delivered`);
  const { signal } = context;
  try {
    removeCopy(place);
    await mkdir(place, { recursive: true, mode: 0o700 });
    giveToTools(place);
    await cleanCopy(git, join(place, "source.git"), { hiddenPaths: [], maxBytes: MAX_COPY_BYTES, signal });
    const cloned = await run(context, place, "git clone -q --no-hardlinks source.git clone");
    if (cloned.exitStatus !== 0 || !existsSync(join(place, "clone")))
      throw new WorkspaceError(`The commit could not be cloned: ${cut(cloned.output.trim(), 300)}`);
    const folder = join(place, "clone");
    const taken = await snapshots.take({ tree: context.treeId, folder, ...of, hiddenPaths: [], signal });
    return taken.commit;
  } finally {
    removeCopy(place);
  }
}
