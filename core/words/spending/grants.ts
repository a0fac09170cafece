/** Grants in words for agents: what a task may spend, and what is left of it. */
import type { GrantAmounts } from "@/core/log/amounts";
import { type GrantState, leftOf } from "@/core/rules/grants";
import { exactCount, money } from "../figures";

const MICRO = 1_000_000;

/** Returns the parts of a grant; none without a cap. */
export function grantWords({ tokens, microUsd, tasks, depth, seconds }: GrantAmounts): string[] {
  return [
    microUsd === null ? "" : money(microUsd / MICRO),
    tokens === null ? "" : `${exactCount(tokens)} tokens`,
    tasks === null ? "" : `${tasks} tasks in this branch`,
    depth === null ? "" : `${depth} more levels of subtasks`,
    seconds === null ? "" : `${seconds} seconds`,
  ].filter(Boolean);
}

/** Returns what the task itself may still spend: 1200 tokens and $0.0021 */
export function leftWords(grant: GrantState, isRoot: boolean): string {
  const parts: string[] = [];
  const tokens = leftOf(grant, "tokens", { isRoot, all: false });
  const microUsd = leftOf(grant, "microUsd", { isRoot, all: false });
  if (tokens !== null) parts.push(`${tokens} tokens`);
  if (microUsd !== null) parts.push(money(microUsd / MICRO));
  return parts.join(" and ");
}
