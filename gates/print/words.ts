import type { GateResult, GatesReport } from "@/core/shapes/improving/gates";
import { gateTitle, OUTCOME_WORDS } from "@/core/words/gates";
import { TEST_COMMAND } from "@/gates/model/found-tests";

export const OUTCOMES: Record<GateResult["outcome"], string> = { ...OUTCOME_WORDS, failed: "FAILED" };

export function isOn({ outcome }: GateResult): boolean {
  return outcome !== "off";
}

/** Returns a line about all gates that are off, and a line about those that run later; none if there is no such gate. */
export function offLines({ gates }: GatesReport): string[] {
  const off = gates.filter((gate) => !isOn(gate));
  const [later, never] = [off.filter((gate) => gate.later), off.filter((gate) => !gate.later)];
  return [
    ...(later.length === 0 ? [] : [`Later, with the whole gates: ${later.map(gateTitle).join(", ")}.`]),
    ...(never.length === 0 ? [] : [`Off: ${never.map(gateTitle).join(", ")}.`]),
  ];
}

/** Unless one of these gates ran, nobody knows whether the change works, whatever the other gates say. */
const TEST_GATES: readonly string[] = ["old_tests", "new_tests", "black_box", TEST_COMMAND];

/** The outcome in one line, which says first whether something was not measured. */
export function headline(report: GatesReport): string {
  const { gates } = report;
  const named = (outcome: GateResult["outcome"]) =>
    gates.filter((gate) => gate.outcome === outcome && (gate.required || outcome === "failed")).map(gateTitle);
  const flags = gates.flatMap(({ findings }) => findings).filter(({ kind }) => kind === "flag").length;
  const flagged = flags === 0 ? "" : ` ${flags} ${flags === 1 ? "flag needs" : "flags need"} a person's look.`;
  const haveTestsRun = gates.some(({ gate, outcome }) => {
    return TEST_GATES.includes(gate) && (outcome === "passed" || outcome === "failed");
  });
  if (report.outcome === "failed") {
    const tests = haveTestsRun ? "" : " Tests were not measured.";
    return `Failed: ${named("failed").join(", ")}.${tests}${flagged}`;
  }
  if (gates.every(({ outcome }) => outcome === "off")) return "Not measured: every gate is off.";
  if (report.outcome === "not_measured") return `Not measured: ${named("not_measured").join(", ")}.${flagged}`;
  if (gates.some(({ later }) => later)) return `Passed so far: this is the first part of the gates.${flagged}`;
  return haveTestsRun ? `Passed.${flagged}` : `Not measured: tests. The other gates passed.${flagged}`;
}

/** Names and logs come from the repository, and must not move a cursor, hide a line or turn the text around. */
export function withoutControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, "\uFFFD");
}

export function sideText({ name, commit }: GatesReport["base"]): string {
  return commit === null || commit.startsWith(name) ? name : `${name} (${commit.slice(0, 12)})`;
}
