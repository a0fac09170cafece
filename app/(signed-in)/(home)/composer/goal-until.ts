import { GOAL_DEFAULTS } from "@/core/log/goal";
import { exactCount, money, plural } from "@/core/words/figures";
import { type ComposerDraft, isNoCap } from "./draft";

/** Returns when the rounds of a goal end, as a sentence. `defaultUsd`: the cap of a tree without its own; null: none. */
export function goalUntil(draft: ComposerDraft, defaultUsd: number | null): string {
  const { max_iterations, max_minutes, success_threshold } = GOAL_DEFAULTS;
  const read = (text: string, usual: number) => (text.trim() ? Number(text.replace(/[%$\s,_]/g, "")) : usual);
  const [rounds, minutes] = [read(draft.rounds, max_iterations), read(draft.minutes, max_minutes)];
  const [score, usd] = [
    read(draft.threshold, success_threshold * 100),
    isNoCap(draft.usd) ? null : read(draft.usd, defaultUsd ?? 0),
  ];
  if ([rounds, minutes, score, usd].some(Number.isNaN)) return "One of the limits cannot be read.";
  const limits = [plural(rounds, "round"), `${exactCount(minutes)} min`, usd ? money(usd) : ""]
    .filter(Boolean)
    .join(", ");
  return `${exactCount(score)} % of the weight holds, or ${limits}.`;
}
