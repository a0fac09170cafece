import type { SandboxLimits, SandboxPort } from "../sandbox/port";
import { SANDBOX_ROOT, WorkspaceError, type WorkspaceView } from "../workspace/path";
import { GitError, reasonIn } from "./run";

/**
 * An agent's repository. Git runs in it only inside the sandbox, because its configuration and hooks are the agent's.
 */
export interface AgentRepository {
  sandbox: SandboxPort;
  view: WorkspaceView;
  /** The repository's folder, as path segments below the workspace. */
  parts: readonly string[];
  timeoutMs: number;
  signal: AbortSignal;
  onActivity?(): void;
}

export interface GitAnswer {
  status: number;
  stdout: string;
  stderr: string;
  /** Whether the output was longer than the kept part. */
  truncated: boolean;
}

export interface SandboxGitCall {
  /** Exit statuses that count as answers, not as failures. Default: 0 alone. */
  statuses?: readonly number[];
  maxOutputBytes?: number;
  env?: Readonly<Record<string, string>>;
}

const DEFAULT_OUTPUT_BYTES = 2 * 1024 * 1024;
/** Git on a large repository needs more than other commands. */
const LIMITS: Partial<SandboxLimits> = { fileSizeBytes: 2 * 1024 ** 3 };

/**
 * Overrides of settings that would run a program, prompt, or wait. In the sandbox they are harmless but would disturb.
 */
const QUIET_SETTINGS = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.pager=cat",
  "core.editor=true",
  "gc.auto=0",
  "maintenance.auto=false",
  "commit.gpgSign=false",
  "tag.gpgSign=false",
  "log.showSignature=false",
  "credential.helper=",
  "color.ui=false",
  "core.quotePath=false",
  "submodule.recurse=false",
  "diff.noprefix=false",
  "merge.verifySignatures=false",
  "diff.mnemonicPrefix=false",
  "log.follow=false",
  "status.showStash=false",
];

const ENVIRONMENT = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  GIT_ASKPASS: "/bin/false",
  GIT_LITERAL_PATHSPECS: "1",
  GIT_ALLOW_PROTOCOL: "file",
  GIT_PAGER: "cat",
  GIT_EDITOR: "true",
  LC_ALL: "C.UTF-8",
};

/**
 * Returns any text as one word of a bash command. Throws a `WorkspaceError` for a NUL character, which no argument can
 * contain.
 */
export function quoteForShell(word: string): string {
  if (word.includes("\0")) throw new WorkspaceError("A value contains a NUL character; remove it.");
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Returns a bash command that runs git in the repository. */
export function gitCommand(
  parts: readonly string[],
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string {
  const settings = QUIET_SETTINGS.flatMap((setting) => ["-c", setting]);
  const assignments = Object.entries({ ...ENVIRONMENT, ...env }).map(([name, value]) => `${name}=${value}`);
  const words = ["env", ...assignments, "git", "-C", sandboxPath(parts), ...settings, ...args];
  return words.map(quoteForShell).join(" ");
}

export function sandboxPath(parts: readonly string[]): string {
  return [SANDBOX_ROOT, ...parts].join("/");
}

/** Runs git inside the sandbox. Throws a `WorkspaceError` with one sentence, or the signal's reason. */
export function gitInSandbox(
  repository: AgentRepository,
  args: readonly string[],
  call: SandboxGitCall = {},
): Promise<GitAnswer> {
  return shellInSandbox(repository, gitCommand(repository.parts, args, call.env), call);
}

/** Runs a bash command made of `gitCommand`s. */
export async function shellInSandbox(
  repository: AgentRepository,
  command: string,
  call: SandboxGitCall = {},
): Promise<GitAnswer> {
  const { sandbox, view, signal, timeoutMs, onActivity } = repository;
  signal.throwIfAborted();
  const status = await sandbox.status();
  if (!status.available) throw new WorkspaceError(status.reason);
  const result = await sandbox.run({
    command,
    workspace: view.root,
    hiddenPaths: view.hiddenPaths,
    readOnlyWorkspace: view.isReadOnly === true,
    guardsGit: view.guardsGit === true,
    ...(view.linkedGit && { linkedGit: view.linkedGit }),
    timeoutMs,
    signal,
    onActivity,
    maxOutputBytes: call.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES,
    keepsStart: true,
    limits: LIMITS,
  });
  if (result.endedBy === "timeout") {
    throw new WorkspaceError(`git took longer than ${timeoutMs} ms and was ended.${saidBefore(result.stderr)}`);
  }
  signal.throwIfAborted();
  // Too long an output is cut, and the caller reads its beginning.
  if (result.endedBy !== undefined && result.endedBy !== "output_limit") {
    throw new WorkspaceError(result.problem ?? `git was ended (${result.endedBy}).`);
  }
  const { exitStatus, stdout, stderr } = result;
  const statuses = call.statuses ?? [0];
  if (result.endedBy === undefined && (exitStatus === null || !statuses.includes(exitStatus))) {
    throw failure(repository, stderr, exitStatus);
  }
  return { status: exitStatus ?? 0, stdout, stderr, truncated: result.truncated };
}

const REASON_MAX_CHARACTERS = 500;

/** Returns the end of what git had printed, as a sentence with a space before it. */
function saidBefore(stderr: string): string {
  const said = stderr.trim().slice(-REASON_MAX_CHARACTERS);
  return said === "" ? "" : ` Until then it said: ${said}`;
}

function failure(repository: AgentRepository, stderr: string, exitStatus: number | null): WorkspaceError {
  const folder = JSON.stringify(repository.parts.join("/") || ".");
  if (/not a git repository/i.test(stderr)) {
    return new WorkspaceError(
      `There is no git repository in ${folder}; clone a repository, or name its folder with \`path\`.`,
    );
  }
  if (/cannot change to .*No such file|cannot change to .*Not a directory/i.test(stderr)) {
    return new WorkspaceError(`There is no folder ${folder} in the workspace.`);
  }
  if (/index\.lock|\.lock': File exists/.test(stderr)) {
    return new WorkspaceError(
      `Another git is running in ${folder}, or was killed there; try again, and if no git is running, remove the .lock file in .git.`,
    );
  }
  const reason = (reasonIn(stderr) ?? `exit status ${exitStatus}`).slice(0, REASON_MAX_CHARACTERS);
  return new GitError(`git failed in ${folder}: ${reason}`, stderr);
}
