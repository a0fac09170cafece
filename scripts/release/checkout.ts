import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A git checkout, as a release reads and changes it. Commands of git that fail throw, with git's own words. */
export interface Checkout {
  /** The name of the branch; empty if none is checked out. */
  branch(): string;
  /** Files that differ from the last commit, and files that git does not know. */
  dirty(): string[];
  /** The text of a file in the last commit, or in another one. */
  committed(file: string, commit?: string): string;
  has(name: string): boolean;
  /** Tracked files that differ from a commit. */
  differing(commit: string): string[];
  /** The first line of the last commit's message. */
  subject(): string;
  /** Makes a commit on top of the last one, and an annotated tag of it, without touching files or branches. */
  prepare(texts: Record<string, string>, tag: string, message: string): Prepared;
  /** Moves the branch and makes the tag, both or neither. */
  publish(branch: string, prepared: Prepared): void;
  /** Brings files to their state in the last commit. */
  restore(files: readonly string[]): void;
}

interface Prepared {
  parent: string;
  commit: string;
  tag: string;
  tagObject: string;
}

export function openCheckout(root: string): Checkout {
  const git = (args: string[], input = "", env: Record<string, string> = {}) =>
    execFileSync("git", args, {
      cwd: root,
      input,
      env: { ...process.env, ...env },
      encoding: "utf8",
      stdio: ["pipe", "pipe", "inherit"],
      maxBuffer: 1e9,
    });
  const line = (args: string[], input?: string) => git(args, input).trim();
  const names = (args: string[]) => git(args).split("\0").filter(Boolean);
  const has = (name: string) => git(["for-each-ref", name]) !== "";
  const tree = (texts: Record<string, string>) =>
    withFolder((folder) => {
      const env = { GIT_INDEX_FILE: path.join(folder, "index") };
      git(["read-tree", "HEAD"], "", env);
      for (const [file, text] of Object.entries(texts)) {
        const blob = line(["hash-object", "-w", "--stdin", "--path", file], text);
        git(["update-index", "--cacheinfo", `100644,${blob},${file}`], "", env);
      }
      return git(["write-tree"], "", env).trim();
    });
  return {
    branch: () => line(["branch", "--show-current"]),
    dirty: () => names(["status", "--porcelain", "-z", "--no-renames"]).map((entry) => entry.slice(3)),
    committed: (file, commit = "HEAD") => git(["show", `${commit}:${file}`]),
    has,
    differing: (commit) => names(["diff", "--name-only", "-z", "--no-renames", commit]),
    subject: () => line(["log", "-1", "--format=%s"]),
    prepare(texts, tag, message) {
      const parent = line(["rev-parse", "HEAD"]);
      const commit = line(["commit-tree", tree(texts), "-p", parent], message);
      const who = line(["var", "GIT_COMMITTER_IDENT"]);
      const tagObject = line(["mktag"], `object ${commit}\ntype commit\ntag ${tag}\ntagger ${who}\n\n${message}`);
      return { parent, commit, tag, tagObject };
    },
    publish(branch, { parent, commit, tag, tagObject }) {
      const moves = [`update refs/heads/${branch} ${commit} ${parent}`, `create refs/tags/${tag} ${tagObject}`];
      git(["update-ref", "--stdin"], `${moves.join("\n")}\n`);
    },
    restore: (files) => void git(["checkout", "--quiet", "HEAD", "--", ...files]),
  };
}

function withFolder<Result>(use: (folder: string) => Result): Result {
  const folder = mkdtempSync(path.join(tmpdir(), "banyan-release-"));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
