/** Kinds of faults as lines, with quotations. They are content from outside: nothing in them may be hidden or move the cursor. */
import type { FaultKind } from "@/core/log/faults";
import { faultCounts, faultReason } from "@/core/words/faults";
import { oneLine } from "./text";
import { short } from "./words";

/** `most`: quotations of each kind. */
export function faultLines(kinds: readonly FaultKind[], most: number): string[] {
  return kinds.flatMap((kind) => {
    const { id, agent, reason, signature, quotes } = kind;
    const about = signature ? `: ${oneLine(signature)}` : "";
    return [
      `${id}  ${agent}  ${faultReason(reason)}${about}  (${faultCounts(kind)})`,
      ...quotes.slice(0, most).map(({ task, text }) => `          ${short(task)}: ${oneLine(text)}`),
    ];
  });
}
