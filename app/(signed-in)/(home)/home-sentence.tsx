import type { ServerStatus } from "@/core/shapes/status";
import { count, money } from "@/core/words/figures";
import { runsText } from "@/core/words/trees";

interface HomeSentenceProps {
  status: ServerStatus;
  needed: number;
  /** More may need the person than the page has heard of. */
  isNeededCut: boolean;
  running: number;
  /** More trees are open than the page has heard of. */
  isCut: boolean;
}

/** What needs the person, what runs, and what was spent today. */
export function HomeSentence({ status: { today }, needed, isNeededCut, running, isCut }: HomeSentenceProps) {
  return (
    <>
      {needsText(needed, isNeededCut)} {runsText(running, isCut)} {todayText(today)}
    </>
  );
}

function needsText(needed: number, isCut: boolean): string {
  if (isCut) return needed === 0 ? "" : `${needed} or more need you.`;
  return needed === 0 ? "Nothing needs you." : `${needed} ${needed === 1 ? "needs" : "need"} you.`;
}

function todayText({ cost_usd, tokens, cap_usd, cap_tokens }: ServerStatus["today"]): string {
  if (cap_usd === null && cap_tokens !== null) return `${count(tokens)} of ${count(cap_tokens)} tokens today.`;
  return `${money(cost_usd)}${cap_usd === null ? "" : ` of ${money(cap_usd)}`} today.`;
}
