/** The report as JUnit XML: each gate is a test case. */
import { XMLBuilder } from "fast-xml-parser";
import type { GateResult, GatesReport } from "@/core/shapes/improving/gates";
import { gateTitle, placeText } from "@/core/words/gates";
import { headline, OUTCOMES, withoutControls } from "./words";

const NAME = "banyan gates";
const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  format: true,
  suppressEmptyNode: true,
});

/** Returns the text of the file. A required gate that was not measured is an error, one that may stay so is skipped. */
export function junitOf(report: GatesReport): string {
  const cases = report.gates.map(caseOf);
  const count = (key: string) => cases.filter((made) => key in made).length;
  const counts = {
    "@tests": cases.length,
    "@failures": count("failure"),
    "@errors": count("error"),
    "@skipped": count("skipped"),
    "@time": report.seconds.toFixed(1),
  };
  const suite = {
    "@name": NAME,
    ...counts,
    "@timestamp": report.started_at,
    properties: { property: { "@name": "outcome", "@value": plain(headline(report)) } },
    testcase: cases,
  };
  const xml: string = builder.build({ testsuites: { ...counts, testsuite: [suite] } });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`;
}

function caseOf(gate: GateResult) {
  const row = { "@name": gateTitle(gate), "@classname": NAME, "@time": gate.seconds.toFixed(1) };
  const message = plain(gate.summary);
  const unmeasured = plain(`${OUTCOMES.not_measured}: ${gate.summary}`);
  if (gate.outcome === "failed") return { ...row, failure: { "@message": message, "#text": findingsOf(gate) } };
  if (gate.outcome === "off") return { ...row, skipped: { "@message": plain(`off: ${gate.summary}`) } };
  if (gate.outcome === "passed") return { ...row, "system-out": [message, findingsOf(gate)].join("\n").trim() };
  if (!gate.required) return { ...row, skipped: { "@message": unmeasured } };
  return { ...row, error: { "@message": unmeasured, "#text": findingsOf(gate) } };
}

function findingsOf({ findings }: GateResult): string {
  const lines = findings.map((finding) => {
    const place = placeText(finding);
    return plain(`${finding.kind}: ${place === "" ? "" : `${place}: `}${finding.text}`);
  });
  return lines.join("\n");
}

/** XML has no place for some characters, not even as a reference. */
function plain(text: string): string {
  return withoutControls(text).replace(/[\uFFFE\uFFFF]/g, "\uFFFD");
}
