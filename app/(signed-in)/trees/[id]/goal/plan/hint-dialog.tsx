"use client";

import { type FormEvent, useState } from "react";
import { operate } from "@/app/operate";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import { Modal } from "@/components/ui/modal";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { answerWithHint } from "@/core/plans/hint";
import type { OpenPlan } from "@/core/shapes/plans";

interface HintDialogProps {
  plan: Pick<OpenPlan, "hints" | "hints_max">;
  reviewId: string;
  onClosed: () => void;
}

/** Has the planner make another plan of a round that waits. */
export function HintDialog({ onClosed, ...rest }: HintDialogProps) {
  return (
    <Modal title="Plan again with a hint" onClosed={onClosed}>
      {(dismiss) => <HintForm {...rest} dismiss={dismiss} />}
    </Modal>
  );
}

function HintForm({ plan, reviewId, dismiss }: Omit<HintDialogProps, "onClosed"> & { dismiss: () => void }) {
  const form = useForm();
  const { pending, rest, run } = form;
  const [hint, setHint] = useState("");
  const left = plan.hints_max - plan.hints.length;
  function send(event: FormEvent): void {
    event.preventDefault();
    if (hint.trim() === "") {
      form.refuse("hint", "Say what the next plan should do differently.");
      return;
    }
    run(
      () => operate("answer", { id: reviewId, text: answerWithHint(hint) }),
      (result) => {
        if (result.ok) dismiss();
      },
    );
  }
  return (
    <form {...form.props} aria-label="Plan again with a hint" onSubmit={send}>
      <Field form={form} name="hint" label="What the next plan should do differently" className="mt-2">
        <textarea
          {...form.register("hint")}
          rows={3}
          className="field-sizing-content max-h-60 w-full"
          placeholder="Such as: one unit for each route, and no new package"
          value={hint}
          onChange={(event) => setHint(event.target.value)}
        />
      </Field>
      <Hint>
        The planner reads the plan as it is now, and your hint. Nothing starts, and the former plan stays in the log.
        You can do this {left === 1 ? "once more" : `${left} more times`} in this round.
      </Hint>
      <FormActs isApart close={dismiss} disabled={pending}>
        Plan again
      </FormActs>
      <OutcomeLine outcome={rest?.ok === false ? rest : null} />
    </form>
  );
}
