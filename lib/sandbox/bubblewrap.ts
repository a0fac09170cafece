import fs from "node:fs";
import { SANDBOX_HOME, SANDBOX_ROOT } from "../workspace/path";
import { gitSettings } from "./git-settings";
import { type HostMount, masks } from "./mounts";
import { NESTED_HOME, nestedMounts } from "./nested";
import type { SandboxLimits, SandboxPlace } from "./port";
import { seccompProgram } from "./seccomp";
import { OFFLINE_ENVIRONMENT, UNATTENDED_ENVIRONMENT, unattendedFiles } from "./unattended";

/** The CPU time follows the time that a run has. */
export const DEFAULT_LIMITS: Omit<SandboxLimits, "cpuSeconds"> = {
  processes: 128,
  fileSizeBytes: 100 * 1024 * 1024,
  openFiles: 512,
  memoryBytes: 2048 * 1024 * 1024,
  tmpSizeBytes: 64 * 1024 * 1024,
};

/** Enough for a program that runs for days; a program that only burns CPU is still ended. */
export const LONG_LIVED_CPU_SECONDS = 3600;

/** Where commands find themselves, unless a run names another place. */
export const USUAL_PLACE: SandboxPlace = {
  folder: SANDBOX_ROOT,
  home: SANDBOX_ROOT,
  user: { name: "sandbox", id: 1000 },
  host: "sandbox",
  env: {},
};

const AGENTS_ENVIRONMENT = { ...gitSettings(), EMAIL: "agent@banyan.invalid" };

/** Everything that bubblewrap needs to know about one sandbox. */
export interface Confinement {
  /** As bash parses it. */
  command: string;
  place: SandboxPlace;
  /** In mount order. Without a mount at the place's folder, an empty folder in memory is there. */
  mounts: readonly HostMount[];
  /** Further arguments for the sandbox's file system. */
  extraArguments?: readonly string[];
  hiddenPaths: readonly string[];
  searchPath: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Files to create in the sandbox, with their contents. */
  files?: Readonly<Record<string, string>>;
  limits: SandboxLimits;
  /** No host can be reached. */
  isOffline: boolean;
  /** Lines of shell between the limits and the command. */
  prelude?: string;
  /** The sandbox stays in the network in which bubblewrap is started. Absent: it has an empty network of its own. */
  sharesNetwork?: boolean;
  /** Commands may use sandboxes and browsers of their own; `nested.ts` says how. */
  isNested?: boolean;
  /** A folder is mounted at SANDBOX_HOME, and is the home. */
  hasHome?: boolean;
  /** A socket to the server: the command starts only while the server lives, and the server learns that it starts. */
  serverFd?: number;
}

/** Returns the data that bubblewrap reads from descriptors starting at `firstFd`, and the arguments that name them. */
export function bubblewrapInputs(
  firstFd: number,
  confinement: Pick<Confinement, "env" | "files" | "isNested" | "place" | "hasHome" | "isOffline">,
): { args: string[]; inputs: Buffer[] } {
  const { env, files: more, isNested, place, hasHome, isOffline } = confinement;
  const { name, id } = place.user;
  const files = {
    ...more,
    // Programs such as git fail when their user has no name.
    "/etc/passwd": `${name}:x:${id}:${id}:${place === USUAL_PLACE ? "Banyan agent" : name}:${hasHome ? SANDBOX_HOME : place.home}:/bin/bash\n`,
    "/etc/group": `${name}:x:${id}:\n`,
    ...unattendedFiles(isOffline),
    "/etc/hosts": `127.0.0.1 localhost ${place.host}\n::1 localhost\n`,
  };
  const inputs: Buffer[] = [];
  const args: string[] = [];
  for (const [file, text] of Object.entries(files)) {
    args.push("--ro-bind-data", String(firstFd + inputs.length), file);
    inputs.push(Buffer.from(text));
  }
  const seccomp = seccompProgram(isNested);
  if (seccomp) {
    args.push("--seccomp", String(firstFd + inputs.length));
    inputs.push(seccomp);
  }
  const settings = Object.entries(env).flatMap(([name, value]) => ["--setenv", name, value]);
  if (settings.length > 0) {
    // Every user of the machine can read arguments, and the environment may contain a secret.
    args.push("--args", String(firstFd + inputs.length));
    inputs.push(Buffer.from(settings.map((setting) => `${setting}\0`).join("")));
  }
  return { args, inputs };
}

/**
 * The host ends a command whose process reaches its CPU limit, and says so. Where the host is late, the kernel gives the
 * process a signal that shells name, and kills it as much later.
 */
const CPU_GRACE_SECONDS = 5;

/** Sets a limit; where the account of the server has a lower one, which nobody may raise, that one holds. */
const LIMIT = `limit() { ulimit -$1 $2 2>/dev/null || { [ "$(ulimit -H$1)" -lt $2 ] && ulimit -$1 "$(ulimit -H$1)"; }; }`;

/**
 * The first process inside the sandbox sets the limits: its user namespace is new, so `processes` counts this run alone
 * and not other processes of the server's user. It also closes descriptors above 2, which would otherwise leak from the
 * server. `$0` is the command. An end of file on `serverFd` means that the server died before bubblewrap could bind its
 * life to it.
 */
