/** The report for a job of GitHub Actions: annotations on the changed files, and the summary of the job. */
import type { Finding, GateResult, GatesReport } from "@/core/shapes/improving/gates";
import { gateTitle } from "@/core/words/gates";
import { markdownOf } from "./markdown";
import { headline, OUTCOMES, withoutControls } from "./words";

const LEVELS = { fault: "error", flag: "warning", note: "notice" } as const;
const ORDER: Finding["kind"][] = ["fault", "flag", "note"];
/** GitHub shows few annotations of one step; the summary has the rest. */
const MOST_ANNOTATIONS = 50;
/** GitHub refuses a summary of more than 1 MiB. */
const MOST_SUMMARY_BYTES = 1_000_000;

/** Returns lines that are no commands, whatever they quote. `token` is a text that nobody can guess. */
export function withoutCommands(lines: readonly string[], token: string): string[] {
  return [`::stop-commands::${token}`, ...lines, `::${token}::`];
}

/** Returns the commands, one a line. A gate that was not measured is a warning. */
export function annotationsOf(report: GatesReport): string[] {
  const unmeasured = report.gates.filter(({ outcome }) => outcome === "not_measured");
  const found = ORDER.flatMap((kind) =>
    report.gates.flatMap((gate) =>
      gate.findings.filter((finding) => finding.kind === kind).map((finding) => annotationOf(gate, finding)),
    ),
  );
  const more = found.length - MOST_ANNOTATIONS;
  return [
    ...unmeasured.map((gate) =>
      commandOf("warning", `${OUTCOMES.not_measured}: ${gate.summary}`, { title: gateTitle(gate) }),
    ),
    ...found.slice(0, MOST_ANNOTATIONS),
    ...(more > 0 ? [commandOf("notice", `${more} more findings are in the summary of this job.`, {})] : []),
    commandOf(report.outcome === "passed" ? "notice" : "error", headline(report), { title: "Gates" }),
  ];
}

/** Returns the command for a problem that kept the gates from running. */
export function problemCommand(sentence: string): string {
  return commandOf("error", sentence, { title: "Gates" });
}

/** Returns the Markdown for GITHUB_STEP_SUMMARY. */
export function summaryOf(report: GatesReport): string {
  const text = markdownOf(report);
  if (Buffer.byteLength(text) <= MOST_SUMMARY_BYTES) return text;
  const cut = Buffer.from(text).subarray(0, MOST_SUMMARY_BYTES).toString("utf8");
  return `${cut.slice(0, cut.lastIndexOf("\n"))}\n\nCut here: the whole report is in the evidence.\n`;
}

function annotationOf(gate: GateResult, { kind, text, path, line, test }: Finding): string {
  return commandOf(LEVELS[kind], test === null ? text : `${test}: ${text}`, {
    ...(path !== null && { file: path }),
    ...(path !== null && line !== null && line > 0 && { line: String(line) }),
    title: gateTitle(gate),
  });
}

function commandOf(name: string, message: string, properties: Record<string, string>): string {
  const pairs = Object.entries(properties).map(([key, value]) => `${key}=${escapedProperty(value)}`);
  return `::${[name, pairs.join(",")].filter(Boolean).join(" ")}::${escaped(withoutControls(message))}`;
}

/** As @actions/core escapes the text of a command. */
function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapedProperty(text: string): string {
  return escaped(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
