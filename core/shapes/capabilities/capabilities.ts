/** Shapes of capabilities: everything that can be called on to do work. Computed, not stored. */

export const CAPABILITY_KINDS = [
  "tool",
  "operation",
  "agent",
  "runbook",
  "command",
  "library",
  "outside_agent",
] as const;
/**
 * `tool`: of Banyan or of a server; `operation`: of a web API; `command`: a program of the machine where the terminal
 * runs; `library`: of a tree's workspace; `outside_agent`: an agent of another program.
 */
export type CapabilityKind = (typeof CAPABILITY_KINDS)[number];

/** A share with its interval of 95 % (Wilson): few uses say little, and then it is wide. */
export interface Share {
  /** The share, from 0 to 1. */
  share: number;
  /** The lower end of the interval. */
  low: number;
  /** The upper end of the interval. */
  high: number;
  /** Number of uses that it is about. */
  of: number;
}

/** What is known of past uses. */
export interface CapabilityFigures {
  /** Number of uses that were recorded. */
  uses: number;
  /** The share of uses that succeeded; null without any. */
  success: Share | null;
  /** Of the newest uses. */
  median_seconds: number | null;
  /** Median cost of the newest uses in US dollars; null when it is not known. */
  median_usd: number | null;
  /** When it was used last; null: never. */
  last_used_at: string | null;
  /** The last try before a first use in a tree: `ok` or `failed`; null when there was none. */
  tried: {
    /** Whether the try worked. */
    outcome: "ok" | "failed";
    /** When it was tried. */
    at: string;
    tree_id: string;
  } | null;
}

/** Something that a task can use, such as a tool, a program or a library, with figures of its use. */
export interface Capability {
  kind: CapabilityKind;
  /** Its name, by which it is called. */
  name: string;
  /** What it does. */
  description: string;
  /** The server, API or manifest that it belongs to. */
  of: string | null;
  /** Of a command or a library, as it says itself. */
  version: string | null;
  /** Why it cannot be used now; null when it can. */
  unavailable: string | null;
  /** Null for what is not measured: commands, libraries, and tools that only write records. */
  figures: CapabilityFigures | null;
}

/** What a task can use, and what could not be listed. */
export interface Capabilities {
  /** What the task can use. */
  items: Capability[];
  /** One sentence for each kind that could not be looked for. */
  problems: string[];
}

/** A capability that matches a search. */
export interface CapabilityMatch extends Capability {
  /** The share of the need's words that it has, rare words counting more: 0 to 1. */
  fit: number;
}

/** A step of a plan and what it needs. */
export interface NeededStep {
  /** The step in words. */
  step: string;
  /** What must be possible, in words; absent: the step's own words. */
  need?: string | undefined;
}

/** A step, with the capabilities that match what it needs. */
export interface CapabilityGap extends NeededStep {
  /** Capabilities that match what the step needs, the best first. */
  matches: CapabilityMatch[];
  /** false: none fits, and `request_tools` with the need is the next step. */
  fits: boolean;
}

/** Where to look for libraries too. */
export interface CapabilityPlace {
  tree?: string | undefined;
}