function innerScript({ limits, prelude, serverFd, isNested, place }: Confinement): string {
  const blocks = Math.max(1, Math.ceil(limits.fileSizeBytes / 1024));
  // A limit of data, not of address space, because programs reserve far more address space than they use.
  const kilobytes = Math.max(1024, Math.ceil(limits.memoryBytes / 1024));
  const { openFiles, cpuSeconds, processes } = limits;
  const signalled = cpuSeconds + CPU_GRACE_SECONDS;
  const wanted = { c: 0, f: blocks, n: openFiles, t: signalled + CPU_GRACE_SECONDS, u: processes, d: kilobytes };
  // Fails where the account has a lower limit, which holds then.
  const softCpu = `{ ulimit -St ${signalled} 2>/dev/null || true; }`;
  const set = [...Object.entries(wanted).map(([limit, value]) => `limit ${limit} ${value}`), softCpu];
  const greet = serverFd === undefined ? "" : `read -t 0 -u ${serverFd} && exit 125; echo ready >&${serverFd}; `;
  const closeFds = `cd /proc/self/fd; for n in *; do [ "$n" -gt 2 ] && eval "exec $n>&-"; done; cd ${place.folder}`;
  // When the machine runs out of memory, the kernel kills these processes before the server; and those of a sandbox
  // inside a nested one before the server in that.
  const first = `echo ${isNested ? 500 : 1000} 2>/dev/null > /proc/self/oom_score_adj`;
  const command = '/bin/bash --norc -c "$0"';
  // This shell is process 1 of a nested sandbox: it stays, because orphans that have ended need somebody who reaps them.
  const last = isNested ? `${command}; exit $?` : `exec ${command}`;
  return `${LIMIT}; ${set.join(" && ")} || exit 126; ${first}; ${greet}${closeFds}; ${prelude ?? ""}${last}`;
}

const identity = ({ user }: SandboxPlace) => ["--unshare-user", "--uid", `${user.id}`, "--gid", `${user.id}`];
const session = ({ host }: SandboxPlace) => [
  "--hostname",
  host,
  "--die-with-parent",
  "--new-session",
  "--cap-drop",
  "ALL",
  "--clearenv",
];

/**
 * Returns the arguments for a process that only makes namespaces which others enter. Without /dev, for which bubblewrap
 * would put a second user namespace around the process that does not own the network.
 */
export function namespaceArguments(): string[] {
  return ["--unshare-all", ...identity(USUAL_PLACE), ...session(USUAL_PLACE), ...systemMounts(), "--remount-ro", "/"];
}

/** Returns the arguments after `bwrap`. `seen` maps a host path to where the process that runs bubblewrap finds it. */
export function bubblewrapArguments(
  confinement: Confinement,
  seen: (source: string) => string,
  inputArguments: readonly string[],
): string[] {
  const { mounts, hiddenPaths, limits, searchPath, isNested, place, hasHome, isOffline } = confinement;
  const size = String(limits.tmpSizeBytes);
  const hasWorkspace = mounts.some(({ at }) => at === place.folder);
  const environment = {
    PATH: [...searchPath, "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
    HOME: isNested ? NESTED_HOME : hasHome ? SANDBOX_HOME : place.home,
    LANG: "C.UTF-8",
    ...UNATTENDED_ENVIRONMENT,
    ...(isOffline && OFFLINE_ENVIRONMENT),
    ...(place === USUAL_PLACE ? AGENTS_ENVIRONMENT : place.env),
  };
  return [
    "--unshare-all",
    ...(confinement.sharesNetwork ? ["--share-net"] : []),
    ...identity(place),
    isNested ? "--as-pid-1" : "--disable-userns",
    ...session(place),
    ...Object.entries(environment).flatMap(([name, value]) => ["--setenv", name, value]),
    ...systemMounts(),
    ...(isNested ? nestedMounts(size) : []),
    // A nested sandbox can mount its own /proc only where nothing covers a part of this one.
    "--proc",
    "/proc",
    ...(isNested ? [] : ["--ro-bind", "/proc/sys", "/proc/sys"]),
    "--dev",
    "/dev",
    "--size",
    size,
    "--tmpfs",
    "/dev/shm",
    "--remount-ro",
    "/dev",
    "--size",
    size,
    "--tmpfs",
    "/tmp",
    ...(place.home === place.folder || place.homeFolder !== undefined ? [] : ["--size", size, "--tmpfs", place.home]),
    ...(hasWorkspace ? [] : ["--size", size, "--tmpfs", place.folder]),
    ...mounts.flatMap((mount) => [
      mount.writable ? "--bind" : "--ro-bind",
      seen(mount.source),
      mount.at,
      ...masks(mount, hiddenPaths, seen),
    ]),
    ...(confinement.extraArguments ?? []),
    ...inputArguments,
    "--chdir",
    place.folder,
    "--remount-ro",
    "/",
    "--",
    // The limits come first: before what the environment names (-p) and before the workspace's .bashrc, which bash
    // reads when its input is a socket.
    "/bin/bash",
    "--norc",
    "-p",
    "-c",
    innerScript(confinement),
    confinement.command,
  ];
}

/** Mounts /usr, the top-level folders that lead into it, and the few files of /etc that common programs need. */
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
