/**
 * The report of one run of the gates, as `banyan gates --json` prints it. Within version 1 fields are added, and their
 * meaning never changes.
 */
import { z } from "zod";

/** In the order in which they run: quick gates first. */
export const GATE_NAMES = [
  "scope",
  "oddities",
  "dependencies",
  "licences",
  "complexity",
  "documentation",
  "build",
  "types",
  "lint",
  "rules",
  "analysis",
  "old_tests",
  "new_tests",
  "sentinels",
  "mutation",
  "black_box",
  "coverage",
  "gap_tests",
  "bench",
  "vulnerabilities",
] as const;
export type GateName = (typeof GATE_NAMES)[number];

/** The name of a gate that a repository's settings add. */
export const OWN_GATE_NAME = /^[a-z][a-z0-9_]{1,39}$/;

export const PackageChange = z.object({
  name: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  installs: z.string().nullable(),
  imitates: z.string().nullable(),
});
/** A package that a change adds, replaces or removes. */
export interface PackageChange {
  name: string;
  /** Its versions on the base, and with the change; null: it is not there. Equal: another source or checksum. */
  before: string | null;
  after: string | null;
  /** What it runs when it is installed, as sentences; null for nothing, and for what was there before. */
  installs: string | null;
  /** The known package whose name a new one looks like. */
  imitates: string | null;
}

export const Finding = z.object({
  /** A fault fails the gate. A flag is something that a person has to look at. A note only explains. */
  kind: z.enum(["fault", "flag", "note"]),
  text: z.string(),
  path: z.string().nullable(),
  line: z.number().int().nullable(),
  test: z.string().nullable(),
  package: PackageChange.optional(),
});
/** A fault that a gate found, and where. */
export interface Finding {
  kind: "fault" | "flag" | "note";
  text: string;
  /** Relative to the repository, as far as the finding is about a file. */
  path: string | null;
  line: number | null;
  /** The id of a test, as far as the finding is about one. */
  test: string | null;
  /** The package that the finding is about. */
  package?: PackageChange | undefined;
}

/** `not_measured`: the gate could not decide, which never counts as passed. `off`: the settings do not ask for it. */
const GATE_OUTCOMES = ["passed", "failed", "not_measured", "off"] as const;
/** What came of a gate. */
export type GateOutcome = (typeof GATE_OUTCOMES)[number];

export const GateResult = z.object({
  /** One of GATE_NAMES, or a gate of the repository's own. */
  gate: z.string(),
  outcome: z.enum(GATE_OUTCOMES),
  /** Whether the whole run counts as not measured when this gate could not be measured. */
  required: z.boolean(),
  summary: z.string(),
  findings: z.array(Finding),
  counts: z.record(z.string(), z.number()),
  seconds: z.number(),
  /** Processor time of the gate and of all that it ran. */
  cpu_seconds: z.number().optional(),
  /** SHA-256 of the gate's file of evidence; null for a gate that is off. */
  digest: z.string().nullable(),
  /** Whether the whole gates find out more; absent: this is all. */
  later: z.literal(true).optional(),
});
/** The result of one gate. */
export interface GateResult {
  /** The name of a gate, or of a gate of the repository's own. */
  gate: string;
  outcome: GateOutcome;
  required: boolean;
  summary: string;
  findings: Finding[];
  counts: Record<string, number>;
  seconds: number;
  /** Processor time of the gate and of all that it ran; absent where the system does not tell it. */
  cpu_seconds?: number | undefined;
  digest: string | null;
  /** Whether the whole gates find out more; absent: this is all. */
  later?: true | undefined;
}

const Side = z.object({
  /** As it was given; "working tree" for the files of the folder. */
  name: z.string(),
  commit: z.string().nullable(),
  /** SHA-256 of the paths, modes and object ids of all files. */
  digest: z.string(),
});

/** One of the two versions that the gates compare. */
export interface JudgedSide {
  name: string;
  commit: string | null;
  digest: string;
}

export const GatesReport = z.object({
  version: z.literal(1),
  outcome: z.enum(["passed", "failed", "not_measured"]),
  folder: z.string(),
  base: Side,
  head: Side,
  started_at: z.string(),
  seconds: z.number(),
  /** Draws the mutants. The same seed on the same change draws the same ones. */
  seed: z.string(),
  gates: z.array(GateResult),
  /** Changed files that the gates count as tests or as what decides how tests run. */
  test_side: z.array(z.string()),
  /** SHA-256 of the digests of all gates. */
  digest: z.string(),
  /** The folder with the evidence. */
  evidence: z.string(),
});
/** The report of one run of the gates. */
export interface GatesReport {
  version: 1;
  outcome: "passed" | "failed" | "not_measured";
  /** The repository's folder. */
  folder: string;
  base: JudgedSide;
  head: JudgedSide;
  started_at: string;
  seconds: number;
  seed: string;
  gates: GateResult[];
  /** Changed files that count as tests or as what decides how tests run. */
  test_side: string[];
  digest: string;
  /** The folder with the evidence. */
  evidence: string;
}
