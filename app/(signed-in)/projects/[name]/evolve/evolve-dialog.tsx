"use client";

import { type FormEvent, useState } from "react";
import { operate } from "@/app/operate";
import { FormActs } from "@/components/ui/form-acts";
import { NumberField, typedNumber } from "@/components/ui/forms/number-field";
import { useForm } from "@/components/ui/forms/use-form";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import type { EvolutionOfProject } from "@/core/shapes/evolution";
import { money } from "@/core/words/figures";
import { costSentence } from "@/core/words/insights/evolve";
import { placeOf } from "@/core/words/insights/insights";
import { withoutDisguise } from "@/core/words/visible";

interface EvolveDialogProps {
  evolution: EvolutionOfProject;
  onClosed: () => void;
  onDone: () => void;
}

/** Asks how many cycles a run may have. */
export function EvolveDialog({ evolution, onClosed, onDone }: EvolveDialogProps) {
  const [cycles, setCycles] = useState("1");
  const form = useForm();
  const { project, next, hold, rules } = evolution;
  function send(event: FormEvent, dismiss: () => void): void {
    event.preventDefault();
    if (form.pending) return;
    form.run(
      () => operate("evolveProject", { id: project, cycles: typedNumber(cycles, Number.NaN) }),
      (outcome) => {
        if (!outcome.ok) return;
        dismiss();
        onDone();
      },
    );
  }
  return (
    <Modal title={`Evolve ${project}`} onClosed={onClosed}>
      {(dismiss) => (
        <form {...form.props} className="mt-3 grid gap-3" onSubmit={(event) => send(event, dismiss)}>
          <div>
            <NumberField form={form} name="cycles" label="Cycles, at most (1 to 100)" value={cycles} set={setCycles} />
            {form.faultsBelow()}
          </div>
          {next === null ? (
            <p className="text-ink-2">{hold?.sentence}</p>
          ) : (
            <p className="wrap-anywhere text-ink-2">
              Next: {withoutDisguise(next.title)} (<code>{withoutDisguise(placeOf(next))}</code>), unless the look finds
              something better.
            </p>
          )}
          <p className="text-ink-2">
            A cycle costs at most {money(rules.cycle_usd)}. {costSentence(evolution)}
          </p>
          <Refusal outcome={form.rest} />
          <FormActs close={dismiss} disabled={form.pending}>
            Evolve
          </FormActs>
        </form>
      )}
    </Modal>
  );
}
