import fs from "node:fs";
import { SANDBOX_ROOT } from "../workspace/path";
import { type HostMount, masks } from "./mounts";
import type { SandboxLimits } from "./port";
import { seccompProgram } from "./seccomp";

export const DEFAULT_LIMITS: SandboxLimits = {
  processes: 128,
  fileSizeBytes: 100 * 1024 * 1024,
  openFiles: 512,
  cpuSeconds: 30,
  memoryBytes: 2048 * 1024 * 1024,
  tmpSizeBytes: 64 * 1024 * 1024,
};

/** A program that lives for days may work for hours; one that does nothing else is still ended. */
export const LONG_LIVED_CPU_SECONDS = 3600;

/** All that bubblewrap is told about one sandbox. */
export interface Confinement {
  /** As bash reads it. */
  command: string;
  /** In the order in which they are mounted. Nothing at /workspace: an empty folder in memory. */
  mounts: readonly HostMount[];
  /** Further arguments for what stands in the sandbox's file system. */
  extraArguments?: readonly string[];
  hiddenPaths: readonly string[];
  searchPath: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Made in the sandbox, with these contents. */
  files?: Readonly<Record<string, string>>;
  limits: SandboxLimits;
  /** Lines of shell that come before the command, after the limits. */
  prelude?: string;
  /** A socket to the server: the command starts only while the server lives, and the server is told so. */
  serverFd?: number;
}

/** What bubblewrap reads from descriptors, from `firstFd` on, and the arguments that name them. */
export function bubblewrapInputs(
  firstFd: number,
  { env, files: more }: Pick<Confinement, "env" | "files">,
): { args: string[]; inputs: Buffer[] } {
  const files = {
    ...more,
    // Programs such as git fail when their user has no name.
    "/etc/passwd": "sandbox:x:1000:1000:Banyan agent:/workspace:/bin/bash\n",
    "/etc/group": "sandbox:x:1000:\n",
    "/etc/hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
  };
  const inputs: Buffer[] = [];
  const args: string[] = [];
  for (const [file, text] of Object.entries(files)) {
    args.push("--ro-bind-data", String(firstFd + inputs.length), file);
    inputs.push(Buffer.from(text));
  }
  const seccomp = seccompProgram();
  if (seccomp) {
    args.push("--seccomp", String(firstFd + inputs.length));
    inputs.push(seccomp);
  }
  const settings = Object.entries(env).flatMap(([name, value]) => ["--setenv", name, value]);
  if (settings.length > 0) {
    // Not in the arguments, which every user of the machine can read: there may be a secret among them.
    args.push("--args", String(firstFd + inputs.length));
    inputs.push(Buffer.from(settings.map((setting) => `${setting}\0`).join("")));
  }
  return { args, inputs };
}

/**
 * The limits are set by the first process inside the sandbox: its user namespace is new, so `processes` counts this run
 * alone and not whatever else the server's user runs. It also closes descriptors above 2, which would otherwise leak
 * from the server. `$0` is the command. An end of file on `serverFd` means that the server died before bubblewrap could
 * bind its life to it.
 */
function innerScript({ limits, prelude, serverFd }: Confinement): string {
  const blocks = Math.max(1, Math.ceil(limits.fileSizeBytes / 1024));
  // Of data, not of address space: programs reserve far more of that than they use.
  const kilobytes = Math.max(1024, Math.ceil(limits.memoryBytes / 1024));
  const ulimit = `ulimit -c 0 -f ${blocks} -n ${limits.openFiles} -t ${limits.cpuSeconds} -u ${limits.processes} -d ${kilobytes}`;
  const greet = serverFd === undefined ? "" : `read -t 0 -u ${serverFd} && exit 125; echo ready >&${serverFd}; `;
  const closeFds = `cd /proc/self/fd; for n in *; do [ "$n" -gt 2 ] && eval "exec $n>&-"; done; cd ${SANDBOX_ROOT}`;
  // When the machine's memory ends, the kernel ends these before the server.
  const first = "echo 1000 2>/dev/null > /proc/self/oom_score_adj";
  return `${ulimit} || exit 126; ${first}; ${greet}${closeFds}; ${prelude ?? ""}exec /bin/bash --norc -c "$0"`;
}

/** The arguments after `bwrap`. `seen` is where the process that runs bubblewrap finds a path of the host. */
export function bubblewrapArguments(
  confinement: Confinement,
  seen: (source: string) => string,
  inputArguments: readonly string[],
): string[] {
  const { mounts, hiddenPaths, limits, searchPath } = confinement;
  const size = String(limits.tmpSizeBytes);
  const hasWorkspace = mounts.some(({ at }) => at === SANDBOX_ROOT);
  const environment = {
    PATH: [...searchPath, "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
    HOME: SANDBOX_ROOT,
    LANG: "C.UTF-8",
    // In a read-only root-owned workspace git would otherwise refuse to read the repository of another owner.
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "safe.directory",
    GIT_CONFIG_VALUE_0: "*",
    EMAIL: "agent@banyan.invalid",
  };
  return [
    ...["--unshare-all", "--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000"],
    ...["--hostname", "sandbox", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"],
    ...Object.entries(environment).flatMap(([name, value]) => ["--setenv", name, value]),
    ...systemMounts(),
    ...["--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys", "--dev", "/dev"],
    ...["--size", size, "--tmpfs", "/dev/shm", "--remount-ro", "/dev", "--size", size, "--tmpfs", "/tmp"],
    ...(hasWorkspace ? [] : ["--size", size, "--tmpfs", SANDBOX_ROOT]),
    ...mounts.flatMap((mount) => [
      ...[mount.writable ? "--bind" : "--ro-bind", seen(mount.source), mount.at],
      ...masks(mount, hiddenPaths),
    ]),
    ...(confinement.extraArguments ?? []),
    ...inputArguments,
    ...["--chdir", SANDBOX_ROOT, "--remount-ro", "/", "--"],
    // Nothing comes before the limits: not what the environment names (-p), and not the workspace's own .bashrc, which a bash
    // reads whose input is a socket.
    ...["/bin/bash", "--norc", "-p", "-c", innerScript(confinement), confinement.command],
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
