/** What every stand-in for a forge is made of: people, issues, comments and pull requests of one repository with real git. */
import { execFileSync } from "node:child_process";
import { type GitServer, startGitServer } from "@/lib/git/testing/git-server";

interface Account {
  login: string;
  permission: "admin" | "write" | "read" | "none";
}

/** What a review says of a pull request. */
type Verdict = "approved" | "changes" | "said";

export interface Comment {
  id: number;
  /** Where it was said. */
  on: Issue;
  by: string;
  body: string;
  at: string;
  line?: { path: string; line: number };
  review?: Verdict;
  /** The commit that the review is of. */
  of?: string;
}

export interface Issue {
  number: number;
  title: string;
  body: string;
  by: string;
  open: boolean;
  /** Set where not everybody sees it who sees the repository. */
  confidential?: boolean;
  labels: string[];
  events: { event: "labeled" | "assigned"; by: string; label?: string; assignee?: string }[];
  /** Set for a pull request. */
  pull?: { branch: string; base: string; merged: boolean; mergedAs?: string; reviewers: string[] };
}

export interface Answered {
  status: number;
  data: unknown;
  headers?: Record<string, string>;
}

export interface ForgeOptions {
  accounts: readonly Account[];
  token?: string;
}

/** How one kind of forge differs from the others. */
interface Differences {
  /** Whether issues and pull requests are counted together. */
  countsTogether: boolean;
  /** The repository's path: its git is `PATH.git` below the folder, with a branch main. */
  path: string;
}

export interface ForgeState {
  host: string;
  apiUrl: string;
  path: string;
  /** The address that git clones. */
  cloneUrl: string;
  git: GitServer;
  bare: string;
  token: string;
  /** Banyan's account. */
  login: string;
  /** Issues and pull requests, in the order in which they were opened. */
  issues: Issue[];
  comments: Comment[];
  /** Checks by the commit. */
  checks: Map<string, { name: string; conclusion: "success" | "failure"; summary: string }[]>;
  accounts: Account[];
  openIssue(issue: { title: string; body?: string; by: string; labels?: string[] }): number;
  /** Opens a pull request. */
  openPull(pull: { title: string; body: string; by: string; branch: string; base: string }): Issue;
  label(number: number, label: string, by: string): void;
  assign(number: number, assignee: string, by: string): void;
  comment(number: number, by: string, body: string): Comment;
  commentOnPull(number: number, by: string, body: string): Comment;
  review(number: number, by: string, review: Verdict, body: string, line?: Comment["line"]): void;
  merge(number: number): void;
  /** Takes a merged pull request back with such a message, in which `$commit` is the commit of its merge. */
  revert(number: number, message: string): void;
  /** The commits of a branch, the newest first. */
  commits(branch: string): { sha: string; message: string; at: string }[];
  /** Closes a pull request without merging it. */
  closePull(number: number): Issue;
  /** Somebody pushes a commit with these files. */
  commit(branch: string, files: Record<string, string>): void;
  /** An issue; where both are counted together also a pull request. */
  issueOf(number: number): Issue | undefined;
  pullOf(number: number): Issue | undefined;
  /** The newest commit of a branch. */
  reference(branch: string): string | null;
  isMergeable(pull: { base: string; branch: string }): boolean;
  /** A number that nothing else has. */
  nextId(): number;
}

