import { eachItem } from "./run";
import type { Store } from "./store";

export interface History {
  commits: number;
  /** Different e-mail addresses of authors. */
  authors: number;
  /** ISO 8601, by the author's clock; null without commits. */
  firstCommitAt: string | null;
  lastCommitAt: string | null;
  mostChanged: { path: string; commits: number }[];
  /** Whether only the newest commits were read. */
  truncated: boolean;
}

const COMMITS_MAX = 20_000;
const COMMIT_MARK = "\u0001";
const FIELD_MARK = "\u0002";

/**
 * Returns the history of a folder of the repository. A rename counts as a deletion and a new file; merges change
 * nothing.
 */
export async function readHistory(store: Store, prefix: string, limit: number, signal: AbortSignal): Promise<History> {
  const changes = new Map<string, number>();
  const authors = new Set<string>();
  const dates: string[] = [];
  const take = (token: string) => {
    const text = token.replace(/^\n+/, "");
    if (text === "") return;
    if (!text.startsWith(COMMIT_MARK)) {
      changes.set(text, (changes.get(text) ?? 0) + 1);
      return;
    }
    const [email = "", date = ""] = text.slice(1).split(FIELD_MARK);
    authors.add(email.toLowerCase());
    dates.push(date);
  };
  await eachItem(
    [
      "-c",
      "log.showSignature=false",
      "-c",
      "log.follow=false",
      "-c",
      "core.quotePath=false",
      "log",
      "--no-ext-diff",
      "--no-textconv",
      "--no-renames",
      "--no-mailmap",
      "--name-only",
      "-z",
      `--max-count=${COMMITS_MAX + 1}`,
      `--format=${COMMIT_MARK}%ae${FIELD_MARK}%aI`,
      "HEAD",
      "--",
      ...(prefix ? [prefix] : []),
    ],
    { gitDir: store.gitDir, signal },
    take,
  );
  const times = dates.map((date) => Date.parse(date)).filter((time) => !Number.isNaN(time));
  const [first, last] = times.length > 0 ? [Math.min, Math.max].map((pick) => times.reduce((a, b) => pick(a, b))) : [];
  return {
    commits: Math.min(dates.length, COMMITS_MAX),
    authors: authors.size,
    firstCommitAt: first === undefined ? null : new Date(first).toISOString(),
    lastCommitAt: last === undefined ? null : new Date(last).toISOString(),
    mostChanged: [...changes]
      .map(([path, commits]) => ({ path, commits }))
      .sort((a, b) => b.commits - a.commits || (a.path < b.path ? -1 : 1))
      .slice(0, limit),
    truncated: dates.length > COMMITS_MAX,
  };
}

export interface TrackedFile {
  /** Relative to the prefix. */
  path: string;
  kind: "file" | "link" | "submodule";
}

/** Lists the files of HEAD below a folder of the repository. */
export async function listTracked(store: Store, prefix: string, signal: AbortSignal): Promise<TrackedFile[]> {
  const args = ["ls-tree", "-r", "-z", "--full-tree", "HEAD", "--", ...(prefix ? [`${prefix}/`] : [])];
  const tracked: TrackedFile[] = [];
  await eachItem(args, { gitDir: store.gitDir, signal }, (line) => {
    const mode = line.slice(0, 6);
    const path = line.slice(line.indexOf("\t") + 1 + (prefix ? prefix.length + 1 : 0));
    tracked.push({ path, kind: mode === "160000" ? "submodule" : mode === "120000" ? "link" : "file" });
  });
  return tracked;
}
