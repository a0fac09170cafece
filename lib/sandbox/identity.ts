import fs from "node:fs";

/** The user as whom a tool process runs. */
export interface ToolUser {
  uid: number;
  gid: number;
}

/** For a server that is root: an id that no account has, and that small user namespaces still contain. */
export const UNPRIVILEGED_USER: ToolUser = { uid: 64_999, gid: 64_999 };

export function serverIsRoot(): boolean {
  return process.getuid?.() === 0;
}

/** As whom tools run in a folder when the server is root: as its owner, or, when root owns it, as nobody who owns anything. */
export function toolUserOf(folder: string): ToolUser {
  const { uid, gid } = fs.statSync(folder);
  if (uid === 0) return UNPRIVILEGED_USER;
  return { uid, gid: gid === 0 ? UNPRIVILEGED_USER.gid : gid };
}

/** Gives a folder that the server made to the user as whom tools will run in it. Nothing to do when the server is not root. */
export function giveToTools(folder: string): void {
  if (serverIsRoot()) fs.chownSync(folder, UNPRIVILEGED_USER.uid, UNPRIVILEGED_USER.gid);
}

/** Where the workspace is mounted on the way from root to the tool's user, in a mount namespace of the run's own. */
const STEPPING_STONES = ["/mnt", "/media", "/srv", "/opt"];

/**
 * The program and arguments that start `bwrap` as the tool's user. Root first binds the workspace to a folder that
 * everybody can reach, since the way to it may lead through folders of root alone; nobody else sees that mount.
 */
export function asToolUser(
  workspace: string,
  user: ToolUser | null,
  bwrap: (source: string) => { file: string; args: string[] },
): { file: string; args: string[] } {
  if (user === null) return bwrap(workspace);
  const stone = STEPPING_STONES.find((folder) => fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory());
  if (!stone)
    throw new Error(`The sandbox needs one of the folders ${STEPPING_STONES.join(", ")}; create one of them.`);
  const { file, args } = bwrap(stone);
  const script = 'mount --no-mtab --bind "$0" "$1" && shift && unset PWD OLDPWD && exec "$@"';
  return {
    file: "/usr/bin/unshare",
    args: [
      ...["--mount", "--propagation", "private", "--", "/bin/sh", "-c", script, workspace, stone],
      ...["/usr/bin/setpriv", `--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups", "--", file, ...args],
    ],
  };
}
