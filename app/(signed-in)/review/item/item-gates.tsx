import { OutcomeWord } from "@/components/gates/outcome-word";
import { FOLD } from "@/components/ui/fold-look";
import { FoldMark } from "@/components/ui/fold-mark";
import { FactTable } from "@/components/ui/table";
import type { GateOutcome } from "@/core/shapes/improving/gates";
import type { ReviewedGate } from "@/core/shapes/review";
import { plural, shortDuration } from "@/core/words/figures";
import { gateTitle, LATER, OUTCOME_WORDS } from "@/core/words/gates";
import { withoutDisguise } from "@/core/words/visible";
import { PartHead } from "./item-parts";

const COLUMNS = ["Gate", "Outcome", "Said", { name: "Time", className: "text-right!" }];

const ORDER: GateOutcome[] = ["failed", "not_measured", "passed"];

/** What each gate said; those that run later and those that are off are folded. */
export function Gates({ gates }: { gates: readonly ReviewedGate[] }) {
  const on = ORDER.flatMap((outcome) => gates.filter((gate) => gate.outcome === outcome));
  const off = gates.filter(({ outcome }) => outcome === "off");
  const folded = [
    { name: LATER, gates: off.filter(({ later }) => later) },
    { name: "Off", gates: off.filter(({ later }) => !later) },
  ];
  return (
    <section aria-label="Gates" data-testid="gates">
      <PartHead note={countWords(gates)}>Gates</PartHead>
      {on.length > 0 ? (
        <FactTable stacks columns={COLUMNS}>
          {on.map((gate) => (
            <GateRow key={gate.gate} gate={gate} />
          ))}
        </FactTable>
      ) : null}
      {folded.map(({ name, gates: some }) =>
        some.length > 0 ? (
          <details className={`${FOLD} mt-1`} key={name}>
            <summary>
              <FoldMark />
              <span>{name}</span> <span className="text-ink-3">{some.map(gateTitle).join(", ")}</span>
            </summary>
            {some.map((gate) => (
              <p className="text-ink-2" key={gate.gate}>
                {gateTitle(gate)}: {withoutDisguise(gate.summary)}
              </p>
            ))}
          </details>
        ) : null,
      )}
    </section>
  );
}

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
        <OutcomeWord outcome={outcome} />
        {found.length > 0 ? <span className="text-ink-2"> · {found.join(" · ")}</span> : null}
      </td>
      <td className="wrap-anywhere text-ink-2">{withoutDisguise(summary)}</td>
      <td className="whitespace-nowrap text-right text-ink-3">{shortDuration(seconds * 1_000)}</td>
    </tr>
  );
}

function countWords(gates: readonly ReviewedGate[]): string {
  const isLater = ({ outcome, later }: ReviewedGate) => outcome === "off" && later === true;
  const counts = [...ORDER, "off" as const].map((outcome) => ({
    word: OUTCOME_WORDS[outcome],
    count: gates.filter((gate) => gate.outcome === outcome && !isLater(gate)).length,
  }));
  return [...counts, { word: "later", count: gates.filter(isLater).length }]
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}`)
    .join(", ");
}
