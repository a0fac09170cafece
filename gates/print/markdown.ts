/** The report as Markdown, for a comment or a file. */
import type { Finding, GatesReport } from "@/core/shapes/improving/gates";
import { gateTitle, placeText } from "@/core/words/gates";
import { headline, isOn, OUTCOMES, offLines, sideText, withoutControls } from "./words";

export function markdownOf(report: GatesReport): string {
  const found = report.gates.filter(({ findings }) => findings.length > 0);
  return [
    `# Gates: ${headline(report)}`,
    "",
    `${code(sideText(report.base))} → ${code(sideText(report.head))}`,
    "",
    "| gate | outcome | seconds | CPU seconds | |",
    "| --- | --- | ---: | ---: | --- |",
    ...report.gates
      .filter(isOn)
      .map(
        (gate) =>
          `| ${gateTitle(gate)} | ${OUTCOMES[gate.outcome]} | ${gate.seconds.toFixed(1)} | ${gate.cpu_seconds?.toFixed(1) ?? ""} | ${cell(gate.summary)} |`,
      ),
    ...offLines(report).flatMap((line) => ["", line]),
    ...found.flatMap((gate) => ["", `## ${gateTitle(gate)}`, "", ...gate.findings.map(findingLine)]),
    "",
    `Digest ${code(report.digest)}, seed ${code(report.seed)}.`,
    "",
  ].join("\n");
}

function findingLine(finding: Finding): string {
  const place = placeText(finding);
  return `- ${[finding.kind, ...(place === "" ? [] : [code(place)])].join(": ")}: ${shown(finding.text)}`;
}

function cell(text: string): string {
  return shown(text).replaceAll("|", "\\|");
}

/** Letters, digits and the punctuation of sentences: nothing of it is Markdown. */
const SENTENCE = /^[\p{L}\p{N} .,;:%'()/-]*$/u;

/** A text may quote the repository. As code it cannot become a link, an image or a mention. */
function shown(text: string): string {
  const isPlain = SENTENCE.test(text) && !text.includes("//") && !text.toLowerCase().includes("www.");
  return isPlain ? text : code(text);
}

function code(text: string): string {
  const plain = withoutControls(text);
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest > 0 || plain === "" ? `${fence} ${plain} ${fence}` : `${fence}${plain}${fence}`;
}
