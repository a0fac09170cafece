/** Tells a round about the rounds before it. */
import { cut, type RoundRecord } from "@/core/goals/facts/record";
import { percent } from "@/core/goals/planning/material";

/** How many rounds have their plan told, and with how many characters: the goal's log has to stay small. */
const TOLD = 5;
const TOLD_CHARS = 110;

/** Returns the attempts at the error of the last round, and the last rounds, a line each. */
export function triedBefore(records: readonly RoundRecord[]): string[] {
  const signature = records.at(-1)?.error_signature;
  const alike = records.filter((record) => signature && record.error_signature === signature).slice(-TOLD);
  const told = [...new Set([...alike, ...records.slice(-2)])].sort((a, b) => a.number - b.number);
  return told.map(lineOf);
}

export function lineOf({ number, verdict, score, plan, changed }: RoundRecord): string {
  const did = changed ? ` [${cut(changed.replace(/\s*\n\s*/g, ", "), 60)}]` : "";
  return `Round ${number}, ${verdict}, ${percent(score)}: ${cut(plan, TOLD_CHARS)}${did}`;
}
