/** Describes a task's verdict and its claims. Pure. */
import type { Verdict } from "@/core/log/terms";
import { oneLine } from "./text";

/** `pass, 1 of 2 claims shown: It holds.` */
export function verdictText({ outcome, claims, reasons }: Verdict): string {
  const shown = claims.filter((claim) => claim.mark === "shown").length;
  const counted = claims.length > 0 ? `, ${shown} of ${claims.length} claims shown` : "";
  return `${outcome}${counted}${reasons[0] ? `: ${oneLine(reasons[0])}` : ""}`;
}

/** Returns the verdict and a line for each claim with its command. */
export function verdictLines(verdict: Verdict): string[] {
  return [
    `Verdict: ${verdictText(verdict)}`,
    ...verdict.claims.map(({ mark, statement, command, exit_status }) => {
      const ran = command ? ` (${oneLine(command)}${exit_status === null ? "" : ` → ${exit_status}`})` : "";
      return `  ${mark}: ${oneLine(statement)}${ran}`;
    }),
  ];
}
