import { StatusWord } from "@/components/ui/status";
import type { Kpi } from "@/core/shapes/kpis";
import { targetText, VERDICT_WORDS } from "@/core/words/kpis/kpis";

const LOOKS = { met: "succeeded", missed: "failed", few: "ready" } as const;

/** Whether a KPI meets its target. `says`: the word of the verdict, or the target that it is about. */
export function Verdict({ kpi: { verdict, target, unit }, says }: { kpi: Kpi; says: "word" | "target" }) {
  if (verdict === "none" || target === null) return null;
  const word = VERDICT_WORDS[verdict];
  return (
    <StatusWord status={LOOKS[verdict]}>
      {says === "word" ? (
        word
      ) : (
        <span>
          {targetText(unit, target)}
          <span className="sr-only">, {word.toLowerCase()}</span>
        </span>
      )}
    </StatusWord>
  );
}
