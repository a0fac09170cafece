import { EvidenceBox } from "@/components/reviews/evidence-box";
import { LongText } from "@/components/text/long-text";
import { withoutDisguise } from "@/components/text/visible";
import { FOLD } from "@/components/ui/fold-look";
import { FoldMark } from "@/components/ui/fold-mark";
import { StatusWord } from "@/components/ui/status";
import { FactTable } from "@/components/ui/table";
import type { GateOutcome } from "@/core/shapes/gates";
import type { ReviewedGate } from "@/core/shapes/review";
import { plural, shortDuration } from "@/core/words/figures";
import { gateTitle, OUTCOME_WORDS } from "@/core/words/gates";
import { PartHead } from "./item-parts";

const ORDER: GateOutcome[] = ["failed", "not_measured", "passed"];

/** What each gate said; those that are off are folded. `tested`: the same as text, for changes without the facts. */
export function Gates({ gates, tested }: { gates: readonly ReviewedGate[]; tested: string | null }) {
  const on = ORDER.flatMap((outcome) => gates.filter((gate) => gate.outcome === outcome));
  const off = gates.filter(({ outcome }) => outcome === "off");
  return (
    <section aria-label="Gates" data-testid="gates">
      <PartHead note={countWords(gates)}>Gates</PartHead>
      {on.length > 0 ? (
        <FactTable stacks>
          <thead>
            <tr>
              <th>Gate</th>
              <th>Outcome</th>
              <th>Said</th>
              <th className="text-right!">Time</th>
            </tr>
          </thead>
          <tbody>
            {on.map((gate) => (
              <GateRow key={gate.gate} gate={gate} />
            ))}
          </tbody>
        </FactTable>
      ) : null}
      {gates.length === 0 && tested ? (
        <EvidenceBox>
          <LongText text={withoutDisguise(tested)} />
        </EvidenceBox>
      ) : null}
      {off.length > 0 ? (
        <details className={`${FOLD} mt-1`}>
          <summary>
            <FoldMark />
            <span>Off</span> <span className="text-ink-3">{off.map(gateTitle).join(", ")}</span>
          </summary>
          {off.map((gate) => (
            <p className="text-ink-2" key={gate.gate}>
              {gateTitle(gate)}: {withoutDisguise(gate.summary)}
            </p>
          ))}
        </details>
      ) : null}
    </section>
  );
}

const LOOKS = { passed: "succeeded", failed: "failed", not_measured: "parked" } as const;

function GateRow({ gate }: { gate: ReviewedGate }) {
  const { outcome, required, summary, seconds, flags, faults } = gate;
  const found = [
    flags > 0 ? plural(flags, "flag") : "",
    faults > 0 ? plural(faults, "fault") : "",
    required ? "" : "optional",
  ].filter(Boolean);
  return (
    <tr>
      <td className="whitespace-nowrap">{gateTitle(gate)}</td>
      <td className="whitespace-nowrap">
        <StatusWord status={outcome === "off" ? "stopped" : LOOKS[outcome]}>{OUTCOME_WORDS[outcome]}</StatusWord>
        {found.length > 0 ? <span className="text-ink-2"> · {found.join(" · ")}</span> : null}
      </td>
      <td className="wrap-anywhere text-ink-2">{withoutDisguise(summary)}</td>
      <td className="whitespace-nowrap text-right text-ink-3">{shortDuration(seconds * 1_000)}</td>
    </tr>
  );
}

function countWords(gates: readonly ReviewedGate[]): string {
  if (gates.length === 0) return "as their text; this proposal has no table of them";
  const counts = [...ORDER, "off" as const].map((outcome) => ({
    word: OUTCOME_WORDS[outcome],
    count: gates.filter((gate) => gate.outcome === outcome).length,
  }));
  return counts
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}`)
    .join(", ");
}
