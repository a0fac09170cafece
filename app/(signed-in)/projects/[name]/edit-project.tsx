"use client";

import type { FormEvent } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { typedNumber } from "@/components/ui/forms/number-field";
import { useChanges } from "@/components/ui/forms/use-changes";
import { useForm } from "@/components/ui/forms/use-form";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import type { Project } from "@/core/shapes/projects";

const FIELDS = [
  { name: "check", label: "Check", isCode: true },
  { name: "setup", label: "Setup", isCode: true },
  { name: "branch", label: "Branch", isCode: false },
  { name: "agent", label: "Agent", isCode: false },
  { name: "model", label: "Model", isCode: false },
  { name: "cost_usd", label: "Cap, in dollars", isCode: false },
] as const;

/** Changes what a project says. An empty field removes it. */
export function EditProject({ project, onClosed }: { project: Project; onClosed: () => void }) {
  const { check, setup, branch, defaults } = project;
  const { values, set, isChanged, changes } = useChanges(
    {
      check: check?.command ?? "",
      setup: setup ?? "",
      branch: branch ?? "",
      agent: defaults.agent ?? "",
      model: defaults.model ?? "",
      cost_usd: String(defaults.cost_usd ?? ""),
    },
    (typed) => ({
      check: typed.check.trim() || null,
      setup: typed.setup.trim() || null,
      branch: typed.branch.trim() || null,
      agent: typed.agent.trim() || null,
      model: typed.model.trim() || null,
      cost_usd: typedNumber(typed.cost_usd, null),
    }),
  );
  const form = useForm();

  function send(event: FormEvent, dismiss: () => void): void {
    event.preventDefault();
    if (form.pending) return;
    if (!isChanged) {
      dismiss();
      return;
    }
    form.run(
      () => operate("changeProject", { id: project.name, ...changes }),
      (result) => {
        if (!result.ok) return;
        dismiss();
        refreshPage();
      },
    );
  }
  return (
    <Modal title={`Change ${project.name}`} onClosed={onClosed}>
      {(dismiss) => (
        <form {...form.props} className="mt-3 grid gap-3" onSubmit={(event) => send(event, dismiss)}>
          {FIELDS.map(({ name, label, isCode }) => (
            <Field key={name} form={form} name={name} label={label}>
              <input
                {...form.register(name)}
                type="text"
                className={isCode ? "font-mono" : ""}
                autoComplete="off"
                spellCheck={false}
                value={values[name]}
                onChange={({ target }) => set({ [name]: target.value })}
              />
            </Field>
          ))}
          <Refusal outcome={form.rest} />
          <FormActs close={dismiss} disabled={form.pending}>
            Save
          </FormActs>
        </form>
      )}
    </Modal>
  );
}
