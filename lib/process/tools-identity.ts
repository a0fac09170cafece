import fs from "node:fs";

/** The user that runs a tool process. */
export interface ToolUser {
  uid: number;
  gid: number;
}

/** For a server that is root: an id without an account that small user namespaces still contain. */
export const UNPRIVILEGED_USER: ToolUser = { uid: 64_999, gid: 64_999 };

export function serverIsRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Returns the user for tools in a folder when the server is root: its owner, or, when root owns it, a user who owns
 * nothing.
 */
export function toolUserOf(folder: string): ToolUser {
  const { uid, gid } = fs.statSync(folder);
  if (uid === 0) return UNPRIVILEGED_USER;
  return { uid, gid: gid === 0 ? UNPRIVILEGED_USER.gid : gid };
}

/** Gives a folder of the server to the user that will run tools in it. Does nothing when the server is not root. */
export function giveToTools(folder: string): void {
  if (serverIsRoot()) fs.chownSync(folder, UNPRIVILEGED_USER.uid, UNPRIVILEGED_USER.gid);
}

/** Where the host's folders are mounted between root and the tool's user, in the run's own mount namespace. */
const STEPPING_STONES = ["/mnt", "/media", "/srv", "/opt"];

/**
 * `$0` is the mount point, `$1` the number of sources that follow; 0 means one folder, bound to the mount point itself,
 * which saves time.
 */
const STEP_DOWN = `stone=$0; n=$1; shift; i=0
if [ $n = 0 ]; then mount --no-mtab --bind "$1" "$stone" || exit 126; shift
else
  mount --no-mtab -t tmpfs -o size=256k,mode=755 banyan "$stone" || exit 126
  while [ $i -lt $n ]; do
    if [ -d "$1" ]; then mkdir "$stone/$i"; else : > "$stone/$i"; fi
    mount --no-mtab --bind "$1" "$stone/$i" || exit 126
    shift; i=$((i+1))
  done
fi
unset PWD OLDPWD stone n i; exec "$@"`;

/**
 * Returns the program and arguments that start `bwrap` as the tool's user. Root first binds each source to a place that
 * every user can reach, because its path may lead through folders of root; no other process sees those mounts. `bwrap`
 * gets a function that maps a host path to that place.
 */
export function asToolUser(
  sources: readonly string[],
  user: ToolUser | null,
  bwrap: (seen: (source: string) => string) => { file: string; args: string[] },
): { file: string; args: string[] } {
  if (user === null) return bwrap((source) => source);
  const tops = [...new Set(sources)].filter((source) => !sources.some((other) => source.startsWith(`${other}/`)));
  const stone = STEPPING_STONES.find(
    (folder) =>
      fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() &&
      !tops.some((source) => source === folder || source.startsWith(`${folder}/`)),
  );
  if (!stone) {
    throw new Error(
      `The sandbox needs one of the folders ${STEPPING_STONES.join(", ")} that contains no workspace; create one of them.`,
    );
  }
  const [first] = tops;
  const isOneFolder = first !== undefined && tops.length === 1 && fs.statSync(first).isDirectory();
  const places = new Map(tops.map((top, index) => [top, isOneFolder ? stone : `${stone}/${index}`]));
  const { file, args } = bwrap((source) => seenAt(places, source));
  const steps = ["/bin/sh", "-c", STEP_DOWN, stone, String(isOneFolder ? 0 : tops.length), ...tops];
  return {
    file: "/usr/bin/unshare",
    args: [
      "--mount",
      "--propagation",
      "private",
      "--",
      ...(tops.length > 0 ? steps : []),
      "/usr/bin/setpriv",
      `--reuid=${user.uid}`,
      `--regid=${user.gid}`,
      "--clear-groups",
      "--",
      file,
      ...args,
    ],
  };
}

function seenAt(places: ReadonlyMap<string, string>, source: string): string {
  for (const [top, place] of places) {
    if (source === top || source.startsWith(`${top}/`)) return place + source.slice(top.length);
  }
  return source;
}
