/** The short record of one round of a goal, which is all that the goal's own log keeps of it. */
import { z } from "zod";
import { withoutDefaults } from "@/core/programs/json";

const VERDICTS = ["better", "same", "worse", "repeated", "failed"] as const;
export type RoundVerdict = (typeof VERDICTS)[number];

/** One criterion, or the validation command, as the host or a judge found it. */
export const Check = z.object({
  /** Absent for the validation command. */
  statement: z.string().optional(),
  command: z.string().optional(),
  weight: z.number(),
  /** From 0 to 1: a test report can count in part. */
  share: z.number(),
  met: z.boolean(),
  evidence: z.string(),
});
export type Check = z.infer<typeof Check>;

export const RoundRecord = z.object({
  number: z.number(),
  plan: z.string(),
  score_before: z.number(),
  score: z.number(),
  verdict: z.enum(VERDICTS),
  /** Whether every criterion holds, and the validation command passed as often as it had to. */
  done: z.boolean().default(false),
  /** Filled in by the goal. */
  strategy: z.string().default(""),
  error_signature: z.string().nullable().default(null),
  /** No command showed the error: a judge did not find a criterion met. */
  judged_error: z.boolean().optional(),
  /** Names the contents of the files; equal names are equal contents. */
  files: z.string(),
  /** The snapshot of the files. */
  commit: z.string(),
  /** What was changed, in a few lines. */
  changed: z.string().default(""),
  /** Places of the criteria that hold, by their order. */
  met: z.array(z.number()).default([]),
  /** Whether the validation command passed; null without one. */
  valid: z.boolean().nullable().default(null),
  /** The validation command passes with the tests that the work has changed; a person says whether that counts. */
  as_changed: z.boolean().optional(),
  /** Paths outside the scope that the work changed, the first few: for the check they were as at the start. */
  put_back: z.array(z.string()).optional(),
  /** Globs that a person added to the scope in this round, because the planner asked. */
  widened: z.array(z.string()).optional(),
  /** Why the goal does not count as reached although its checks pass. */
  doubts: z.array(z.string()).default([]),
  /** The runner on which it was checked, where checks have a pool. */
  checked_on: z.string().optional(),
  /** When the round was checked. */
  at_ms: z.number(),
  /** How long it worked, without waits for people and pauses. */
  seconds: z.number().default(0),
  /** What research found, by the question. */
  found: z.array(z.object({ question: z.string(), at_ms: z.number(), text: z.string() })).optional(),
  /** The capabilities that the host found for the needs of its plan and for what its check lacked: a sentence each. */
  gaps: z.array(z.string()).optional(),
  /** What became of the units of its plan, and which were done before; only when one of them failed. */
  units: z
    .array(
      z.object({ title: z.string(), state: z.enum(["done", "failed", "not_begun"]), result: z.string().optional() }),
    )
    .optional(),
  /** Why the planner sees no way to continue, or what a person said when ending it. */
  stop: z.string().optional(),
  /** A person ended the goal in this round. */
  ended: z.boolean().optional(),
  /** The round left no record of its own. */
  broken: z.boolean().optional(),
  why: z.string().default(""),
});
export type RoundRecord = z.infer<typeof RoundRecord>;

/** Values that a record leaves out, because a thousand rounds would repeat them. */
const UNSAID = RoundRecord.partial().parse({});

/** Most characters of a record as JSON. */
const MOST_RECORD_CHARS = 2_000;

/** Returns the record as JSON within its limit: long texts are cut, the longest part first. */
export function recordText(record: RoundRecord): string {
  let [now, most] = [record, 400];
  for (let text = toText(now); ; text = toText(now)) {
    if (text.length <= MOST_RECORD_CHARS || most < 20) return text;
    most = Math.floor(most / 2);
    now = {
      ...record,
      plan: cut(record.plan, most),
      why: cut(record.why, most),
      changed: cut(record.changed, most),
      strategy: cut(record.strategy, most),
      doubts: record.doubts.slice(0, 4).map((doubt) => cut(doubt, most)),
      error_signature: record.error_signature && cut(record.error_signature, most),
      ...(record.found && { found: record.found.slice(0, 3).map((fact) => ({ ...fact, text: cut(fact.text, most) })) }),
      ...(record.gaps && { gaps: record.gaps.map((gap) => cut(gap, most)) }),
      ...(record.units && {
        units: record.units.map((unit) => ({ ...unit, ...(unit.result && { result: cut(unit.result, most) }) })),
      }),
      ...(record.stop && { stop: cut(record.stop, most) }),
    };
  }
}

function toText(record: RoundRecord): string {
  return JSON.stringify(withoutDefaults(UNSAID, record));
}

/** Returns a subtask's result as a record; null when the result is not a record. */
export function readRecord(text: string): RoundRecord | null {
  try {
    return RoundRecord.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** Returns the score: met weight by all weight. The validation command weighs as much as all criteria together, or 1. */
export function scoreOf(checks: readonly Pick<Check, "weight" | "share">[]): number {
  const all = checks.reduce((sum, { weight }) => sum + weight, 0);
  if (all === 0) return 0;
  return Math.round((checks.reduce((sum, { weight, share }) => sum + weight * share, 0) / all) * 10_000) / 10_000;
}
