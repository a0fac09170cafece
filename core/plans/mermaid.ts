/** A plan as a Mermaid flowchart, which GitHub, GitLab and most editors draw. Pure. */
import type { PlanView } from "@/core/shapes/plans";

/** Returns the text of the flowchart: a box for each unit, in groups, with the critical path thick. */
export function mermaidOf({
  units,
  groups,
  critical_path,
}: Pick<PlanView, "units" | "groups" | "critical_path">): string {
  const byNumber = new Map(units.map((unit) => [unit.number, unit]));
  const boxes = groups.flatMap((numbers, at) => [
    `  subgraph g${at + 1}["Group ${at + 1}"]`,
    ...numbers.map((number) => `    ${boxOf(number, byNumber.get(number))}`),
    "  end",
  ]);
  const isCritical = (from: number, to: number) =>
    critical_path.some((number, at) => number === from && critical_path[at + 1] === to);
  const arrows = units.flatMap(({ number, after }) =>
    after.map((before) => `  u${before} ${isCritical(before, number) ? "==>" : "-->"} u${number}`),
  );
  return [
    "flowchart LR",
    ...boxes,
    ...arrows,
    "  classDef critical stroke-width:3px",
    `  class ${critical_path.map((number) => `u${number}`).join(",")} critical`,
    "",
  ].join("\n");
}

function boxOf(number: number, unit: PlanView["units"][number] | undefined): string {
  if (!unit) return `u${number}`;
  const { title, minutes, minutes_low, minutes_high, risk } = unit;
  const told = `${minutes} min, ${minutes_low} to ${minutes_high}${risk === null ? "" : `, risk ${risk}`}`;
  return `u${number}["${number} ${escaped(title)}<br/>${escaped(told)}"]`;
}

/** Mermaid reads these as marks, even in quotes; it shows `#NN;` as the character of that number. */
function escaped(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[^\p{L}\p{M}\p{N} .,:/()_+-]/gu, (character) => `#${character.codePointAt(0)};`);
}
