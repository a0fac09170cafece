/** The words for insights. Titles, paths and quotes are texts of a repository, so they are shown as such. */
import type { InsightKind, InsightList, ProjectInsight } from "@/core/shapes/insights";
import { plural } from "../figures";
import { withoutDisguise } from "../visible";

export const KIND_WORDS: Record<InsightKind, string> = {
  hotspot: "Complex and often changed",
  complex: "Complex function",
  long: "Long function",
  untested: "No test reaches the file",
  "untested-functions": "No test reaches functions",
  "no-tests": "No tests",
  duplicate: "Duplicated code",
  undocumented: "Missing documentation",
  untyped: "Missing types",
  "unused-exports": "Unused exports",
  todo: "Note",
  "deprecated-package": "Deprecated package",
  "no-lockfile": "No lock file",
  "no-licence": "No licence",
};

/** Returns where an insight is: `src/a.ts:48–171`. */
export function placeOf({ path, line, end }: Pick<ProjectInsight, "path" | "line" | "end">): string {
  if (path === "") return "the repository";
  return end > line ? `${path}:${line}–${end}` : `${path}:${line}`;
}

/** Returns who or what gave an insight its state, as the end of a sentence. */
export function causeWords({ by, reason }: Pick<ProjectInsight, "by" | "reason">): string {
  const who = by === null ? "" : ` by ${by}`;
  if (reason !== null) return `${who}: “${reason}”`;
  return by === null ? ": a look no longer found it." : `${who}.`;
}

/** Returns a text on one line. */
export function flat(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** Returns a report in Markdown: what was not measured first, then the insights by score. */
export function insightReport(project: string, { items, look }: InsightList): string {
  if (look === null) return `# Insights of ${project}\n\nNobody has looked yet.\n`;
  return [
    `# Insights of ${project}`,
    "",
    `${plural(items.length, "insight")} in ${plural(look.code, "file")} of code at commit ${look.commit.slice(0, 12)}, looked at ${look.at}.`,
    "",
    "## Not measured",
    "",
    ...look.not_measured.map((sentence) => `- ${sentence}`),
    ...(look.left_out > 0
      ? [`- ${plural(look.left_out, "insight")} with a lower score ${look.left_out === 1 ? "is" : "are"} left out.`]
      : []),
    "",
    "## By score",
    "",
    ...items.flatMap(reported),
  ].join("\n");
}

function reported(insight: ProjectInsight): string[] {
  const { id, kind, score, title, evidence } = insight;
  const { impact, confidence, effort } = evidence;
  return [
    `### ${score.toFixed(2)} ${code(title)}`,
    "",
    `${KIND_WORDS[kind]} · ${code(placeOf(insight))} · ${id} · impact ${impact} × confidence ${confidence} ÷ effort ${effort}`,
    "",
    ...evidence.facts.map(
      ({ name, value, note }) => `- ${name}: ${code(value)}${note === "" ? "" : `, ${code(note)}`}`,
    ),
    "",
    ...evidence.quote.map((line) => `    ${withoutDisguise(line)}`),
    "",
  ];
}

/** A text of the repository is no Markdown of ours. */
export function code(text: string): string {
  return `\`${flat(withoutDisguise(text)).replaceAll("`", "'")}\``;
}
