/** Turns a run into the program, arguments and descriptors that run it sandboxed. */
import fs from "node:fs";
import path from "node:path";
import { asToolUser, type ToolUser } from "@/lib/process/tools-identity";
import { allHiddenPaths, type LinkedGit, SCRATCH_FOLDER, WorkspaceError } from "../workspace/path";
import { isAtOrBelow } from "../workspace/spelling";
import { bubblewrapArguments, bubblewrapInputs, type Confinement, DEFAULT_LIMITS, USUAL_PLACE } from "./bubblewrap";
import { gitGuards } from "./git-guard";
import { linkedFiles, linkedMounts } from "./linked-git";
import { type HostMount, homeMount, nodeMounts, workspaceMounts } from "./mounts";
import { enclosing } from "./nested";
import { certificates, type NetworkInside } from "./network";
import type { SandboxLimits, SandboxRun, SandboxStart } from "./port";
import { FIRST_EXTRA_FD } from "./process";

export interface ConfineOptions {
  /** The working folder: the workspace or a copy of it; null for none. */
  workspace: string | null;
  /** The workspace's repository outside of it, or a copy of that. */
  linked?: LinkedGit | null;
  mounts?: readonly HostMount[];
  env?: Readonly<Record<string, string>>;
  network: NetworkInside | null;
  sharesNetwork?: boolean;
  isNested?: boolean;
  limits: Partial<SandboxLimits> & Pick<SandboxLimits, "cpuSeconds">;
}

/** Returns the confinement for `run` and `start`. */
export function confine(given: SandboxRun | SandboxStart, options: ConfineOptions): Confinement {
  const { workspace, network, mounts = [] } = options;
  const node = nodeMounts();
  const isReadOnly = given.readOnlyWorkspace ?? false;
  const place = ("place" in given && given.place) || USUAL_PLACE;
  const own = workspace === null ? [] : workspaceMounts(workspace, isReadOnly, place.folder);
  const hidden = allHiddenPaths(given.hiddenPaths);
  // A guard of a hidden repository would show it again.
  const guards = (
    workspace !== null && given.guardsGit && !isReadOnly ? gitGuards(workspace, place.folder) : []
  ).filter(({ source }) => !hidden.some((folder) => folder !== workspace && isAtOrBelow(folder, source)));
  const { linked } = options;
  const repository = linked ? linkedMounts(linked, isReadOnly) : [];
  const home = given.home === undefined ? [] : [homeMount(given.home)];
  // Before the workspace, which may be below it.
  const placeHome = place.homeFolder === undefined ? [] : [homeMount(place.homeFolder, place.home)];
  return {
    command: given.command,
    place,
    mounts: [
      ...placeHome,
      ...own,
      ...guards,
      ...repository,
      ...home,
      ...mounts,
      ...node.mounts,
      ...(network?.mounts ?? []),
    ],
    extraArguments: [...node.args, ...certificates()],
    hiddenPaths: given.hiddenPaths,
    searchPath: node.searchPath,
    env: { ...options.env, ...network?.env },
    isOffline: given.network === undefined,
    files: { ...network?.files, ...(linked && linkedFiles(linked, place.folder)) },
    ...(network && { prelude: network.prelude }),
    ...(options.sharesNetwork && { sharesNetwork: true }),
    ...(options.isNested && { isNested: true }),
    ...(home.length > 0 && { hasHome: true }),
    limits: { ...DEFAULT_LIMITS, ...options.limits, ...given.limits },
  };
}

export interface Launch {
  file: string;
  args: string[];
  extraInputs: Buffer[];
}

export function launch(bwrap: string, confinement: Confinement, user: ToolUser | null): Launch {
  const { args, inputs } = bubblewrapInputs(FIRST_EXTRA_FD, confinement);
  return { ...command(bwrap, confinement, user, { info: [], args }), extraInputs: inputs };
}

/**
 * Returns the launch of a program that outlives a call. Bubblewrap reports its first process at `infoFd`; the sandbox
 * reports at `serverFd` that it starts.
 */
export function launchProgram(bwrap: string, confinement: Confinement, user: ToolUser | null) {
  const { args, inputs } = bubblewrapInputs(FIRST_EXTRA_FD, confinement);
  const infoFd = FIRST_EXTRA_FD + inputs.length;
  const serverFd = infoFd + 1;
  const info = ["--info-fd", String(infoFd)];
  const started = command(bwrap, { ...confinement, serverFd }, user, { info, args });
  return { ...started, extraInputs: inputs, infoFd, serverFd };
}

function command(
  bwrap: string,
  confinement: Confinement,
  user: ToolUser | null,
  { info, args }: { info: readonly string[]; args: readonly string[] },
) {
  const sources = confinement.mounts.map(({ source }) => source);
  return asToolUser(sources, user, (seen) => ({
    file: bwrap,
    args: confinement.isNested
      ? [...enclosing(info), bwrap, ...bubblewrapArguments(confinement, seen, args)]
      : bubblewrapArguments(confinement, seen, [...info, ...args]),
  }));
}

/** Throws a `WorkspaceError` for a command or an environment that no shell accepts. */
export function checkStart({ command: given, env = {} }: SandboxStart): void {
  if (given.includes("\0")) throw new WorkspaceError("The command contains a NUL character; remove it.");
  for (const [name, value] of Object.entries(env)) {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !value.includes("\0")) continue;
    throw new WorkspaceError(
      `The environment variable ${JSON.stringify(name)} cannot be set; use only letters, digits and _ in its name, and no NUL in its value.`,
    );
  }
}

/**
 * Creates the only folder in a read-only workspace where a command may leave files. Its .gitignore keeps it out of the
 * checkout's status.
 */
export function makeScratch(workspace: string, user: ToolUser | null): void {
  const scratch = path.join(workspace, SCRATCH_FOLDER);
  const stat = fs.lstatSync(scratch, { throwIfNoEntry: false });
  if (stat && !stat.isDirectory()) throw new Error(`${scratch} blocks the sandbox's scratch folder; remove it.`);
  if (stat) return;
  fs.mkdirSync(scratch, 0o755);
  fs.writeFileSync(path.join(scratch, ".gitignore"), "*\n");
  if (user) fs.chownSync(scratch, user.uid, user.gid);
}
