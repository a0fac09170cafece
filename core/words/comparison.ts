/** Compares two trees in words: their origin and their main differences. Pure. */

import type { ComparedTree } from "@/core/shapes/shapes";
import { exactCount, money, plural } from "./figures";

export function originText(a: ComparedTree, b: ComparedTree): string {
  const [name, from] = b.forked_from?.tree_id === a.tree_id ? ["B", b] : ["A", a];
  const source = name === "B" ? "A" : "B";
  const isFork = from.forked_from?.tree_id === (name === "B" ? a : b).tree_id;
  if (isFork)
    return `${name} was forked from ${source} at message ${from.forked_from?.seq}. Both hold everything up to it.`;
  const [first, second] = [a.forked_from, b.forked_from];
  if (first && second && first.tree_id === second.tree_id)
    return `Both were forked from the same tree: A at message ${first.seq}, B at message ${second.seq}.`;
  return "Neither was forked from the other.";
}

/** Returns the measured differences of B from A in one sentence, without a verdict. */
export function differenceText(a: ComparedTree, b: ComparedTree): string {
  const parts: string[] = [];
  if (a.status !== b.status) parts.push(`A ${stateText(a)}, B ${stateText(b)}`);
  const [shownA, shownB] = [shownOf(a), shownOf(b)];
  if (shownA !== shownB)
    parts.push(`B shows ${plural(Math.abs(shownB - shownA), "claim")} ${shownB > shownA ? "more" : "fewer"}`);
  const cost = relative(ownCost(a), ownCost(b));
  if (cost) parts.push(`B costs ${cost}`);
  const tokens = relative(ownTokens(a), ownTokens(b));
  if (!cost && tokens) parts.push(`B takes ${tokens} tokens`);
  return parts.length > 0
    ? `${parts.join("; ")}. Copied spend is not counted.`
    : "So far they do not differ in what was measured.";
}

function stateText({ status }: ComparedTree): string {
  if (status === "succeeded" || status === "failed") return status;
  return status === "stopped" ? "was stopped" : `is ${status}`;
}

function shownOf({ verdict }: ComparedTree): number {
  return verdict?.claims.filter((claim) => claim.mark === "shown").length ?? 0;
}

/** What the tree itself spent. A fork's totals include copied spend. */
export const ownCost = ({ cost_usd, copied }: ComparedTree) => Math.max(0, cost_usd - copied.cost_usd);
export const ownTokens = ({ tokens, copied }: ComparedTree) => Math.max(0, tokens - copied.tokens);

function relative(a: number, b: number): string | null {
  if (a === 0 || b === 0 || a === b) return null;
  const percent = Math.round((Math.abs(b - a) / a) * 100);
  return percent === 0 ? null : `${percent} % ${b < a ? "less" : "more"}`;
}

export function copiedText({ copied }: ComparedTree): string | null {
  if (copied.tokens === 0 && copied.cost_usd === 0) return null;
  return `of it ${money(copied.cost_usd)} and ${exactCount(copied.tokens)} tokens copied, not spent by it`;
}
