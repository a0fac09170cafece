import type { ServerStatus } from "@/core/shapes/shapes";
import { count, money } from "@/core/words/figures";
import type { Places } from "./home-rows";

interface HomeSentenceProps {
  status: ServerStatus;
  places: Places;
  /** More trees are open than the page has heard of. */
  isCut: boolean;
}

/** What needs the person, what runs, and what was spent today. */
export function HomeSentence({ status: { openReviews, today }, places: { needs, lists }, isCut }: HomeSentenceProps) {
  const { failures, tasks, schedules } = needs;
  const needed = openReviews + failures.length + tasks.length + schedules.length;
  return (
    <>
      {needed === 0 ? "Nothing needs you." : `${needed} ${needed === 1 ? "needs" : "need"} you.`}{" "}
      {runsText(lists.running.length, isCut)} {todayText(today)}
    </>
  );
}

function runsText(running: number, isCut: boolean): string {
  if (running === 0) return isCut ? "" : "Nothing runs.";
  if (isCut) return `${running} trees or more run.`;
  return running === 1 ? "1 tree runs." : `${running} trees run.`;
}

function todayText({ cost_usd, tokens, cap_usd, cap_tokens }: ServerStatus["today"]): string {
  if (cap_usd === null && cap_tokens !== null) return `${count(tokens)} of ${count(cap_tokens)} tokens today.`;
  return `${money(cost_usd)}${cap_usd === null ? "" : ` of ${money(cap_usd)}`} today.`;
}
