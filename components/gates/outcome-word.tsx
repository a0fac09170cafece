import { StatusWord } from "@/components/ui/status";
import type { GateOutcome } from "@/core/shapes/improving/gates";
import { OUTCOME_WORDS } from "@/core/words/gates";

const LOOKS = { passed: "succeeded", failed: "failed", not_measured: "parked", off: "stopped" } as const;

/** What a gate, or a run of all gates, decided. `word` replaces the outcome's own word. */
export function OutcomeWord({ outcome, word }: { outcome: GateOutcome; word?: string }) {
  return <StatusWord status={LOOKS[outcome]}>{word ?? OUTCOME_WORDS[outcome]}</StatusWord>;
}
