import type { FormEvent } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { useChanges } from "@/components/ui/forms/use-changes";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import type { ProjectRepository } from "@/core/shapes/projects";

const FIELDS = [
  { name: "check", label: "Check", isCode: true },
  { name: "setup", label: "Setup", isCode: true },
  { name: "branch", label: "Branch", isCode: false },
] as const;

interface ChangeRepositoryProps {
  project: string;
  repository: ProjectRepository;
  /** The folders of the project's other repositories. */
  others: readonly string[];
  onClosed: () => void;
}

/** Changes what a project says of one of its repositories. An empty field removes it. */
export function ChangeRepository({ project, repository, others, onClosed }: ChangeRepositoryProps) {
  const { folder, is_own, check, setup, branch } = repository;
  const { values, set, isChanged, changes } = useChanges(
    {
      check: check?.command ?? "",
      setup: setup ?? "",
      branch: branch ?? "",
      needs: [...repository.needs].sort(),
    },
    (typed) => ({
      check: typed.check.trim() || null,
      setup: typed.setup.trim() || null,
      branch: typed.branch.trim() || null,
      needs: typed.needs,
    }),
  );
  const { needs } = values;
  const form = useForm();

  function send(event: FormEvent, dismiss: () => void): void {
    event.preventDefault();
    if (form.pending) return;
    if (!isChanged) {
      dismiss();
      return;
    }
    form.run(
      () => operate("changeRepository", { id: project, folder, ...changes }),
      (result) => {
        if (!result.ok) return;
        dismiss();
        refreshPage();
      },
    );
  }
  function toggle(other: string, isOn: boolean): void {
    set({ needs: isOn ? [...needs, other].sort() : needs.filter((one) => one !== other) });
    form.clear("needs");
  }
  return (
    <Modal title={`Change ${folder}`} onClosed={onClosed}>
      {(dismiss) => (
        <form {...form.props} className="mt-3 grid gap-3" onSubmit={(event) => send(event, dismiss)}>
          {is_own ? (
            <Hint className="mt-0!">
              Its check, setup and branch are those of the project: change them under About.
            </Hint>
          ) : (
            FIELDS.map(({ name, label, isCode }) => (
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
            ))
          )}
          <fieldset>
            <legend className="mb-1 text-small font-medium text-ink-2">Merged after</legend>
            {others.map((other, at) => (
              <label key={other} className="flex min-h-6 items-center gap-2">
                <input
                  {...(at === 0 ? form.register("needs") : {})}
                  type="checkbox"
                  checked={needs.includes(other)}
                  onChange={({ target }) => toggle(other, target.checked)}
                />
                <span className="min-w-0 wrap-anywhere">{other}</span>
              </label>
            ))}
            {form.fault("needs")}
          </fieldset>
          <Refusal outcome={form.rest} />
          <FormActs close={dismiss} disabled={form.pending}>
            Save
          </FormActs>
        </form>
      )}
    </Modal>
  );
}
