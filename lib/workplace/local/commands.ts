/** Commands in a folder on this machine: in the foreground in the sandbox, in the background as terminals. */
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { SandboxPort, SandboxRun } from "../../sandbox/port";
import type { Terminals, TerminalUser } from "../../terminals/port";
import { homeOf } from "../../workspace/home";
import { SANDBOX_ROOT } from "../../workspace/path";
import type { BackgroundRun, CommandRun, WorkplaceCommands, WorkplaceFolder } from "../port";

export interface CommandSources {
  sandbox: SandboxPort;
  terminals: Pick<Terminals, "start" | "output" | "input" | "stop">;
}

export function localCommands(folder: WorkplaceFolder, { sandbox, terminals }: CommandSources): WorkplaceCommands {
  const user: TerminalUser = { treeId: folder.tree, taskId: folder.task, workspace: folder.root };
  return {
    status: () => sandbox.status(),
    run: ({ timeoutMs, maxOutputBytes, ...run }, { signal, onActivity, onOutput }) =>
      sandbox.run({
        ...inFolder(folder, run),
        timeoutMs,
        maxOutputBytes,
        signal,
        ...(onActivity && { onActivity }),
        ...(onOutput && { onOutput }),
      }),
    start: ({ lifetimeMs, isTerminal = false, ...run }, signal) =>
      terminals.start(user, { ...inFolder(folder, run), isTerminal, lifetimeMs, signal }),
    output: (id, poll, signal) => terminals.output(user, id, { ...poll, signal }),
    input: (id, text, close) => terminals.input(user, id, text, close),
    stop: (id) => terminals.stop(user, id),
  };
}

type InFolder = Omit<CommandRun & BackgroundRun, "timeoutMs" | "maxOutputBytes" | "lifetimeMs" | "isTerminal">;

function inFolder(
  folder: WorkplaceFolder,
  { command, network, sharedNetwork, limits, packages }: InFolder,
): Omit<SandboxRun, "timeoutMs" | "signal"> {
  const { root, hiddenPaths, isReadOnly = false, guardsGit = false, linkedGit } = folder;
  return {
    command,
    workspace: root,
    hiddenPaths,
    readOnlyWorkspace: isReadOnly,
    guardsGit,
    ...(linkedGit && { linkedGit }),
    home: homeOf(folder, root),
    ...shownPackages(root, packages ?? null),
    ...(network && { network }),
    ...(sharedNetwork !== undefined && { sharedNetwork }),
    ...(limits && { limits }),
  };
}

/** Shows packages beside the files that need them, unless the folder has something else there. */
function shownPackages(workspace: string, packages: string | null): Pick<SandboxRun, "readOnly"> {
  if (packages === null) return {};
  const own = lstatSync(join(workspace, "node_modules"), { throwIfNoEntry: false });
  const isFree = !own || (own.isDirectory() && readdirSync(join(workspace, "node_modules")).length === 0);
  return isFree ? { readOnly: [{ source: packages, at: `${SANDBOX_ROOT}/node_modules` }] } : {};
}
