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
  /** Name of the package. */
  name: string;
  /** Its versions on the base, and with the change; null: it is not there. Equal: another source or checksum. */
  before: string | null;
  /** Its version with the change; null: it is not there any more. */
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
  /** A `fault` fails the gate. A `flag` is something that a person has to look at. A `note` only explains. */
  kind: "fault" | "flag" | "note";
  /** What was found, as a sentence. */
  text: string;
  /** Relative to the repository, as far as the finding is about a file. */
  path: string | null;
  /** The line in that file, from 1; null: the whole file, or no file. */
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
  /** Whether the whole run counts as not measured when this gate could not be measured. */
  required: boolean;
  /** What it found, in one sentence. */
  summary: string;
  /** What it found, each thing by itself. */
  findings: Finding[];
  /** Numbers that it counted, by name. */
  counts: Record<string, number>;
  /** How long it ran, in seconds. */
  seconds: number;
  /** Processor time of the gate and of all that it ran; absent where the system does not tell it. */
  cpu_seconds?: number | undefined;
  /** SHA-256 of the gate's file of evidence; null for a gate that is off. */
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
  /** The version as it was named; `working tree` for the files of the folder. */
  name: string;
  /** Hash of its commit; null for files that are not committed. */
  commit: string | null;
  /** SHA-256 of the paths, modes and object ids of all files. */
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
  /** Version of this format. */
  version: 1;
  /** `not_measured`: a required gate could not decide, which never counts as passed. */
  outcome: "passed" | "failed" | "not_measured";
  /** The repository's folder. */
  folder: string;
  /** The version before the change. */
  base: JudgedSide;
  /** The version with the change. */
  head: JudgedSide;
  /** When the run began. */
  started_at: string;
  /** How long all gates ran, in seconds. */
  seconds: number;
  /** Draws the mutants: the same seed on the same change draws the same ones. */
  seed: string;
  /** The gates, in the order in which they ran. */
  gates: GateResult[];
  /** Changed files that count as tests or as what decides how tests run. */
  test_side: string[];
  /** SHA-256 of the digests of all gates. */
  digest: string;
  /** The folder with the evidence. */
  evidence: string;
}
