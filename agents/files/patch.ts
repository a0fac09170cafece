/** A patch of what a tree, or one of its tasks, changed. */
import fs from "node:fs";
import { join } from "node:path";
import { type OpenedFile, UserError } from "@/agents/application";
import { openPatch } from "@/lib/apply/patch";
import { readChunks } from "@/lib/workspace/files";
import { slugOf } from "./archive";
import { isRun } from "./left-out";
import { askedLater, type FileSources, momentOf } from "./moment";

/** The snapshots before and after the changes. */
export interface Span {
  from: string | null;
  to: string;
}

/** Throws UserError when nothing changed, and for a task of another tree. */
export function spanOf(sources: FileSources, treeUid: string, taskUid: string | undefined): Span {
  if (taskUid !== undefined) {
    requireTaskOf(sources, treeUid, taskUid);
    const span = sources.store.queries.files.spanOf(taskUid);
    if (!span || span.from === span.to) throw new UserError("not_found", "The task changed no files.");
    return span;
  }
  const { start, commit } = momentOf(sources, treeUid);
  if (commit === null || commit === start) throw new UserError("not_found", "The tree changed no files.");
  return { from: start, to: commit };
}

/** Throws UserError for a task of another tree: whoever may look at one, or direct it, may not so have the other's files. */
export function requireTaskOf({ store }: FileSources, treeUid: string, taskUid: string): void {
  const { trees } = store.queries;
  if (trees.findTask(taskUid).treeId !== trees.treeKey(treeUid))
    throw new UserError("not_found", `The task ${taskUid} belongs to another tree.`);
}

/** The patch is written before it is sent, so that a failure has a sentence. */
export async function patchOf(sources: FileSources, span: Span, title: string): Promise<OpenedFile> {
  const made = await askedLater(openPatch(sources.snapshots, { ...span, dir: scratchDir(sources), isRun }));
  return {
    name: `${slugOf(title)}.patch`,
    bytes: made.sizeBytes,
    async *read() {
      try {
        yield* readChunks(made.fd);
      } finally {
        fs.closeSync(made.fd);
      }
    },
  };
}

export const scratchDir = ({ dataDir }: Pick<FileSources, "dataDir">) => join(dataDir, "cache", "apply");
