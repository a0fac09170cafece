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
  "old_tests",
  "new_tests",
  "sentinels",
  "mutation",
  "coverage",
  "bench",
  "vulnerabilities",
] as const;
export type GateName = (typeof GATE_NAMES)[number];

export const Finding = z.object({
  /** A fault fails the gate. A flag is something that a person has to look at. A note only explains. */
  kind: z.enum(["fault", "flag", "note"]),
  text: z.string(),
  /** Relative to the repository, as far as the finding is about a file. */
  path: z.string().nullable(),
  line: z.number().int().nullable(),
  /** The id of a test, as far as the finding is about one. */
  test: z.string().nullable(),
});
export type Finding = z.infer<typeof Finding>;

/** `not_measured`: the gate could not decide, which never counts as passed. `off`: the settings do not ask for it. */
export const GATE_OUTCOMES = ["passed", "failed", "not_measured", "off"] as const;
export type GateOutcome = (typeof GATE_OUTCOMES)[number];

export const GateResult = z.object({
  gate: z.enum(GATE_NAMES),
  outcome: z.enum(GATE_OUTCOMES),
  /** Whether the whole run counts as not measured when this gate could not be measured. */
  required: z.boolean(),
  summary: z.string(),
  findings: z.array(Finding),
  counts: z.record(z.string(), z.number()),
  seconds: z.number(),
  /** SHA-256 of the gate's file of evidence; null for a gate that is off. */
  digest: z.string().nullable(),
});
export type GateResult = z.infer<typeof GateResult>;

const Side = z.object({
  /** As it was given; "working tree" for the files of the folder. */
  name: z.string(),
  commit: z.string().nullable(),
  /** SHA-256 of the paths, modes and object ids of all files. */
  digest: z.string(),
});

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
  /** Changed files that the gates count as tests or as what decides how tests run; absent in older reports. */
  test_side: z.array(z.string()).optional(),
  /** SHA-256 of the digests of all gates. */
  digest: z.string(),
  /** The folder with the evidence. */
  evidence: z.string(),
});
export type GatesReport = z.infer<typeof GatesReport>;
