/** A task as a conversation, in words. Pure. */
import type { ClaimMark, Verdict } from "@/core/log/terms";
import type { AttemptEnd, Exchange } from "@/core/shapes/conversation";
import { duration, plural } from "./figures";
import { REASON_WORDS } from "./reasons";
import { sentence } from "./sentence";

/** Worked 4 m · 9 turns · 1 claim corrected */
export function workedText({ worked_ms, turns, corrected }: Pick<Exchange, "worked_ms" | "turns" | "corrected">) {
  const parts = [`Worked ${duration(worked_ms)}`, plural(turns, "turn")];
  if (corrected > 0) parts.push(`${plural(corrected, "claim")} corrected`);
  return parts.join(" · ");
}

/** The order in which claims are counted. */
const COUNTED: readonly (readonly [ClaimMark["mark"], string])[] = [
  ["shown", "shown"],
  ["judged", "judged"],
  ["failed", "failed"],
  ["neither", "not shown"],
];

/** 3 claims shown, 1 judged; "" without claims. */
export function claimsText(verdict: Verdict | null): string {
  const counts = COUNTED.map(
    ([mark, word]) => [verdict?.claims.filter((claim) => claim.mark === mark).length ?? 0, word] as const,
  ).filter(([number]) => number > 0);
  return counts.map(([number, word], at) => `${at === 0 ? plural(number, "claim") : number} ${word}`).join(", ");
}

/** Why an attempt ended that was retried. */
export function failedAttemptText({ status, reason, detail }: Pick<AttemptEnd, "status" | "reason" | "detail">) {
  const why = detail ?? (reason ? REASON_WORDS[reason].says : "");
  const word = status === "failed" ? "Failed" : status === "stopped" ? "Stopped" : "Succeeded";
  return `${word}${why ? `: ${sentence(why)}` : "."} Then it was retried.`;
}

/** Earlier: 2 messages, 1 result */
export function earlierText(exchanges: readonly Pick<Exchange, "end">[]): string {
  const results = exchanges.filter(({ end }) => end !== null).length;
  return `Earlier: ${plural(exchanges.length, "message")}, ${plural(results, "result")}`;
}
