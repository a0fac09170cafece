"use client";

import type { FormEvent } from "react";
import type { ActionResult } from "@/app/act";
import { operate } from "@/app/operate";
import { FormActs } from "@/components/ui/form-acts";
import { ChoiceField } from "@/components/ui/forms/choice-field";
import { Field } from "@/components/ui/forms/field";
import { useChanges } from "@/components/ui/forms/use-changes";
import { type Form, useForm } from "@/components/ui/forms/use-form";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import type { LessonScope } from "@/core/lessons/lesson";
import { LESSON_KINDS, LESSON_SCOPES, type Lesson, MOST_ADVICE } from "@/core/shapes/memory";
import { KIND_WORDS } from "@/core/words/lessons";

const KINDS = LESSON_KINDS.map((kind) => [kind, KIND_WORDS[kind]] as const);
const SCOPE_WORDS: Record<LessonScope, string> = {
  everywhere: "Everywhere",
  repository: "In a repository",
  agent: "To an agent",
};
const SCOPES = LESSON_SCOPES.map((scope) => [scope, SCOPE_WORDS[scope]] as const);

interface EditDialogProps {
  lesson: Lesson;
  /** Saving also approves the candidate. */
  approves?: boolean;
  onClosed: () => void;
  onDone: (outcome: Outcome) => void;
}

type Fields = Pick<Lesson, "kind" | "advice" | "trigger" | "scope"> & { place: string };

/** Changes what a lesson says and where it applies. Its counts stay. */
export function EditDialog({ lesson, approves = false, onClosed, onDone }: EditDialogProps) {
  const { id, kind, advice, trigger } = lesson;
  const saved: Fields = { kind, advice, trigger, scope: lesson.scope, place: lesson.place ?? "" };
  const { values: fields, set, isChanged, changes } = useChanges(saved, inputOf);
  const form = useForm();
  async function save(): Promise<ActionResult> {
    const { scope, place } = inputOf(fields);
    // A place is of its scope, so both go together.
    const where = (changes.scope !== undefined || changes.place !== undefined) && { scope, place };
    if (isChanged) {
      const changed = await operate("changeLesson", { id, ...changes, ...where });
      if (!approves || !changed.ok) return changed;
    }
    return operate("approveLesson", { id });
  }
  function send(event: FormEvent, dismiss: () => void): void {
    event.preventDefault();
    if (form.pending) return;
    if (!approves && !isChanged) {
      dismiss();
      return;
    }
    form.run(save, (outcome) => {
      if (!outcome.ok) return;
      dismiss();
      onDone(outcome);
    });
  }
  return (
    <Modal title={approves ? "Edit and approve" : "Edit lesson"} onClosed={onClosed} wide>
      {(dismiss) => (
        <form {...form.props} className="mt-3 grid gap-3" onSubmit={(event) => send(event, dismiss)}>
          <LessonFields form={form} fields={fields} set={set} hasSignature={lesson.signature !== null} />
          <Refusal outcome={form.rest} />
          <FormActs close={dismiss} disabled={form.pending}>
            {approves ? "Save and approve" : "Save"}
          </FormActs>
        </form>
      )}
    </Modal>
  );
}

function inputOf(fields: Fields) {
  return { ...fields, place: fields.scope === "everywhere" ? null : fields.place.trim() || null };
}

interface LessonFieldsProps {
  form: Form;
  fields: Fields;
  set: (change: Partial<Fields>) => void;
  hasSignature: boolean;
}

function LessonFields({ form, fields, set, hasSignature }: LessonFieldsProps) {
  const { kind, advice, trigger, scope, place } = fields;
  return (
    <>
      <Field form={form} name="advice" label={`Advice (at most ${MOST_ADVICE} characters)`}>
        <textarea
          {...form.register("advice")}
          rows={5}
          value={advice}
          onChange={({ target }) => set({ advice: target.value })}
        />
      </Field>
      <Field
        form={form}
        name="trigger"
        label={hasSignature ? "The error in words" : "Words of the tasks that it is for"}
      >
        <input
          {...form.register("trigger")}
          type="text"
          value={trigger}
          onChange={({ target }) => set({ trigger: target.value })}
        />
      </Field>
      <div className="flex flex-wrap gap-3 *:min-w-32 *:flex-1">
        <ChoiceField
          form={form}
          name="kind"
          label="Kind"
          value={kind}
          set={(next) => set({ kind: next })}
          choices={KINDS}
        />
        <ChoiceField
          form={form}
          name="scope"
          label="Applies"
          value={scope}
          set={(next) => set({ scope: next })}
          choices={SCOPES}
        />
      </div>
      {scope === "everywhere" ? null : (
        <Field
          form={form}
          name="place"
          label={scope === "agent" ? "Name of the agent" : "Address or folder of the repository"}
        >
          <input
            {...form.register("place")}
            type="text"
            value={place}
            spellCheck={false}
            onChange={({ target }) => set({ place: target.value })}
          />
        </Field>
      )}
    </>
  );
}
