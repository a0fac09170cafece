/** Reads an agent's repository inside the sandbox, and shortens what it reports. */
import { WorkspaceError } from "../workspace/path";
import { GitError } from "./run";
import { type AgentRepository, gitInSandbox } from "./sandbox-git";

const LISTED_MAX = 200;
const PATCH_MAX_BYTES = 60_000;
const BODY_MAX_CHARACTERS = 2_000;
const LIST_MAX_BYTES = 4 * 1024 * 1024;

export interface RepositoryStatus {
  branch: string | null;
  commit: string | null;
  upstream?: string;
  ahead?: number;
  behind?: number;
  staged: { path: string; change: string }[];
  unstaged: { path: string; change: string }[];
  untracked: string[];
  conflicts: string[];
  /** Whether there are more entries than listed. */
  truncated: boolean;
}

const CHANGES: Record<string, string> = {
  M: "modified",
  A: "added",
  D: "deleted",
  R: "renamed",
  C: "copied",
  T: "type changed",
};

export async function readStatus(repository: AgentRepository): Promise<RepositoryStatus> {
  const args = ["--no-optional-locks", "status", "--porcelain=v2", "--branch", "-z"];
  const { stdout, truncated } = await gitInSandbox(
    repository,
    [...args, "--untracked-files=normal", "--ignore-submodules=dirty"],
    { maxOutputBytes: LIST_MAX_BYTES },
  );
  return parseStatus(stdout, truncated);
}

function parseStatus(output: string, cut: boolean): RepositoryStatus {
  const status: RepositoryStatus = {
    branch: null,
    commit: null,
    staged: [],
    unstaged: [],
    untracked: [],
    conflicts: [],
    truncated: cut,
  };
  const add = <Item>(list: Item[], item: Item) => {
    if (list.length < LISTED_MAX) list.push(item);
    else status.truncated = true;
  };
  const items = output.split("\0");
  // The text after the last NUL is empty, or was cut.
  items.pop();
  for (let at = 0; at < items.length; at++) {
    const item = items[at] ?? "";
    if (item.startsWith("# ")) readHeader(item, status);
    else if (item.startsWith("? ")) add(status.untracked, item.slice(2));
    else if (item.startsWith("u ")) add(status.conflicts, fieldsAfter(item, 10));
    else if (item.startsWith("1 ") || item.startsWith("2 ")) {
      const path = fieldsAfter(item, item.startsWith("2 ") ? 9 : 8);
      const [staged = ".", unstaged = "."] = [item[2], item[3]];
      if (staged !== ".") add(status.staged, { path, change: CHANGES[staged] ?? staged });
      if (unstaged !== ".") add(status.unstaged, { path, change: CHANGES[unstaged] ?? unstaged });
      // The old name follows a rename.
      if (item.startsWith("2 ")) at += 1;
    }
  }
  return status;
}

function readHeader(item: string, status: RepositoryStatus): void {
  const [, name, value = "", more = ""] = item.split(" ");
  if (name === "branch.oid") status.commit = value === "(initial)" ? null : value;
  if (name === "branch.head") status.branch = value === "(detached)" ? null : value;
  if (name === "branch.upstream") status.upstream = value;
  if (name === "branch.ab") Object.assign(status, { ahead: Number(value), behind: -Number(more) });
}

function fieldsAfter(item: string, fields: number): string {
  return item.split(" ").slice(fields).join(" ");
}

export interface DiffRequest {
  /** Full ids. Without both: the working tree against HEAD. With `from` alone: from that commit to the working tree. */
  from?: string;
  to?: string;
  staged?: boolean;
  files: readonly string[];
}

export interface Diff {
  files: { path: string; added: number | null; removed: number | null }[];
  patch: string;
  truncated: boolean;
}

const PLAIN_DIFF = ["--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=dirty"];

export async function readDiff(repository: AgentRepository, request: DiffRequest): Promise<Diff> {
  const revisions = [request.from, request.to].filter((revision) => revision !== undefined);
  const cached = request.staged ? ["--cached"] : [];
  const args = [...PLAIN_DIFF, ...cached, ...revisions, "--", ...request.files];
  return diffOf(repository, (shape) => ["--no-optional-locks", "diff", ...shape, ...args]);
}