export async function createForgeState(
  folder: string,
  { accounts, token = "forge-token" }: ForgeOptions,
  { countsTogether, path }: Differences,
): Promise<ForgeState> {
  const git = await startGitServer(folder, token);
  const bare = `${folder}/${path}.git`;
  const repository = gitOf(bare);
  let ids = 100;
  let clock = Date.parse("2026-01-01T00:00:00Z");
  /** Each thing is a second later than the one before, and none is before the link. */
  const at = () => {
    clock = Math.max(clock + 1_000, Date.now());
    return new Date(clock).toISOString();
  };
  const found = (issue: Issue | undefined) => {
    if (!issue) throw new Error("The forge has no such issue or pull request.");
    return issue;
  };
  const say = (on: Issue, by: string, body: string, more: Partial<Comment> = {}) => {
    const comment = { id: state.nextId(), on, by, body, at: at(), ...more };
    state.comments.push(comment);
    return comment;
  };
  const numberOf = (isPull: boolean) =>
    1 + state.issues.filter(({ pull }) => countsTogether || Boolean(pull) === isPull).length;
  const state: ForgeState = {
    host: git.host,
    apiUrl: "",
    path,
    cloneUrl: `http://${git.host}/${path}.git`,
    git,
    bare,
    token,
    login: "banyan-bot",
    issues: [],
    accounts: accounts.map((one) => ({ ...one })),
    comments: [],
    checks: new Map(),
    openIssue({ title, body = "", by, labels = [] }) {
      const number = numberOf(false);
      // A template puts its labels on, in the name of who opens the issue.
      const events = labels.map((label) => ({ event: "labeled" as const, by, label }));
      state.issues.push({ number, title, body, by, open: true, labels: [...labels], events });
      return number;
    },
    openPull({ branch, base, ...given }) {
      const pull = { branch, base, merged: false, reviewers: [] };
      const made = { ...given, number: numberOf(true), open: true, labels: [], events: [], pull };
      state.issues.push(made);
      return made;
    },
    label(number, label, by) {
      const issue = found(state.issueOf(number));
      issue.labels.push(label);
      issue.events.push({ event: "labeled", by, label });
    },
    assign: (number, assignee, by) =>
      void found(state.issueOf(number)).events.push({ event: "assigned", by, assignee }),
    comment: (number, by, body) => say(found(state.issueOf(number)), by, body),
    commentOnPull: (number, by, body) => say(found(state.pullOf(number)), by, body),
    review(number, by, review, body, line) {
      const pull = found(state.pullOf(number));
      say(pull, by, body, { review, of: state.reference(pull.pull?.branch ?? "") ?? "" });
      if (line) say(pull, by, body, { line });
    },
    merge(number) {
      const issue = found(state.pullOf(number));
      const { pull } = issue;
      if (!pull) return;
      pull.mergedAs = repository.merge(pull);
      pull.merged = true;
      issue.open = false;
      for (const [, closed] of issue.body.matchAll(/Closes #(\d+)/g)) found(state.issueOf(Number(closed))).open = false;
    },
    revert(number, message) {
      const { pull } = found(state.pullOf(number));
      const { base, mergedAs = "" } = pull ?? { base: "main" };
      repository.revert(base, mergedAs, message.replaceAll("$commit", mergedAs));
    },
    commits: repository.commits,
    closePull(number) {
      const issue = found(state.pullOf(number));
      issue.open = false;
      return issue;
    },
    commit: repository.commit,
    issueOf: (number) => state.issues.find((one) => one.number === number && (countsTogether || !one.pull)),
    pullOf: (number) => state.issues.find((one) => one.number === number && one.pull),
    reference: repository.reference,
    isMergeable: repository.isMergeable,
    nextId() {
      ids += 1;
      return ids;
    },
  };
  return state;
}

interface Git {
  reference(branch: string): string | null;
  isMergeable(pull: { base: string; branch: string }): boolean;
  /** Returns the commit that it made. */
  merge(pull: { base: string; branch: string }): string;
  /** Puts the files of before a commit on a branch. */
  revert(branch: string, commit: string, message: string): void;
  commits: ForgeState["commits"];
  commit(branch: string, files: Record<string, string>): void;
}

/** What people and the forge itself do in the bare repository. */
function gitOf(bare: string): Git {
  const indexFile = `${bare}/index-of-somebody`;
  const run = (args: readonly string[], input = "") =>
    execFileSync("git", ["-C", bare, "-c", "user.name=s", "-c", "user.email=s@x", ...args], {
      encoding: "utf8",
      env: { ...process.env, GIT_INDEX_FILE: indexFile },
      input,
      stdio: ["pipe", "pipe", "ignore"],
    }).trim();
  const orNull = (args: readonly string[]) => {
    try {
      return run(args);
    } catch {
      return null;
    }
  };
  const commitTree = (tree: string, parents: readonly string[], message: string) =>
    run(["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent]), "-m", message]);
  return {
    reference: (branch) => orNull(["rev-parse", "--verify", "--quiet", `refs/heads/${branch}`]),
    isMergeable: ({ base, branch }) => orNull(["merge-tree", "--write-tree", base, branch]) !== null,
    merge({ base, branch }) {
      const tree = run(["merge-tree", "--write-tree", base, branch]);
      const commit = commitTree(tree, [base, branch], "Merge");
      run(["update-ref", `refs/heads/${base}`, commit]);
      return commit;
    },
    revert(branch, commit, message) {
      const tree = run(["rev-parse", `${commit}^1^{tree}`]);
      run(["update-ref", `refs/heads/${branch}`, commitTree(tree, [branch], message)]);
    },
    commits: (branch) =>
      run(["log", "-z", "--pretty=format:%H%n%cI%n%B", branch])
        .split("\0")
        .map((text) => {
          const [sha = "", at = "", ...lines] = text.split("\n");
          return { sha, at: new Date(at).toISOString(), message: lines.join("\n").trim() };
        }),
    commit(branch, files) {
      run(["read-tree", branch]);
      for (const [path, text] of Object.entries(files)) {
        const blob = run(["hash-object", "-w", "--stdin"], text);
        run(["update-index", "--add", "--cacheinfo", `100644,${blob},${path}`]);
      }
      run(["update-ref", `refs/heads/${branch}`, commitTree(run(["write-tree"]), [branch], "Somebody's")]);
    },
  };
}
