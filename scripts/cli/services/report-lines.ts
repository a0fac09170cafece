/** The report of a contract on one page. */
import type { ContractChange } from "@/core/contract/changes";
import type { ContractFinding, ProbeReport } from "@/core/contract/findings";
import type { ContractReport } from "@/core/contract/report";
import { plural } from "@/core/words/figures";
import { clean, oneLine } from "@/scripts/cli/print/text";

const MOST_FINDINGS = 20;
const MOST_CHANGES = 40;
/** A longer command is only in the JSON. */
const LONGEST_COMMAND = 2_000;

export type Paint = (style: "red" | "green" | "yellow" | "dim", text: string) => string;

export function reportLines(report: ContractReport, paint: Paint): string[] {
  const { document, against, probe } = report;
  return [
    `${oneLine(document.title)} ${oneLine(document.version)}, ${plural(document.operations, "operation")}`,
    ...(against ? ["", ...changeLines(against, oneLine(document.version), paint)] : []),
    ...(probe ? ["", ...probeLines(probe, paint)] : []),
    "",
    conclusion(report, paint),
  ];
}

function changeLines(
  { version, changes }: NonNullable<ContractReport["against"]>,
  newer: string,
  paint: Paint,
): string[] {
  const breaking = changes.filter((change) => change.breaking);
  const others = changes.filter((change) => !change.breaking);
  const line = (mark: string) => (change: ContractChange) => [
    `  ${mark} ${oneLine(change.text)}`,
    ...usedIn(change, paint),
  ];
  return [
    `${newer} against ${oneLine(version)}`,
    ...shortened(breaking, MOST_CHANGES, line(paint("red", "breaking"))),
    ...shortened(others, MOST_CHANGES, line(paint("dim", "changed "))),
    ...(breaking.length === 0 ? [`  ${paint("green", "breaking: nothing")}`] : []),
  ];
}

/** Names the operations of a change whose sentence is about a schema. */
function usedIn({ operations, text }: ContractChange, paint: Paint): string[] {
  if (operations.every((operation) => text.includes(operation))) return [];
  const shown = operations.slice(0, 5).map(oneLine).join(", ");
  return [paint("dim", `    in ${shown}${operations.length > 5 ? ` and ${operations.length - 5} more` : ""}`)];
}

function probeLines(probe: ProbeReport, paint: Paint): string[] {
  const tallies = probe.operations.map(({ operation, requests, statuses }) => {
    const counts = Object.entries(statuses).map(([status, count]) => `${status}: ${count}`);
    return `  ${oneLine(operation)}  ${paint("dim", `${plural(requests, "request")} (${counts.join(", ")})`)}`;
  });
  return [
    `${plural(probe.requests, "generated request")} to ${probe.url}, seed ${probe.seed}`,
    ...tallies,
    ...shortened(probe.findings, MOST_FINDINGS, (finding) => findingLines(finding, paint)),
    ...probe.notes.map(({ text }) => `  ${paint("yellow", "!")} ${oneLine(text)}`),
  ];
}

function findingLines({ text, pointer, steps }: ContractFinding, paint: Paint): string[] {
  const commands = steps.map(({ curl, status }) => {
    const isShort = curl.length <= LONGEST_COMMAND;
    const shown = isShort ? clean(curl) : `${clean(curl.slice(0, 200))}… (--json has all of it)`;
    return `      ${shown}${paint("dim", `  # ${status ?? "no answer"}`)}`;
  });
  return ["", `  ${paint("red", "✗")} ${oneLine(text)}`, paint("dim", `    ${oneLine(pointer)}`), ...commands];
}

function shortened<Item>(items: readonly Item[], most: number, linesOf: (item: Item) => string[]): string[] {
  const more = items.length - most;
  return [...items.slice(0, most).flatMap(linesOf), ...(more > 0 ? [`  … and ${more} more: --json has them all`] : [])];
}

function conclusion({ outcome, against, probe }: ContractReport, paint: Paint): string {
  if (outcome === "holds") return paint("green", "The contract holds.");
  const breaking = against?.changes.filter((change) => change.breaking).length ?? 0;
  const findings = probe?.findings.length ?? 0;
  const parts = [
    ...(breaking > 0 ? [plural(breaking, "breaking change")] : []),
    ...(findings > 0 ? [plural(findings, "finding")] : []),
  ];
  if (parts.length === 0) return paint("red", "Nothing was shown: the service accepted no valid request.");
  return paint("red", `The contract is broken: ${parts.join(", ")}.`);
}
