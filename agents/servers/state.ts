/** The folders that Banyan keeps for servers, so that what they write stays when their processes end. */
import fs from "node:fs";
import path from "node:path";
import { serverIsRoot, toolUserOf, UNPRIVILEGED_USER } from "@/lib/process/tools-identity";
import { removeTree } from "@/lib/workspace/remove-tree";

/** Makes and returns the folder of a server. When Banyan is root, it belongs to the user of `folder`, as the server does. */
export function stateFolder(dataDir: string, server: string, folder: string | undefined): string {
  const own = placeOf(dataDir, server);
  fs.mkdirSync(own, { recursive: true, mode: 0o700 });
  if (serverIsRoot()) give(own, folder === undefined ? UNPRIVILEGED_USER : toolUserOf(folder));
  return own;
}

/** Resolves with whether there was one. */
export async function removeState(dataDir: string, server: string): Promise<boolean> {
  const own = placeOf(dataDir, server);
  if (!fs.existsSync(own)) return false;
  await removeTree(own);
  return true;
}

/** Names of servers are of a-z, 0-9, _ and -, so each is the name of a folder. */
function placeOf(dataDir: string, server: string): string {
  return path.join(dataDir, "mcp", "state", path.basename(server));
}

/** After a change of the entry the server may run as another user, who must find its files. */
function give(own: string, { uid, gid }: { uid: number; gid: number }): void {
  if (fs.statSync(own).uid === uid) return;
  for (const entry of fs.readdirSync(own, { recursive: true, withFileTypes: true }))
    fs.lchownSync(path.join(entry.parentPath, entry.name), uid, gid);
  fs.chownSync(own, uid, gid);
}
