import type { GateResult, GatesReport } from "@/core/shapes/improving/gates";
import { gateTitle, OUTCOME_WORDS } from "@/core/words/gates";

export const OUTCOMES: Record<GateResult["outcome"], string> = { ...OUTCOME_WORDS, failed: "FAILED" };

export function isOn({ outcome }: GateResult): boolean {
  return outcome !== "off";
}

/** Returns one line about all gates that are off; none when there is no such gate. */
export function offLines({ gates }: GatesReport): string[] {
  const off = gates.filter((gate) => !isOn(gate)).map(gateTitle);
  return off.length === 0 ? [] : [`Off: ${off.join(", ")}.`];
}

export function headline(report: GatesReport): string {
  const { gates } = report;
  const named = (outcome: GateResult["outcome"]) =>
    gates.filter((gate) => gate.outcome === outcome && (gate.required || outcome === "failed")).map(gateTitle);
  const flags = gates.flatMap(({ findings }) => findings).filter(({ kind }) => kind === "flag").length;
  const flagged = flags === 0 ? "" : ` ${flags} ${flags === 1 ? "flag needs" : "flags need"} a person's look.`;
  if (report.outcome === "failed") return `Failed: ${named("failed").join(", ")}.${flagged}`;
  if (gates.every(({ outcome }) => outcome === "off")) return "Not measured: every gate is off.";
  if (report.outcome === "not_measured") return `Not measured: ${named("not_measured").join(", ")}.${flagged}`;
  return `Passed.${flagged}`;
}

/** Names and logs come from the repository, and must not move a cursor, hide a line or turn the text around. */
export function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\uFFFD");
}

export function sideText({ name, commit }: GatesReport["base"]): string {
  return commit === null || commit.startsWith(name) ? name : `${name} (${commit.slice(0, 12)})`;
}
