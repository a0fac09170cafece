/** The report as Markdown, for a comment or a file. */
import type { GatesReport } from "@/core/shapes/gates";
import { findingText, gateTitle, headline, isOn, OUTCOMES, offLines, sideText } from "./words";

export function markdownOf(report: GatesReport): string {
  const found = report.gates.filter(({ findings }) => findings.length > 0);
  return [
    `# Gates: ${headline(report)}`,
    "",
    `${code(sideText(report.base))} → ${code(sideText(report.head))}`,
    "",
    "| gate | outcome | seconds | |",
    "| --- | --- | ---: | --- |",
    ...report.gates
      .filter(isOn)
      .map(
        (gate) =>
          `| ${gateTitle(gate)} | ${OUTCOMES[gate.outcome]} | ${gate.seconds.toFixed(1)} | ${cell(gate.summary)} |`,
      ),
    ...offLines(report).flatMap((line) => ["", line]),
    ...found.flatMap((gate) => [
      "",
      `## ${gateTitle(gate)}`,
      "",
      ...gate.findings.map((finding) => `- ${finding.kind}: ${code(findingText(finding))}`),
    ]),
    "",
    `Digest ${code(report.digest)}, seed ${code(report.seed)}.`,
    "",
  ].join("\n");
}

function cell(text: string): string {
  return code(text).replaceAll("|", "\\|");
}

/** Text of the repository as code, so that it cannot become a link, an image or a mention. */
function code(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\uFFFD");
  const longest = Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest > 0 || plain === "" ? `${fence} ${plain} ${fence}` : `${fence}${plain}${fence}`;
}
