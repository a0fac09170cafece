/** Findings in infrastructure files, in words. */
import type { Infrastructure, InfrastructureFinding } from "@/core/shapes/environments/infrastructure";
import { plural } from "@/core/words/figures";

function findingLine({ file, line, says }: InfrastructureFinding): string {
  return `${file}${line === null ? "" : `, line ${line}`}: ${says}`;
}

/** Lines for the command line and for logs: a count, then each finding. */
export function infrastructureLines({ files, errors, warnings, not_checked }: Infrastructure): string[] {
  const of = (word: string, found: readonly InfrastructureFinding[]) =>
    found.map((finding) => `${word}: ${findingLine(finding)}`);
  return [
    `Infrastructure files: ${files} read; ${plural(errors.length, "error")}, ${plural(warnings.length, "warning")}, ${not_checked.length} not checked.`,
    ...of("Error", errors),
    ...of("Warning", warnings),
    ...of("Not checked", not_checked),
  ];
}

/** Why a promotion with these errors ends; null: it has none. */
export function infrastructureFault({ errors }: Infrastructure): string | null {
  const [first, ...more] = errors;
  if (first === undefined) return null;
  const others =
    more.length === 0
      ? ""
      : ` There ${more.length === 1 ? "is 1 more error" : `are ${more.length} more errors`}; the log has them.`;
  return `The infrastructure files cannot work: ${findingLine(first)}${others} Nothing was changed there.`;
}
