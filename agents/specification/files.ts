/** The texts of a specification's files: as they are in a folder, or as a commit has them. */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import {
  MODEL_FILE,
  MOST_FILE_CHARACTERS,
  OPENAPI_FILE,
  OPENAPI_FILES,
  SPECIFICATION_FILE,
} from "@/core/specification/limits";
import { runGit } from "@/lib/git/run";
import type { WorkplaceFiles } from "@/lib/workplace/port";
import { readTextFile } from "@/lib/workspace/files";
import { WorkspaceError, type WorkspaceView } from "@/lib/workspace/path";
import type { SpecificationTexts } from "./read";

/** UTF-8 has at most four bytes for a character. */
const MOST_BYTES = 4 * MOST_FILE_CHARACTERS;

/** Resolves with the texts in a workplace; no link is followed. Throws a WorkspaceError for a file that is not text or too large. */
export function textsIn(files: Pick<WorkplaceFiles, "readTextIfThere">): Promise<SpecificationTexts> {
  return texts((file) => files.readTextIfThere(file, MOST_BYTES));
}

/** Resolves with the texts in a folder of the server; no link is followed. Throws a WorkspaceError for a file that is not text or too large. */
export function textsInFolder(view: WorkspaceView): Promise<SpecificationTexts> {
  return texts(async (file) => {
    if (lstatSync(join(view.root, file), { throwIfNoEntry: false }) === undefined) return null;
    return readTextFile(view, file, MOST_BYTES);
  });
}

interface CommitOf {
  /** A trusted repository. */
  gitDir: string;
  commit: string;
}

/** Resolves with the texts in a commit of a trusted repository. Throws a WorkspaceError. */
export function textsAt(source: CommitOf, signal?: AbortSignal): Promise<SpecificationTexts> {
  return texts((file) => textAt(source, file, signal));
}

/** Resolves with the OpenAPI document of a commit; null: it has none. Throws a WorkspaceError. */
export async function documentAt(source: CommitOf, signal?: AbortSignal): Promise<string | null> {
  for (const file of OPENAPI_FILES) {
    const found = await textAt(source, file, signal);
    if (found !== null) return found;
  }
  return null;
}

/** Resolves with one file of a commit, by a path without signs of the shell; null: it is no plain file there. Throws a WorkspaceError. */
export async function textAt({ gitDir, commit }: CommitOf, file: string, signal?: AbortSignal): Promise<string | null> {
  const options = { gitDir, ...(signal && { signal }) };
  // A file of its own, no link and no folder.
  const listed = await runGit(["ls-tree", "-l", commit, "--", file], options);
  const [, oid, size] = /^100(?:644|755) blob ([0-9a-f]+) +(\d+)\t/.exec(listed) ?? [];
  if (oid === undefined) return null;
  if (Number(size) > MOST_BYTES) throw new WorkspaceError(`${file} is larger than ${MOST_BYTES} bytes: shorten it.`);
  return runGit(["cat-file", "blob", oid], { ...options, maxOutputBytes: MOST_BYTES });
}

async function texts(read: (file: string) => Promise<string | null>): Promise<SpecificationTexts> {
  return {
    specification: await read(SPECIFICATION_FILE),
    model: await read(MODEL_FILE),
    openapi: await read(OPENAPI_FILE),
  };
}
