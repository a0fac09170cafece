import fs from "node:fs";
import path from "node:path";
import { allHiddenPaths, SANDBOX_ROOT } from "../workspace/path";
import type { SandboxLimits } from "./port";
import { seccompProgram } from "./seccomp";

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
}

/** What bubblewrap reads from descriptors, from `firstFd` on, and the arguments that name them. */
export function bubblewrapInputs(firstFd: number): { args: string[]; inputs: Buffer[] } {
  const passwd = Buffer.from("sandbox:x:1000:1000:Banyan agent:/workspace:/bin/bash\n");
  const group = Buffer.from("sandbox:x:1000:\n");
  // Programs such as git fail when their user has no name.
  const args = ["--ro-bind-data", String(firstFd), "/etc/passwd", "--ro-bind-data", String(firstFd + 1), "/etc/group"];
  const seccomp = seccompProgram();
  if (!seccomp) return { args, inputs: [passwd, group] };
  return { args: [...args, "--seccomp", String(firstFd + 2)], inputs: [passwd, group, seccomp] };
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
export function bubblewrapArguments(
  command: string,
  mount: SandboxMount,
  limits: SandboxLimits,
  inputArguments: readonly string[],
): string[] {
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
    // In a read-only root-owned workspace git would otherwise refuse to read the repository of another owner.
    ...["--setenv", "GIT_CONFIG_COUNT", "1", "--setenv", "GIT_CONFIG_KEY_0", "safe.directory"],
    ...["--setenv", "GIT_CONFIG_VALUE_0", "*", "--setenv", "EMAIL", "agent@banyan.invalid"],
    ...systemMounts(),
    ...["--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys", "--dev", "/dev"],
    ...["--size", size, "--tmpfs", "/dev/shm", "--remount-ro", "/dev", "--size", size, "--tmpfs", "/tmp"],
    ...workspaceMounts(mount),
    ...inputArguments,
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
function hiddenInside(workspace: string, hiddenPaths: readonly string[]): string[] {
  const inside = allHiddenPaths(hiddenPaths).filter((hidden) => hidden.startsWith(`${workspace}/`));
  return inside
    .filter((hidden) => !inside.some((other) => hidden.startsWith(`${other}/`)))
    .map((hidden) => hidden.slice(workspace.length + 1));
}
