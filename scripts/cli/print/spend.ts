/** Computes spend exact to the micro-dollar: of each task alone, and with its subtasks. Pure. */
import type { ModelUse, Used } from "@/core/shapes/log";
import type { Amounts, Task, Tree } from "@/core/shapes/shapes";
import { count, exactMoney } from "@/core/words/figures";
import { inputText } from "@/core/words/usage";

const MICRO = 1_000_000;

/** Returns the dollars of each task's own calls: its spend minus the spend of its direct subtasks, which includes theirs. */
export function ownSpend(tasks: readonly Task[]): Map<string, number> {
  const own = new Map(tasks.map((task) => [task.id, microOf(task)]));
  for (const task of tasks) {
    const above = task.parent_id === null ? undefined : own.get(task.parent_id);
    if (task.parent_id !== null && above !== undefined) own.set(task.parent_id, above - microOf(task));
  }
  return new Map([...own].map(([id, micro]) => [id, micro / MICRO]));
}

function microOf({ spent }: Pick<Task, "spent">): number {
  return Math.round((spent.cost_usd ?? 0) * MICRO);
}

/** `Spent $0.012345 of $1.00, 1200 tokens in and 345 out of 9000. The fork copied $0.01 and 400 tokens of this.` */
export function spendLine(
  { totals, grant, forked_from }: Tree,
  copied: { copiedTokens: number; copiedMicroUsd: number },
): string {
  const { tokens_in, tokens_out, cost_usd } = totals;
  const cap = (amount: number | null, text: (value: number) => string) =>
    amount === null ? "" : ` of ${text(amount)}`;
  const spent = `Spent ${exactMoney(cost_usd)}${cap(grant.cost_usd, exactMoney)}, ${tokens_in} tokens in and ${tokens_out} out${cap(grant.tokens, String)}`;
  const others = otherCaps(grant);
  const fork = forked_from
    ? ` The fork copied ${exactMoney(copied.copiedMicroUsd / MICRO)} and ${copied.copiedTokens} tokens of this.`
    : "";
  return `${spent}.${others}${fork}`;
}

/** `First turn: 5.1k in, 82 % cached, 120 out, $0.01. All 12 calls: 62k in, 74 % cached, 3.4k out.` Empty without a call. */
export function usedLine({ calls, first_turn, ...all }: ModelUse): string {
  if (!first_turn) return "";
  const text = ({ input_tokens, cache_read_tokens, output_tokens }: Used) =>
    `${inputText({ input: input_tokens, cached: cache_read_tokens })}, ${count(output_tokens)} out`;
  const rest = calls > 1 ? ` All ${calls} model calls: ${text(all)}.` : "";
  return `First turn: ${text(first_turn)}, ${exactMoney(first_turn.cost_usd)}.${rest}`;
}

function otherCaps({ tasks, depth, seconds }: Amounts): string {
  const caps = [
    tasks !== null && `${tasks} tasks`,
    depth !== null && `depth ${depth}`,
    seconds !== null && `${seconds} s`,
  ].filter(Boolean);
  return caps.length > 0 ? ` Other limits: ${caps.join(", ")}.` : "";
}
