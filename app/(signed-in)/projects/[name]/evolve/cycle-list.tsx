import { useState } from "react";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import type { EvolutionCycle, EvolutionOfProject } from "@/core/shapes/evolution";
import { plural } from "@/core/words/figures";
import { CycleRow } from "./cycle-row";

/** Cycles that are shown at first. */
const FEW = 20;

interface CycleListProps {
  evolution: EvolutionOfProject;
  cycles: readonly EvolutionCycle[];
  host: string | null;
}

/** Cycles that work or are settled, the newest first. */
export function CycleList({ evolution, cycles, host }: CycleListProps) {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? cycles : cycles.slice(0, FEW);
  return (
    <Section id="cycles" title="Cycles" beside={cycles.length} className="mt-6!">
      <ul className="*:border-line *:border-b" aria-label="Cycles">
        {shown.map((cycle) => (
          <CycleRow key={cycle.id} evolution={evolution} cycle={cycle} host={host} />
        ))}
      </ul>
      {cycles.length > FEW ? (
        <Button look="quiet" className="mt-1" onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show fewer" : `Show all ${plural(cycles.length, "cycle")}`}
        </Button>
      ) : null}
    </Section>
  );
}
