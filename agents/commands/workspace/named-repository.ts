/** The repository that a person names by a folder or an address: its keys, and what its files say. */
import { join } from "node:path";
import { type Actor, UserError, wrongField } from "@/agents/application";
import { refuseForeignFolder } from "@/agents/configuration/workspace-roots";
import { repositoryKey } from "@/core/projects/repository";
import type { FoundCommands } from "@/core/shapes/projects";
import { readOrigin } from "@/lib/git/head";
import { newId } from "@/lib/new-id";
import { WorkspaceError } from "@/lib/workspace/path";
import { prepareWorkspace } from "@/lib/workspace/prepare";
import { removeTree } from "@/lib/workspace/remove-tree";
import type { CloneWorkspace } from "./clone-workspace";
import { lookAt } from "./look";

export interface AddressSources {
  dataDir: string;
  checkout: string;
  keyPaths: readonly string[];
  workspaceRoots: readonly string[];
  cloneWorkspace: CloneWorkspace;
}

export interface NamedRepository {
  /** As it is stored: a real path, or the address without blanks around it. */
  address: string;
  keys: string[];
}

/** Returns the repository that a folder or an address names. Throws UserError about the field `address`. */
export function repositoryAt(sources: AddressSources, given: string, actor: Actor): NamedRepository {
  const address = given.trim();
  if (address === "") throw wrongField("address", "Name a folder of this machine or the address of a git repository.");
  if (address.startsWith("/")) return folderAt(sources, address, actor);
  const key = repositoryKey(address);
  if (key === null)
    throw wrongField(
      "address",
      `${JSON.stringify(address.slice(0, 200))} is neither a folder nor an address of a git repository: begin a folder with "/", or send an address such as https://github.com/owner/name.`,
    );
  return { address, keys: [key] };
}

/** A folder that was cloned is the same repository as its address, so trees of both belong together. */
function folderAt(sources: AddressSources, folder: string, actor: Actor): NamedRepository {
  const { root } = viewOf(sources, folder, actor);
  const origin = readOrigin(root);
  const keys = [root, origin && repositoryKey(origin)].filter((key) => key !== null);
  return { address: root, keys: [...new Set(keys)] };
}

function viewOf({ dataDir, checkout, keyPaths, workspaceRoots }: AddressSources, folder: string, actor: Actor) {
  refuseForeignFolder(folder, workspaceRoots, actor);
  try {
    return prepareWorkspace({ dataDir, treeId: "", request: { folder, isCopied: true }, checkout, keyPaths });
  } catch (error) {
    if (error instanceof WorkspaceError) throw wrongField("address", error.message);
    throw error;
  }
}

/** Resolves with what the files say. A repository that is elsewhere is copied for it, into a folder that is removed. */
export async function commandsAt(
  sources: AddressSources,
  { address, branch }: { address: string; branch: string | null },
  actor: Actor,
): Promise<FoundCommands> {
  if (address.startsWith("/")) return lookAt(viewOf(sources, address, actor));
  // Named as folders of trees are: what a kill leaves is swept as theirs is.
  const uid = newId();
  const { root, hiddenPaths } = prepareWorkspace({ ...sources, treeId: uid, request: {} });
  const cache = join(sources.dataDir, "cache", uid);
  try {
    await sources.cloneWorkspace(root, cache, { url: address, ...(branch !== null && { branch }) });
    return await lookAt({ root, hiddenPaths });
  } catch (error) {
    if (error instanceof UserError && error.kind === "invalid") throw wrongField("address", error.message);
    throw error;
  } finally {
    for (const folder of [root, cache]) await removeTree(folder);
  }
}
