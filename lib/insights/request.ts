/** What a look is told, and what it answers: both pass between processes as JSON. */
import type { SeenFunction } from "@/core/evolution/dealt-with";
import type { Insight, KnownInsight } from "@/core/insights/insight";

/** Of a commit that is compared with another one. */
export interface Compared {
  /** The commit from whose time changes count back, so that they are the same at both. */
  asOf: string;
  /** Files whose functions are told, and whether they were read. */
  paths: readonly string[];
}

export interface LookRequest {
  /** A trusted bare repository. */
  gitDir: string;
  commit: string;
  /** A folder for temporary files, which the caller removes. */
  dir: string;
  /** Where facts of files stay for the next look. */
  kept: string;
  /** The folder of the repository, in which a coverage report may lie; null: it is elsewhere. */
  root: string | null;
  /** Insights of earlier looks, which keep their ids. */
  known: KnownInsight[];
  /** Null: the look is for people. */
  compared: Compared | null;
  nowMs: number;
}

/** Lines that an insight quotes, beginning with its own. */
export type QuotedInsight = Insight & { quote: string[] };

export interface LookResult {
  commit: string;
  /** Files of the commit. */
  files: number;
  /** Files of code that the insights are about. */
  code: number;
  /** How many of them were parsed now, because they are new or changed. */
  parsed: number;
  insights: QuotedInsight[];
  /** The functions in the files that are compared. */
  functions: SeenFunction[];
  /** Those of these files that hold code and were not read, such as generated and vendored ones. */
  unread: string[];
  /** Ids of known insights that are not found because what they rest on was not measured. */
  unmeasured: string[];
  /** How many insights with a lower score there are. */
  leftOut: number;
  /** What was not measured, and why, as sentences. */
  notMeasured: string[];
  ms: number;
}

/** A file that a parsing process reads. */
export interface FileToParse {
  oid: string;
  path: string;
  language: import("@/core/insights/facts").CodeLanguage;
}

export interface ParseRequest {
  gitDir: string;
  dir: string;
  files: readonly FileToParse[];
}
