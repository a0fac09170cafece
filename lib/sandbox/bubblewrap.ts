import fs from "node:fs";
import path from "node:path";
import { allHiddenPaths, SANDBOX_ROOT } from "../workspace/path";
import type { SandboxLimits } from "./port";

export const DEFAULT_LIMITS: SandboxLimits = {
  processes: 128,
  fileSizeBytes: 100 * 1024 * 1024,
  openFiles: 512,
  cpuSeconds: 30,
  tmpSizeBytes: 64 * 1024 * 1024,
};

/** The writable folder inside a workspace that is otherwise read-only. */
export const SCRATCH_FOLDER = ".banyan-scratch";

export interface SandboxMount {
  /** The folder to mount as the process that runs bubblewrap sees it. */
  source: string;
  /** The same folder's path on the host, to which hidden paths are compared. */
  workspace: string;
  hiddenPaths: readonly string[];
  readOnly: boolean;
  /** The descriptor from which bubblewrap reads the filter of system calls, when there is one. */
  seccompFd: number | null;
}

/**
 * The limits are set by the first process inside the sandbox: its user namespace is new, so `processes` counts this run
 * alone and not whatever else the server's user runs. It also closes descriptors above 2, which would otherwise leak
 * from the server. `$0` is the command.
 */
function innerScript(limits: SandboxLimits): string {
  const blocks = Math.max(1, Math.ceil(limits.fileSizeBytes / 1024));
  const ulimit = `ulimit -c 0 -f ${blocks} -n ${limits.openFiles} -t ${limits.cpuSeconds} -u ${limits.processes}`;
  const closeFds = `cd /proc/self/fd; for n in *; do [ "$n" -gt 2 ] && eval "exec $n>&-"; done; cd ${SANDBOX_ROOT}`;
  return `${ulimit} || exit 126; ${closeFds}; exec /bin/bash -c "$0"`;
}

/** The arguments after `bwrap`. The sandbox has no network, no environment, and of the host only /usr and the workspace. */
export function bubblewrapArguments(command: string, mount: SandboxMount, limits: SandboxLimits): string[] {
  const size = String(limits.tmpSizeBytes);
  return [
    ...["--unshare-all", "--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000"],
    ...["--hostname", "sandbox", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"],
    ...[
      "--setenv",
      "PATH",
      "/usr/local/bin:/usr/bin:/bin",
      "--setenv",
      "HOME",
      SANDBOX_ROOT,
      "--setenv",
      "LANG",
      "C.UTF-8",
    ],
    ...systemMounts(),
    ...["--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys", "--dev", "/dev"],
    ...["--size", size, "--tmpfs", "/dev/shm", "--remount-ro", "/dev", "--size", size, "--tmpfs", "/tmp"],
    ...workspaceMounts(mount),
    ...(mount.seccompFd === null ? [] : ["--seccomp", String(mount.seccompFd)]),
    ...["--chdir", SANDBOX_ROOT, "--remount-ro", "/", "--", "/bin/bash", "-c", innerScript(limits), command],
  ];
}

/** /usr, the top-level folders that lead into it, and the few files of /etc without which common programs fail. */
function systemMounts(): string[] {
  const mounts = ["--ro-bind", "/usr", "/usr"];
  for (const name of ["/bin", "/sbin", "/lib", "/lib32", "/lib64"]) {
    const stat = fs.lstatSync(name, { throwIfNoEntry: false });
    if (stat?.isSymbolicLink()) mounts.push("--symlink", fs.readlinkSync(name), name);
    else if (stat?.isDirectory()) mounts.push("--ro-bind", name, name);
  }
  for (const name of ["/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime"]) {
    mounts.push("--ro-bind-try", name, name);
  }
  return mounts;
}

function workspaceMounts(mount: SandboxMount): string[] {
  if (!mount.readOnly) return ["--bind", mount.source, SANDBOX_ROOT, ...masks(mount)];
  const scratch = ["--bind", path.join(mount.source, SCRATCH_FOLDER), `${SANDBOX_ROOT}/${SCRATCH_FOLDER}`];
  return ["--ro-bind", mount.source, SANDBOX_ROOT, ...masks(mount), ...scratch];
}

/** Hidden folders are covered by an empty one, hidden files by a device that cannot be opened in the sandbox. */
function masks(mount: SandboxMount): string[] {
  const args: string[] = [];
  for (const inside of hiddenInside(mount.workspace, mount.hiddenPaths)) {
    const target = `${SANDBOX_ROOT}/${inside}`;
    const stat = fs.lstatSync(path.join(mount.workspace, inside), { throwIfNoEntry: false });
    if (stat?.isDirectory()) args.push("--size", "4096", "--tmpfs", target, "--remount-ro", target);
    else if (stat?.isFile()) args.push("--ro-bind", "/dev/null", target);
  }
  return args;
}

/** Hidden paths below the workspace, relative to it; those below another hidden one are left out. */
export function hiddenInside(workspace: string, hiddenPaths: readonly string[]): string[] {
  const inside = allHiddenPaths(hiddenPaths).filter((hidden) => hidden.startsWith(`${workspace}/`));
  return inside
    .filter((hidden) => !inside.some((other) => hidden.startsWith(`${other}/`)))
    .map((hidden) => hidden.slice(workspace.length + 1));
}
