/** Who may name which folder: admins any, others only folders below those that an admin opened, or allowed their token. */
import { existsSync, realpathSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { type Actor, UserError } from "@/agents/application";
import type { Submission } from "@/core/shapes/submission";

/** Throws UserError for a folder that the actor may not name. */
export function refuseForeignFolder(folder: string | undefined, roots: readonly string[], actor: Actor): void {
  if (!folder || actor.role === "admin") return;
  const real = realOf(resolve(folder));
  const open = openFoldersOf(actor, roots);
  if (open.some((root) => isWithin(root, real))) return;
  const where = open.length > 0 ? `below ${open.join(" or ")}` : "none yet";
  const how = actor.id.startsWith("token:")
    ? "BANYAN_WORKSPACE_ROOTS, or allowed this token"
    : "BANYAN_WORKSPACE_ROOTS";
  throw new UserError(
    "forbidden",
    `You are signed in as ${actor.role}: agents may work only in folders that an admin opened with ${how} (${where}).`,
  );
}

/** Whether the actor may name the folder. */
export function mayName(folder: string, roots: readonly string[], actor: Actor): boolean {
  return actor.role === "admin" || openFoldersOf(actor, roots).some((root) => isWithin(root, realOf(resolve(folder))));
}

/** The same for the address of a repository, which may be a folder of the server. */
export function refuseForeignAddress(address: string, roots: readonly string[], actor: Actor): void {
  if (address.startsWith("/")) refuseForeignFolder(address, roots, actor);
}

/** Follows links also on the way to what does not exist: whether it does is not for everybody to know. */
function realOf(folder: string): string {
  let there = folder;
  while (!existsSync(there)) there = dirname(there);
  return join(realpathSync(there), relative(there, folder));
}

/** Returns the folders below which an actor that is no admin may name one: those open to everybody, and its own. */
export function openFoldersOf({ folders = [] }: Pick<Actor, "folders">, roots: readonly string[]): readonly string[] {
  return [...roots, ...folders];
}

/** Throws UserError for a folder of the server that the submission names and the actor may not. */
export function refuseForeignFolders(submission: NamedFolders, roots: readonly string[], actor: Actor): void {
  for (const folder of foldersIn(submission)) refuseForeignFolder(folder, roots, actor);
}

type NamedFolders = Pick<Submission, "workspace" | "repositories">;

/** Returns the folders of the server that a submission names. */
export function foldersIn({ workspace, repositories = [] }: NamedFolders): string[] {
  const copied = repositories.map(({ address }) => address.trim()).filter((address) => address.startsWith("/"));
  return workspace ? [workspace, ...copied] : copied;
}

/** Whether the folder is the root or below it. */
export function isWithin(root: string, folder: string): boolean {
  return folder === root || folder.startsWith(root.endsWith("/") ? root : `${root}/`);
}
