/** The report as lines for a terminal. */
import type { Finding, GateResult, GatesReport } from "@/core/shapes/improving/gates";
import { gateTitle, placeText } from "@/core/words/gates";
import { withoutSequences } from "@/lib/process/printed";
import { headline, isOn, OUTCOMES, offLines, sideText, withoutControls } from "./words";

/** More findings of a gate are in the evidence. */
const MOST_FINDINGS = 20;
const MARKS: Record<Finding["kind"], string> = { fault: "✗", flag: "⚑", note: "·" };
const ORDER: Finding["kind"][] = ["fault", "flag", "note"];

export type Paint = (style: "red" | "green" | "yellow" | "dim", text: string) => string;

const STYLES = { passed: "green", failed: "red", not_measured: "yellow", off: "dim" } as const;

export function tableLines(report: GatesReport, paint: Paint): string[] {
  const titles = Math.max(...report.gates.filter(isOn).map((gate) => gateTitle(gate).length), 0);
  const outcomes = Math.max(...Object.values(OUTCOMES).map((word) => word.length));
  return [
    `${plain(report.folder)}: ${plain(sideText(report.base))} → ${plain(sideText(report.head))}`,
    "",
    ...report.gates.filter(isOn).flatMap((gate) => gateLines(gate, titles, outcomes, paint)),
    ...offLines(report).map((line) => paint("dim", line)),
    "",
    headline(report),
    `Evidence: ${plain(report.evidence)}`,
  ];
}

function gateLines(gate: GateResult, titles: number, outcomes: number, paint: Paint): string[] {
  const outcome = paint(STYLES[gate.outcome], OUTCOMES[gate.outcome].padEnd(outcomes));
  const seconds = `${gate.seconds.toFixed(1)} s`.padStart(8);
  const cpu = gate.cpu_seconds === undefined ? "" : `  ${`CPU ${gate.cpu_seconds.toFixed(1)} s`.padStart(12)}`;
  const head = `${gateTitle(gate).padEnd(titles)}  ${outcome}  ${seconds}${cpu}  ${plain(gate.summary)}`;
  const sorted = ORDER.flatMap((kind) => gate.findings.filter((finding) => finding.kind === kind));
  const more = sorted.length - MOST_FINDINGS;
  return [
    head.trimEnd(),
    ...sorted.slice(0, MOST_FINDINGS).map((finding) => `  ${MARKS[finding.kind]} ${plain(findingText(finding))}`),
    ...(more > 0 ? [`  … and ${more} more in ${gate.gate}.json of the evidence`] : []),
  ];
}

function findingText(finding: Finding): string {
  const place = placeText(finding);
  return place === "" ? finding.text : `${place}: ${finding.text}`;
}

function plain(text: string): string {
  return withoutControls(withoutSequences(text));
}
