import { GOAL_DEFAULTS } from "@/core/log/goal";
import { exactCount, money, plural } from "@/core/words/figures";
import { type ComposerDraft, isNoCap } from "./draft";
import { PROJECTS_CAP } from "./summary";

/** Returns when the rounds of a goal end, as a sentence. `defaultUsd`: see `defaultUsdOf`. */
export function goalUntil(draft: ComposerDraft, defaultUsd: number | null | undefined): string {
  const { max_iterations, max_minutes, success_threshold } = GOAL_DEFAULTS;
  const read = (text: string, usual: number) => (text.trim() ? Number(text.replace(/[%$\s,_]/g, "")) : usual);
  const [rounds, minutes] = [read(draft.rounds, max_iterations), read(draft.minutes, max_minutes)];
  const [score, usd] = [
    read(draft.threshold, success_threshold * 100),
    isNoCap(draft.usd) ? null : read(draft.usd, defaultUsd ?? 0),
  ];
  if ([rounds, minutes, score, usd].some(Number.isNaN)) return "One of the limits cannot be read.";
  const isUnread = defaultUsd === undefined && !draft.usd.trim();
  const cap = isUnread ? PROJECTS_CAP : usd ? money(usd) : "";
  const limits = [plural(rounds, "round"), `${exactCount(minutes)} min`, cap].filter(Boolean).join(", ");
  return `${exactCount(score)} % of the weight holds, or ${limits}.`;
}
