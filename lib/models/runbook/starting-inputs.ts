import type { ValueMap } from "@/core/programs/json";
import type { Runbook } from "./runbook";
import { runbookNamed } from "./select";

/**
 * Returns the values of a runbook's inputs, those on the instruction's first line over the defaults, or what is wrong
 * with them.
 */
export function startingInputs(
  runbook: Runbook,
  instruction: string,
): { values: ValueMap; fault?: undefined } | { fault: string; values?: undefined } {
  const named = runbookNamed(instruction);
  const given = named?.name === runbook.name ? named.inputs : {};
  const unknown = Object.keys(given).filter((name) => !runbook.inputs.has(name));
  if (unknown.length > 0) {
    const known = [...runbook.inputs.keys()].join(", ") || "none";
    return { fault: `The runbook ${runbook.name} has no input ${quoted(unknown)}; its inputs are: ${known}.` };
  }
  const missing = [...runbook.inputs].filter(([name, { required }]) => required && (given[name] ?? null) === null);
  if (missing.length > 0) {
    const names = missing
      .map(([name, { description }]) => (description ? `${name} (${description})` : name))
      .join(", ");
    const line = `Follow the runbook ${runbook.name} with {"${missing[0]?.[0]}": …}`;
    return { fault: `The runbook ${runbook.name} needs ${names}. Begin the task with the line: ${line}` };
  }
  const defaults = [...runbook.inputs].map(([name, input]) => [name, input.default] as const);
  return { values: { ...Object.fromEntries(defaults), ...given } };
}

function quoted(names: string[]): string {
  return names.map((name) => `“${name}”`).join(" or ");
}
