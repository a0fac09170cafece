/** What the history of a repository says: which files change often, and when a note was written. */
import type { FileChanges } from "@/core/insights/repository";
import { eachItem, GitError, runGit } from "../git/run";

export const CHANGE_DAYS = 180;
const DAY_S = 86_400;
const MOST_COMMITS = 20_000;
const COMMIT = "\u0001";

interface Commit {
  gitDir: string;
  commit: string;
  /** When it was made, in seconds. */
  atS: number;
}

/** Returns how many commits changed each file in the days before the commit. A new file is no change. */
export async function changesIn({ gitDir, commit, atS }: Commit): Promise<Map<string, FileChanges>> {
  const changes = new Map<string, { commits: number; authors: Set<string> }>();
  let author = "";
  await eachItem(
    [
      "-c",
      "log.showSignature=false",
      "-c",
      "log.showRoot=false",
      "log",
      "--no-ext-diff",
      "--no-textconv",
      "--no-renames",
      "--no-mailmap",
      "--no-merges",
      "--diff-filter=M",
      "--name-only",
      "-z",
      `--since=${atS - CHANGE_DAYS * DAY_S}`,
      `--max-count=${MOST_COMMITS}`,
      `--format=${COMMIT}%ae`,
      commit,
    ],
    { gitDir, cpuSeconds: 60 },
    (token) => {
      const text = token.replace(/^\n+/, "");
      if (text.startsWith(COMMIT)) author = text.slice(1).toLowerCase();
      else if (text !== "") {
        const known = changes.get(text) ?? { commits: 0, authors: new Set<string>() };
        known.commits += 1;
        known.authors.add(author);
        changes.set(text, known);
      }
    },
  );
  return new Map([...changes].map(([path, { commits, authors }]) => [path, { commits, authors: authors.size }]));
}

export interface Note {
  path: string;
  line: number;
  /** The content that holds it: with the same content a note has the same age. */
  oid: string;
}

/** Looks of one run: the others are found by later ones. */
const MOST_NOTES = 200;
const NOTES_MS = 20_000;
const NOTE_MS = 5_000;

/** Adds to `known` when notes were written, in seconds by `oid:line`: of so many as there is time for. */
export async function findNoteTimes(
  { gitDir, commit }: Commit,
  notes: readonly Note[],
  known: Map<string, number>,
): Promise<void> {
  const until = performance.now() + NOTES_MS;
  const wanted = notes.filter(({ oid, line }) => !known.has(`${oid}:${line}`)).slice(0, MOST_NOTES);
  for (const { path, line, oid } of wanted) {
    if (performance.now() > until) return;
    try {
      const said = await runGit(
        ["blame", "--porcelain", "--no-textconv", "-L", `${line},${line}`, commit, "--", path],
        { gitDir, timeoutMs: NOTE_MS, cpuSeconds: 5 },
      );
      const time = /^author-time (\d{1,12})$/m.exec(said)?.[1];
      if (time !== undefined) known.set(`${oid}:${line}`, Number(time));
    } catch (error) {
      // A history that takes too long says nothing about this note.
      if (!(error instanceof GitError)) throw error;
    }
  }
}
