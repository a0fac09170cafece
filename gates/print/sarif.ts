/** The report as SARIF 2.1.0, which code scanning and editors read. */
import { createHash } from "node:crypto";
import type { Finding, GateResult, GatesReport } from "@/core/shapes/improving/gates";
import { gateTitle } from "@/core/words/gates";
import { SETTINGS_FILE } from "@/gates/model/settings";
import { headline, isOn, OUTCOMES, offLines, withoutControls } from "./words";

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const LEVELS = { fault: "error", flag: "warning", note: "note" } as const;
/** Stands for the root of the repository, as CodeQL and GitHub call it. */
const ROOT = "%SRCROOT%";
/** Code scanning takes no more results of one run. */
const MOST_RESULTS = 5000;

/**
 * Returns the text of the file. A gate that was not measured is a notification, and a required one makes the run
 * unsuccessful, so a reader never takes its missing results for a pass.
 */
export function sarifOf(report: GatesReport): string {
  const on = report.gates.filter(isOn);
  const results = on.flatMap((gate) => gate.findings.map((finding) => resultOf(gate, finding)));
  const run = {
    tool: { driver: { name: "Banyan gates", rules: on.map(ruleOf) } },
    invocations: [
      {
        executionSuccessful: report.outcome !== "not_measured",
        startTimeUtc: report.started_at,
        toolExecutionNotifications: notificationsOf(report, results.length),
      },
    ],
    originalUriBaseIds: { [ROOT]: { description: { text: "The root of the repository." } } },
    results: results.slice(0, MOST_RESULTS),
    properties: { outcome: report.outcome, digest: report.digest, seed: report.seed },
  };
  return `${JSON.stringify({ $schema: SCHEMA, version: "2.1.0", runs: [run] }, null, 2)}\n`;
}

function ruleOf(gate: GateResult) {
  return {
    id: gate.gate,
    name: gateTitle(gate),
    shortDescription: { text: `The gate ${gateTitle(gate)}` },
    properties: { outcome: gate.outcome, required: gate.required, summary: plain(gate.summary) },
  };
}

function resultOf({ gate }: GateResult, finding: Finding) {
  const { kind, text, test } = finding;
  const about = test === null ? text : `${test}: ${text}`;
  return {
    ruleId: gate,
    level: LEVELS[kind],
    message: { text: plain(about) },
    locations: [{ physicalLocation: placeOf(finding) }],
    // Without the line, so that a finding that moves stays the same finding.
    partialFingerprints: { "banyanGates/v1": hashOf([gate, kind, finding.path ?? "", test ?? "", text]) },
  };
}

/** Code scanning refuses results without a place, so one that is about no file is put at the settings of the gates. */
function placeOf({ path, line }: Finding) {
  const uri = path === null ? null : uriOf(path);
  if (uri === null) return { artifactLocation: { uri: SETTINGS_FILE, uriBaseId: ROOT } };
  const region = line !== null && line > 0 ? { region: { startLine: line } } : {};
  return { artifactLocation: { uri, uriBaseId: ROOT }, ...region };
}

/** Returns null for a path that is not below the repository: a gate of the repository's own may name any. */
function uriOf(path: string): string | null {
  const names = path.split("/");
  if (names.some((name) => name === "" || name === "." || name === "..")) return null;
  return names.map((name) => encodeURIComponent(name.replace(/\p{Cs}/gu, "\uFFFD"))).join("/");
}

function notificationsOf(report: GatesReport, results: number) {
  const unmeasured = report.gates.filter(({ outcome }) => outcome === "not_measured");
  return [
    { level: report.outcome === "passed" ? "note" : "error", message: { text: plain(headline(report)) } },
    ...unmeasured.map((gate) => ({
      level: gate.required ? "error" : "warning",
      message: { text: plain(`${gateTitle(gate)}: ${OUTCOMES.not_measured}. ${gate.summary}`) },
      associatedRule: { id: gate.gate },
    })),
    ...offLines(report).map((line) => ({ level: "note", message: { text: plain(line) } })),
    ...(results > MOST_RESULTS
      ? [{ level: "warning", message: { text: `${results - MOST_RESULTS} more results are in the evidence.` } }]
      : []),
  ];
}

/** In SARIF `[a](b)` is a link, which a text from the repository must not be. */
function plain(text: string): string {
  return withoutControls(text).replaceAll("](", "] (");
}

function hashOf(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
