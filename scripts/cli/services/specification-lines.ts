/** A specification on one page. */
import type { SpecificationChange } from "@/core/specification/change";
import type { TracedRequirement } from "@/core/specification/trace";
import type { SpecificationView } from "@/core/specification/view";
import { plural } from "@/core/words/figures";
import { oneLine } from "@/scripts/cli/print/text";
import type { Paint } from "./report-lines";

const MOST_CHANGES = 40;

export function specificationLines(
  view: SpecificationView,
  change: (SpecificationChange & { revision: string }) | null,
  paint: Paint,
): string[] {
  const { title, requirements, operations, criteria, ambiguities, faults, trace } = view;
  const open = ambiguities.filter(({ answer }) => answer === undefined);
  return [
    `${oneLine(title) || "No title"}: ${plural(requirements.length, "requirement")}, ${plural(operations.length, "operation")}, ${plural(criteria.length, "check")}`,
    "",
    ...trace.requirements.flatMap((one) => requirementLines(one, paint)),
    ...(ambiguities.length > 0 ? ["", "Questions"] : []),
    ...ambiguities.map(({ id, question, answer, default: usual }) =>
      answer === undefined
        ? `  ${id}  ${oneLine(question)} ${paint("yellow", "open")}, default: ${oneLine(usual)}`
        : `  ${id}  ${oneLine(question)} ${oneLine(answer)}`,
    ),
    ...(change ? ["", ...changeLines(change, paint)] : []),
    "",
    ...faults.map(({ text }) => `${paint("red", "gap")}  ${oneLine(text)}`),
    faults.length === 0
      ? `${paint("green", "Consistent")}: every requirement has a check, and every operation a requirement.${open.length > 0 ? ` ${plural(open.length, "question")} open.` : ""}`
      : `${plural(faults.length, "gap")} to close.`,
  ];
}

function requirementLines({ id, text, operations, checks, gaps }: TracedRequirement, paint: Paint): string[] {
  const carried = operations.length > 0 ? operations.map(oneLine).join(", ") : "the whole service";
  const by = gaps.includes("operation") ? paint("red", "no operation") : carried;
  const shows = checks.map(({ criterion, kind }) => `${criterion} ${kind}`).join(", ");
  return [
    `  ${id.padEnd(4)} ${oneLine(text)}`,
    `       ${paint("dim", by)}  ${gaps.includes("check") ? paint("red", "no check") : paint("dim", shows)}`,
  ];
}

function changeLines(
  { revision, requirements, criteria, contract }: SpecificationChange & { revision: string },
  paint: Paint,
): string[] {
  const breaking = contract.filter((one) => one.breaking);
  return [
    `Since ${oneLine(revision)}`,
    ...requirements.map(({ id, how, before, after }) => `  ${how.padEnd(8)} ${id}  ${oneLine(after || before)}`),
    ...(criteria.length > 0 ? [`  changed criteria: ${criteria.join(", ")}`] : []),
    ...breaking.slice(0, MOST_CHANGES).map(({ text }) => `  ${paint("red", "breaking")} ${oneLine(text)}`),
    ...(breaking.length > MOST_CHANGES ? [`  and ${breaking.length - MOST_CHANGES} more`] : []),
    breaking.length === 0
      ? `  ${paint("green", "breaking: nothing")}`
      : `  ${plural(breaking.length, "change")} break clients.`,
  ];
}