async function diffOf(repository: AgentRepository, argsFor: (shape: string[]) => string[]): Promise<Diff> {
  const numbers = await gitInSandbox(repository, argsFor(["--numstat", "--no-renames", "-z"]), {
    maxOutputBytes: LIST_MAX_BYTES,
  });
  const patch = await gitInSandbox(repository, argsFor(["--patch", "--find-renames"]), {
    maxOutputBytes: PATCH_MAX_BYTES,
  });
  const files = numbers.stdout
    .split("\0")
    .map((line) => line.replace(/^\n/, "").match(/^(\d+|-)\t(\d+|-)\t([\s\S]+)$/))
    .filter((match) => match !== null)
    .map(([, added, removed, path = ""]) => ({ path, added: count(added), removed: count(removed) }));
  const truncated = numbers.truncated || patch.truncated || files.length > LISTED_MAX;
  return { files: files.slice(0, LISTED_MAX), patch: patch.stdout, truncated };
}

/** Returns null for a binary file. */
function count(text: string | undefined): number | null {
  return text === undefined || text === "-" ? null : Number(text);
}

export interface CommitEntry {
  commit: string;
  parents: string[];
  author: string;
  /** ISO 8601, by the author's clock. */
  date: string;
  subject: string;
  body?: string;
}

const FORMAT = "--format=%H%x1f%P%x1f%an <%ae>%x1f%aI%x1f%B";

export async function readLog(
  repository: AgentRepository,
  request: { revision: string; limit: number; files: readonly string[] },
): Promise<{ commits: CommitEntry[]; more: boolean }> {
  const { revision, limit, files } = request;
  const args = ["log", "-z", FORMAT, `--max-count=${limit + 1}`, "--no-mailmap", revision, "--", ...files];
  const { stdout, truncated } = await gitInSandbox(repository, args);
  const commits = stdout
    .split("\0")
    .map(parseCommit)
    .filter((entry) => entry !== null);
  return { commits: commits.slice(0, limit), more: truncated || commits.length > limit };
}

function parseCommit(item: string): CommitEntry | null {
  const [commit = "", parents = "", author = "", date = "", message] = item.replace(/^\n/, "").split("\x1f");
  if (message === undefined) return null;
  const [subject = "", ...rest] = message.trim().split("\n");
  const body = rest.join("\n").trim().slice(0, BODY_MAX_CHARACTERS);
  return { commit, parents: parents.split(" ").filter(Boolean), author, date, subject, ...(body && { body }) };
}

/** Returns one commit with its change; for a merge, the change against its first parent. */
export async function readCommit(
  repository: AgentRepository,
  request: { revision: string; files: readonly string[] },
): Promise<CommitEntry & Diff> {
  const { commits } = await readLog(repository, { revision: request.revision, limit: 1, files: [] });
  const [entry] = commits;
  if (!entry) throw new WorkspaceError(`The commit ${request.revision.slice(0, 12)} cannot be read.`);
  const args = [...PLAIN_DIFF, "--first-parent", "--format=", request.revision, "--", ...request.files];
  return { ...entry, ...(await diffOf(repository, (shape) => ["show", ...shape, ...args])) };
}

/** Returns every branch, the repository's own and `origin`'s. */
export async function readBranches(repository: AgentRepository) {
  const format = "--format=%(HEAD)%00%(refname)%00%(objectname)";
  const { stdout, truncated } = await gitInSandbox(repository, [
    "for-each-ref",
    "--sort=-committerdate",
    `--count=${LISTED_MAX + 1}`,
    format,
    "refs/heads",
    "refs/remotes",
  ]);
  const branches = stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [head, ref = "", commit = ""] = line.split("\0");
      const name = ref.replace(/^refs\/(heads|remotes)\//, "");
      return { name, commit, ...(head === "*" && { current: true }) };
    });
  return { branches: branches.slice(0, LISTED_MAX), truncated: truncated || branches.length > LISTED_MAX };
}

/** Returns the full id of the commit with this name, so that no later argument can be taken for an option. */
export async function resolveCommit(repository: AgentRepository, revision: string): Promise<string> {
  const shown = JSON.stringify(revision.slice(0, 200));
  if (revision === "" || revision.startsWith("-") || /[\0\n]/.test(revision)) {
    throw new WorkspaceError(`${shown} cannot name a commit; give a branch, a tag or a commit's id.`);
  }
  try {
    const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`];
    const { stdout } = await gitInSandbox(repository, args);
    if (/^([0-9a-f]{40}|[0-9a-f]{64})\n$/.test(stdout)) return stdout.trim();
  } catch (error) {
    // With --quiet, git prints nothing when there is no such commit.
    if (!(error instanceof GitError) || error.said.trim() !== "") throw error;
  }
  throw new WorkspaceError(
    `There is no commit ${shown} in the repository; see \`branch\` and \`log\` for branches and commits.`,
  );
}
