/** A task's own spend. Its row holds the spend of the whole branch. Sums are made in whole micro-dollars. Pure. */
import type { Task } from "@/core/shapes/shapes";

interface Sum {
  usd: number;
  tokens: number;
}

export interface TaskSpend {
  own: Sum;
  /** Spent by subtasks and finishing tasks, at all levels. */
  below: Sum;
  all: Sum;
  /** What is left of the grant; null: no cap. */
  left: { usd: number | null; tokens: number | null };
}

const MICRO = 1_000_000;
const micro = (usd: number | null) => Math.round((usd ?? 0) * MICRO);

export function spendOf(task: Task, tasks: ReadonlyMap<string, Task>): TaskSpend {
  let [microBelow, tokensBelow] = [0, 0];
  for (const one of tasks.values()) {
    if (one.parent_id !== task.id) continue;
    microBelow += micro(one.spent.cost_usd);
    tokensBelow += one.spent.tokens ?? 0;
  }
  const [microAll, tokensAll] = [micro(task.spent.cost_usd), task.spent.tokens ?? 0];
  const { cost_usd, tokens } = task.grant;
  // A subtask's row may be newer than its parent's, which must not make the parent's own spend negative.
  const rest = (whole: number, part: number) => Math.max(0, whole - part);
  return {
    own: { usd: rest(microAll, microBelow) / MICRO, tokens: rest(tokensAll, tokensBelow) },
    below: { usd: microBelow / MICRO, tokens: tokensBelow },
    all: { usd: microAll / MICRO, tokens: tokensAll },
    left: {
      usd: cost_usd === null ? null : rest(micro(cost_usd), microAll) / MICRO,
      tokens: tokens === null ? null : rest(tokens, tokensAll),
    },
  };
}
