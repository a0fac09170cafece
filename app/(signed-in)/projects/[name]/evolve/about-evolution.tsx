"use client";

import { useState } from "react";
import { Facts } from "@/components/ui/facts";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { Section } from "@/components/ui/page/section";
import { Button } from "@/components/ui/parts";
import { Clock } from "@/components/ui/time";
import type { EvolutionOfProject, EvolutionRun } from "@/core/shapes/evolution";
import { plural } from "@/core/words/figures";
import { rulesShown } from "@/core/words/insights/evolve";
import { placeOf } from "@/core/words/insights/insights";
import { withoutDisguise } from "@/core/words/visible";
import { RulesDialog } from "./rules-dialog";

const RUNS_SHOWN = 10;

interface AboutEvolutionProps {
  evolution: EvolutionOfProject;
  mayConfigure: boolean;
  onDone: (outcome: Outcome) => void;
}

/** What the next cycle would deal with, the rules, and the runs. */
export function AboutEvolution({ evolution, mayConfigure, onDone }: AboutEvolutionProps) {
  const [isEditing, setEditing] = useState(false);
  const { project, next, rules, runs, runs_total: total } = evolution;
  return (
    <div className="min-w-0 narrow:mt-6">
      {next === null ? null : (
        <Section id="next" title="Next">
          <p className="wrap-anywhere py-2">
            {withoutDisguise(next.title)}{" "}
            <code className="block text-ink-2 text-small">{withoutDisguise(placeOf(next))}</code>
          </p>
        </Section>
      )}
      <Section
        id="rules"
        title="Rules"
        end={
          mayConfigure ? (
            <Button look="quiet" onClick={() => setEditing(true)}>
              Edit<span className="sr-only"> the rules</span>
            </Button>
          ) : null
        }
      >
        <Facts isApart className="py-2 [&_dd]:wrap-anywhere">
          {rulesShown(rules).map(([name, words]) => (
            <Rule key={name} name={name} words={withoutDisguise(words)} />
          ))}
        </Facts>
      </Section>
      {runs.length === 0 ? null : (
        <Section id="runs" title="Runs" beside={total > RUNS_SHOWN ? `newest ${RUNS_SHOWN} of ${total}` : total}>
          <ul className="*:border-line *:border-b">
            {runs.slice(0, RUNS_SHOWN).map((run) => (
              <RunRow key={run.id} run={run} />
            ))}
          </ul>
        </Section>
      )}
      {isEditing ? (
        <RulesDialog project={project} rules={rules} onClosed={() => setEditing(false)} onDone={onDone} />
      ) : null}
    </div>
  );
}

function Rule({ name, words }: { name: string; words: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{words}</dd>
    </>
  );
}

const GOING: Record<Exclude<EvolutionRun["state"], "ended">, string> = {
  looking: "Looks for insights.",
  running: "Goes on.",
};

function RunRow({
  run: { cause, by, cycles, cycles_max: most, state, fault, sentence, created_at: at },
}: {
  run: EvolutionRun;
}) {
  return (
    <li className="wrap-anywhere py-1.5">
      <p>
        <Clock at={at} />: {cycles} of {plural(most, "cycle")}, {cause === "schedule" ? "by a schedule of" : "by"} {by}
      </p>
      <p className={fault === null ? "text-ink-2" : "text-fail"}>
        {state === "ended" ? withoutDisguise(sentence ?? "") : GOING[state]}
      </p>
    </li>
  );
}
