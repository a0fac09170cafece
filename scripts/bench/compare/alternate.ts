/** Runs the workloads of two versions in turn: A B, B A, A B … */

const SIDES = ["base", "head"] as const;
export type Side = (typeof SIDES)[number];

/** What each side measured in one round. */
export type Round<Result> = Record<Side, Result>;

/** A workload that failed is not run again. */
export interface Failed {
  workload: string;
  side: Side;
  round: number;
  reason: string;
}

/** A workload ended with an error, unlike a comparison that was stopped. */
export class WorkloadFailed extends Error {
  override name = "WorkloadFailed";
}

interface Plan<Result> {
  workloads: readonly string[];
  /** How often each workload runs on each side. */
  times: number;
  /** Throws a `WorkloadFailed` when the workload cannot be measured. */
  run(side: Side, workload: string): Promise<Result>;
  /** Called before a workload runs on both sides. */
  onWorkload?(workload: string, round: number): void;
  /** Called after each round with its number. */
  onRound?(round: number): void;
}

/**
 * Returns the complete rounds of each workload. Both sides of a round run one right after the other, and every second
 * round begins with the other side, so that neither of them always follows a rest or meets the warmer machine.
 */
export async function alternate<Result>(
  plan: Plan<Result>,
): Promise<{ rounds: Map<string, Round<Result>[]>; failed: Failed[] }> {
  const rounds = new Map<string, Round<Result>[]>(plan.workloads.map((name) => [name, []]));
  const failed: Failed[] = [];
  for (let round = 1; round <= plan.times; round += 1) {
    for (const [workload, done] of rounds) {
      if (failed.some((failure) => failure.workload === workload)) continue;
      plan.onWorkload?.(workload, round);
      const outcome = await runRound(plan, workload, round);
      if ("reason" in outcome) failed.push(outcome);
      else done.push(outcome.results);
    }
    plan.onRound?.(round);
  }
  return { rounds, failed };
}

async function runRound<Result>(
  plan: Plan<Result>,
  workload: string,
  round: number,
): Promise<{ results: Round<Result> } | Failed> {
  const results: Partial<Round<Result>> = {};
  for (const side of round % 2 === 1 ? SIDES : SIDES.toReversed()) {
    try {
      results[side] = await plan.run(side, workload);
    } catch (error) {
      if (!(error instanceof WorkloadFailed)) throw error;
      return { workload, side, round, reason: error.message };
    }
  }
  return { results: results as Round<Result> };
}
