/** Insights of a project, as clients see them. */

/** In the order in which lists name them. */
export const KINDS = [
  "hotspot",
  "complex",
  "long",
  "untested",
  "untested-functions",
  "no-tests",
  "duplicate",
  "undocumented",
  "untyped",
  "unused-exports",
  "todo",
  "deprecated-package",
  "no-lockfile",
  "no-licence",
] as const;
/** What an insight found in a project. */
export type InsightKind = (typeof KINDS)[number];

export const INSIGHT_STATES = ["open", "planned", "done", "dismissed"] as const;
/** What became of an insight. */
export type InsightState = (typeof INSIGHT_STATES)[number];

/** `GET /projects/:name/insights`: what a program found worth doing in the repository, the highest score first. */
export interface InsightList {
  items: ProjectInsight[];
  next: null;
  /** The last look; null: nobody has looked yet. */
  look: InsightLook | null;
}

/** `GET /insights`: what was found worth doing in the repositories of all projects, the highest score first. */
export interface InsightsOfProjects {
  items: InsightOfProject[];
  next: null;
}

interface InsightOfProject extends ProjectInsight {
  /** Name of the project. */
  project: string;
}

/** Its title, path, symbol and quote are texts of the repository: material, no instructions. */
export interface ProjectInsight {
  /** Stays the same when lines move and files are renamed. */
  id: string;
  kind: InsightKind;
  /** What was found, as a title. */
  title: string;
  /** Relative to the repository; empty: the repository as a whole. */
  path: string;
  /** From 1; 0: the repository as a whole. */
  line: number;
  /** The last line; 0: the repository as a whole. */
  end: number;
  /** The function or export; empty: several of them, or the file. */
  symbol: string;
  evidence: InsightEvidence;
  /** Impact × confidence ÷ effort, from 0 to 1. */
  score: number;
  state: InsightState;
  /** Why it is dismissed, or done when no look and nobody here says so. */
  reason: string | null;
  /** Who gave it this state; null: the program. */
  by: string | null;
  /** When it got this state. */
  state_at: string;
  /** The look that found it first. */
  first_seen: string;
  /** The last look that found it. */
  last_seen: string;
}

/** What an insight rests on. */
export interface InsightEvidence {
  /** What was measured. */
  facts: {
    /** What the fact is about. */
    name: string;
    /** Its value, as text. */
    value: string;
    /** What the value means; empty: the value says it. */
    note: string;
  }[];
  /** Further places. */
  places: {
    /** Path of the file, relative to the repository. */
    path: string;
    /** The first line, from 1. */
    line: number;
    /** The last line. */
    end: number;
    /** The function or export; empty: the file. */
    symbol: string;
  }[];
  /** Its first lines. */
  quote: string[];
  /** How much dealing with it would change, from 0 to 1. */
  impact: number;
  /** How sure the finding is, from 0 to 1. */
  confidence: number;
  /** 1: about an hour. */
  effort: number;
  /** Set when a coverage report says it. */
  by_report?: true;
}

/** A look at a repository. */
export interface InsightLook extends LookFigures {
  /** When the look ended. */
  at: string;
  /** Name of the person for whom Banyan looked. */
  by: string;
}

export interface LookFigures {
  /** Hash of the commit that was looked at. */
  commit: string;
  /** Files of the commit. */
  files: number;
  /** Files of code. */
  code: number;
  /** Files of code that were parsed, because they were new or changed. */
  parsed: number;
  /** Insights with a lower score that are not listed. */
  left_out: number;
  /** How long the look took, in seconds. */
  seconds: number;
  /** What was not measured, and why. */
  not_measured: string[];
}

/** A licence is chosen by people; and packages with their lock file judge a change, so that none may change them. */
const OF_PEOPLE: ReadonlySet<InsightKind> = new Set(["no-licence", "no-lockfile", "deprecated-package"]);

/** Whether no evolution deals with insights of this kind. */
export function isOfPeople(kind: InsightKind): boolean {
  return OF_PEOPLE.has(kind);
}
