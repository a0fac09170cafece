/** What a look knows of a repository at one commit. */
import type { FileBrief, FileDetails } from "./facts";

/** A file of code that is not vendored and not too large. */
export interface CodeFile {
  path: string;
  isTest: boolean;
  readonly brief: FileBrief;
  /** Read when they are asked for. */
  readonly facts: FileDetails;
}

/** How often a file changed, by the history that was read. */
export interface FileChanges {
  commits: number;
  authors: number;
}

/** Hits of lines by the last report; a line without code is absent. */
export type LineHits = ReadonlyMap<number, number>;

export interface Coverage {
  /** The file that holds the report. */
  report: string;
  /** Days between the report and the commit; 0 when it is not older. */
  ageDays: number;
  files: ReadonlyMap<string, LineHits>;
}

export interface Repository {
  files: readonly CodeFile[];
  /** Every path of the commit, also of files that are no code. */
  paths: ReadonlySet<string>;
  /** Those of them with code or packages that could not be read now. */
  unread: ReadonlySet<string>;
  /** The contents of manifests and lock files by path. */
  manifests: ReadonlyMap<string, string>;
  /** What beginnings of imports stand for, as in `paths` of tsconfig.json: `{ "@/": "" }`. */
  aliases: Readonly<Record<string, string>>;
  /** Null: there is no history. */
  changes: { days: number; files: ReadonlyMap<string, FileChanges> } | null;
  /** When the line of a note was written, Unix time, by `path:line`. */
  noteTimes: ReadonlyMap<string, number>;
  coverage: Coverage | null;
  nowMs: number;
}
