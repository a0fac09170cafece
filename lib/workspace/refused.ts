import { realPathOf, WorkspaceError } from "./path";
import { prepareWorkspace } from "./prepare";

/** The facts that decide which folders agents may work in. */
export interface Places {
  dataDir: string;
  checkout: string;
  keyPaths: readonly string[];
}

/**
 * Returns why a folder that a person named is refused as a workspace now, as a sentence, or null. An earlier version
 * accepted folders such as /etc, and the launcher's folder is a setting. A folder that is gone is no danger.
 */
export function refusalOfFolder(folder: string, { dataDir, checkout, keyPaths }: Places): string | null {
  if (realPathOf(folder) === null) return null;
  try {
    // As for a copy, because a tree may also only read there.
    prepareWorkspace({ dataDir, treeId: "", request: { folder, isCopied: true }, checkout, keyPaths });
    return null;
  } catch (error) {
    if (error instanceof WorkspaceError) return error.message;
    throw error;
  }
}
