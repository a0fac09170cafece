/** Counts what gates say of changes, whoever asked them. */
import { JUDGED } from "@/agents/gates/judge";
import type { Counts } from "@/core/metrics/counts";
import type { GatesReport } from "@/core/shapes/improving/gates";

/** Returns a function that ends it. */
export function countGates(counts: Pick<Counts, "observe">): () => void {
  const count = (report: unknown) => {
    // A gate that is switched off judges nothing.
    const ran = (report as GatesReport).gates.filter(({ outcome }) => outcome !== "off");
    for (const { gate, outcome, seconds } of ran)
      counts.observe("banyan_gate_duration_seconds", { gate, outcome }, seconds);
  };
  JUDGED.subscribe(count);
  return () => void JUDGED.unsubscribe(count);
}
