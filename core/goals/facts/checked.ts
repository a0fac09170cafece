/** What the tool `check_goal` answers: the facts of a check that the host made. */
import { z } from "zod";
import type { Goal } from "@/core/log/goal";
import { Check } from "./record";

export const Checked = z.object({
  /** The snapshot of the files at the goal's start, and the one that was checked. */
  start: z.string(),
  commit: z.string(),
  files: z.string(),
  at_ms: z.number(),
  /** Time since the previous check, without questions to people and pauses. Answers of older versions lack it. */
  worked_ms: z.number().optional(),
  /** The validation command first, then the criteria in their order. A criterion without a command is not met yet. */
  checks: z.array(Check),
  /** Whether the validation command passed, twice if it had failed before; null without a command. */
  valid: z.boolean().nullable(),
  /** Number of tests that the validation command's output reports; null where it reports none. */
  tests: z.number().nullable(),
  signature: z.string().nullable(),
  /** The first lines of the failure, or empty. */
  why: z.string(),
  /** Where the setup failed: hosts that it was refused, without the port where that is the usual one. */
  hosts_refused: z.array(z.object({ host: z.string(), why: z.enum(["not_allowed", "private"]) })).optional(),
  /** Before the first round: commands that could not run, with where their programs are on the server's machine. */
  cannot_run: z
    .array(
      z.object({
        command: z.string(),
        program: z.string().nullable(),
        why: z.enum(["not_found", "not_run"]),
        places: z.array(z.string()),
      }),
    )
    .optional(),
  /** Before the first round: what the proposed scope leaves out, where that is most of the files that may be the work. */
  left_out: z.object({ files: z.array(z.string()), count: z.number(), of: z.number() }).optional(),
  /** Number of changed files since the last check, and the largest changes in a few lines. */
  changed: z.number(),
  changes: z.string(),
  /** Globs of files that the work may change, as the host proposes them. Answers of older versions lack them. */
  scope: z.array(z.string()).optional(),
  /** Paths outside the scope that were changed since the start; for the check they were put back. */
  put_back: z.array(z.string()),
  /** With the changed tests the validation command passes. */
  passes_as_changed: z.boolean(),
  doubts: z.array(z.string()),
  /** The runner on which its commands ran, where checks have a pool. */
  runner: z.string().optional(),
});
export type Checked = z.infer<typeof Checked>;

/** Returns the input of each check of a goal. `widened`: globs that people added to the scope. */
export function checkOf(goal: Goal, scope: readonly string[] | null | undefined, widened: readonly string[] = []) {
  const { validation_command, setup_command, criteria, protect, may_change, hidden, hidden_share } = goal;
  return {
    validation_command,
    setup_command,
    criteria,
    protect,
    may_change: [...may_change, ...widened],
    ...(scope && { scope: [...scope] }),
    ...(hidden.length > 0 && { hidden }),
    ...(hidden_share > 0 && { hidden_share }),
  };
}

/** Returns the tool's answer; null when the text is not one. */
export function readChecked(text: string): Checked | null {
  try {
    return Checked.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
