"use client";

import { type FormEvent, useState } from "react";
import { operate } from "@/app/operate";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { useForm } from "@/components/ui/forms/use-form";
import { Modal } from "@/components/ui/modal";
import { OutcomeLine } from "@/components/ui/outcome-line";
import { Button, Say } from "@/components/ui/parts";
import type { OpenPlan } from "@/core/shapes/plans";
import { plural } from "@/core/words/figures";
import { answerOf, type DraftUnit, draftOf, newUnit, problemsOf } from "./plan-draft";
import { UnitFields } from "./unit-fields";

interface PlanEditorProps {
  plan: OpenPlan;
  reviewId: string;
  onClosed: () => void;
}

/** Edits the units of a plan that waits, one unit at a time, and begins it. */
export function PlanEditor({ plan, reviewId, onClosed }: PlanEditorProps) {
  return (
    <Modal title="Edit the plan" onClosed={onClosed} wide>
      {(dismiss) => <EditorForm plan={plan} reviewId={reviewId} dismiss={dismiss} />}
    </Modal>
  );
}

function EditorForm({ plan, reviewId, dismiss }: Omit<PlanEditorProps, "onClosed"> & { dismiss: () => void }) {
  const form = useForm();
  const { pending, rest, run } = form;
  const [units, setUnits] = useState(() => draftOf(plan));
  const [chosen, setChosen] = useState(units[0]?.key ?? 0);
  const unit = units.find(({ key }) => key === chosen);
  const problems = problemsOf(units, plan);

  function change(more: Partial<DraftUnit>): void {
    setUnits(units.map((one) => (one.key === chosen ? { ...one, ...more } : one)));
  }
  function add(): void {
    const added = newUnit(units, unit?.executor ?? plan.units[0]?.agent ?? plan.agents[0] ?? "");
    setUnits([...units, added]);
    setChosen(added.key);
  }
  function remove(): void {
    const left = units.filter(({ key }) => key !== chosen);
    setUnits(left.map((one) => ({ ...one, after: one.after.filter((key) => key !== chosen) })));
    setChosen(left[0]?.key ?? 0);
  }
  function send(event: FormEvent): void {
    event.preventDefault();
    const [first] = problems;
    if (!first) {
      run(
        () => operate("answer", { id: reviewId, text: answerOf(units) }),
        (result) => {
          if (result.ok) dismiss();
        },
      );
      return;
    }
    if (first.key !== null) setChosen(first.key);
    form.refuse(first.field, first.sentence);
  }
  return (
    <form {...form.props} aria-label="Edit the plan" onSubmit={send}>
      <div className="mt-2 flex flex-wrap items-end gap-2">
        <Field form={form} name="unit" label="Unit" className="min-w-0 flex-auto">
          <select
            {...form.register("unit")}
            className="w-full"
            value={chosen}
            onChange={(event) => setChosen(Number(event.target.value))}
          >
            {units.map(({ key, title }, at) => (
              <option key={key} value={key}>
                {at + 1}. {title || "New unit"}
                {problems.some((problem) => problem.key === key) ? " (to correct)" : ""}
              </option>
            ))}
          </select>
        </Field>
        <Button icon="plus" onClick={add}>
          Add a unit
        </Button>
        <Button disabled={units.length < 2} onClick={remove}>
          Remove this unit
        </Button>
      </div>
      {unit ? (
        <UnitFields key={unit.key} form={form} unit={unit} units={units} agents={plan.agents} change={change} />
      ) : null}
      {problems.length > 0 ? (
        <Say look="bad" className="mt-3">
          <p className="font-medium">The plan cannot start:</p>
          <ul className="list-disc pl-4">
            {problems.map(({ key, sentence }) => (
              <li key={`${key} ${sentence}`}>{sentence}</li>
            ))}
          </ul>
        </Say>
      ) : null}
      <FormActs isApart close={dismiss} disabled={pending}>
        Start {plural(units.length, "unit")}
      </FormActs>
      <OutcomeLine outcome={rest?.ok === false ? rest : null} />
    </form>
  );
}
