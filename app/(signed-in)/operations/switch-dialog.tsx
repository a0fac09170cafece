"use client";

import { useState } from "react";
import { switchProvider } from "@/app/actions/operations";
import { useServerStatus } from "@/components/feed/server-status";
import { Field } from "@/components/ui/forms/field";
import { useForm } from "@/components/ui/forms/use-form";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";
import type { ProviderState } from "@/core/shapes/operations";
import { plural } from "@/core/words/figures";
import { providerName } from "./provider-words";

interface SwitchDialogProps {
  provider: ProviderState;
  /** The providers that have a key. */
  others: ProviderState[];
  onClosed: () => void;
  onDone: (outcome: Outcome) => void;
}

/** Moves the tasks that are parked at a provider to another provider's model. */
export function SwitchDialog({ provider, others, onClosed, onDone }: SwitchDialogProps) {
  const { defaultModel } = useServerStatus();
  const usable = others.filter(({ name }) => name !== "runbook");
  const fits = usable.some(({ name }) => defaultModel.startsWith(`${name}/`));
  const [model, setModel] = useState(fits ? defaultModel : `${usable[0]?.name ?? "anthropic"}/`);
  const form = useForm();
  const { pending, run, rest } = form;
  const tasks = plural(provider.parked_tasks_total, "task");
  return (
    <Modal title={`Switch tasks that wait for ${providerName(provider.name)}?`} onClosed={onClosed}>
      {(dismiss) => (
        <form
          {...form.props}
          onSubmit={(event) => {
            event.preventDefault();
            if (pending) return;
            run(
              () => switchProvider(provider.name, model),
              (done) => {
                if (!done.ok) return;
                onDone(done);
                dismiss();
              },
            );
          }}
        >
          <p className="mt-2">
            {tasks} {provider.parked_tasks_total === 1 ? "continues" : "continue"} immediately, with the full
            conversation so far. Other tasks of the same trees keep their model.
          </p>
          <Field form={form} name="model" label="Model (provider/model)" className="mt-3">
            <input
              {...form.register("model")}
              type="text"
              value={model}
              spellCheck={false}
              onChange={(event) => setModel(event.target.value)}
            />
          </Field>
          <OutcomeLine outcome={rest?.ok === false ? rest : null} />
          <div className="flex flex-wrap items-center gap-2 mt-4 justify-end">
            <Button onClick={dismiss}>Cancel</Button>
            <Button type="submit" look="primary" aria-disabled={pending}>
              Switch {tasks}
            </Button>
          </div>
        </form>
      )}
    </Modal>
  );
}
