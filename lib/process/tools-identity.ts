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

/** Where the host's folders are mounted on the way from root to the tool's user, in a mount namespace of the run's own. */
const STEPPING_STONES = ["/mnt", "/media", "/srv", "/opt"];

/** `$0` is the stone, `$1` the number of sources that follow; 0 means one folder, bound to the stone itself, which saves time. */
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
 * The program and arguments that start `bwrap` as the tool's user. Root first binds each source to a place that
 * everybody can reach, since the way to it may lead through folders of root alone; nobody else sees those mounts.
 * `bwrap` is given a function that says where it will find a path of the host.
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
      `The sandbox needs one of the folders ${STEPPING_STONES.join(", ")}, holding nothing that is to be shown; create one of them.`,
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
      ...["--mount", "--propagation", "private", "--", ...(tops.length > 0 ? steps : [])],
      ...["/usr/bin/setpriv", `--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups", "--", file, ...args],
    ],
  };
}

function seenAt(places: ReadonlyMap<string, string>, source: string): string {
  for (const [top, place] of places) {
    if (source === top || source.startsWith(`${top}/`)) return place + source.slice(top.length);
  }
  return source;
}
