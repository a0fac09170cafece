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
  share: number;
  low: number;
  high: number;
  /** Number of uses that it is about. */
  of: number;
}

/** What is known of past uses. */
export interface CapabilityFigures {
  uses: number;
  success: Share | null;
  /** Of the newest uses. */
  median_seconds: number | null;
  median_usd: number | null;
  last_used_at: string | null;
  /** The last try before a first use in a tree: `ok` or `failed`; null when there was none. */
  tried: { outcome: "ok" | "failed"; at: string; tree_id: string } | null;
}

/** Something that a task can use, such as a tool, a program or a library, with figures of its use. */
export interface Capability {
  kind: CapabilityKind;
  name: string;
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
  step: string;
  /** What must be possible, in words; absent: the step's own words. */
  need?: string | undefined;
}

/** A step, with the capabilities that match what it needs. */
export interface CapabilityGap extends NeededStep {
  matches: CapabilityMatch[];
  /** false: none fits, and `request_tools` with the need is the next step. */
  fits: boolean;
}

/** Where to look for libraries too. */
export interface CapabilityPlace {
  tree?: string | undefined;
}
