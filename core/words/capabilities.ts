/** Words for capabilities and their figures, on pages and the command line. */
import type { CapabilityKind, Share } from "@/core/shapes/capabilities/capabilities";

export const KIND_WORDS: Readonly<Record<CapabilityKind, { one: string; many: string }>> = {
  tool: { one: "Tool", many: "Tools" },
  operation: { one: "API operation", many: "API operations" },
  agent: { one: "Agent", many: "Agents" },
  runbook: { one: "Runbook", many: "Runbooks" },
  command: { one: "Command", many: "Commands" },
  library: { one: "Library", many: "Libraries" },
  outside_agent: { one: "Outside agent", many: "Outside agents" },
};

/** Returns "12 of 13 succeeded (67–99 %)": the interval says how much these uses can tell. */
export function shareWords({ share, low, high, of }: Share): string {
  const percent = (value: number) => Math.round(value * 100);
  return `${Math.round(share * of)} of ${of} succeeded (${percent(low)}–${percent(high)} %)`;
}
