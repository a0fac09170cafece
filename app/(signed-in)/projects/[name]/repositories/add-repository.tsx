import { type FormEvent, useState } from "react";
import { operate } from "@/app/operate";
import { refreshPage } from "@/components/refresh/refresh-page";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import type { Project } from "@/core/shapes/projects";

const FIELDS = [
  { name: "address", label: "Folder or git address", hint: "/srv/lib or https://github.com/owner/lib" },
  { name: "folder", label: "Folder in the trees (default: the last part)", hint: undefined },
  { name: "branch", label: "Branch (default: its default branch)", hint: undefined },
] as const;

/** When a change of it is merged: before or after that of another repository. */
type Order = "before" | "after" | "any";

/** Adds a repository beside those of a project. What its files say of its check is confirmed on the page. */
export function AddRepository({ project, onClosed }: { project: Project; onClosed: () => void }) {
  const { name: id, repositories } = project;
  const [typed, setTyped] = useState({ address: "", folder: "", branch: "" });
  // A library beside its application is the usual case.
  const [orders, setOrders] = useState<Record<string, Order>>(
    Object.fromEntries(repositories.map(({ folder, is_own }) => [folder, is_own ? "before" : "any"])),
  );
  const form = useForm();

  function send(event: FormEvent, dismiss: () => void): void {
    event.preventDefault();
    if (form.pending) return;
    const { address, ...more } = typed;
    const given = Object.fromEntries(Object.entries(more).filter(([, value]) => value.trim() !== ""));
    const those = (order: Order) => Object.keys(orders).filter((folder) => orders[folder] === order);
    form.run(
      () => operate("addRepository", { id, address, ...given, needs: those("after"), needed_by: those("before") }),
      (result) => {
        if (!result.ok) return;
        dismiss();
        refreshPage();
      },
    );
  }
  return (
    <Modal title={`Add a repository to ${id}`} onClosed={onClosed}>
      {(dismiss) => (
        <form {...form.props} className="mt-3 grid gap-3" onSubmit={(event) => send(event, dismiss)}>
          {FIELDS.map(({ name, label, hint }) => (
            <Field key={name} form={form} name={name} label={label}>
              <input
                {...form.register(name)}
                type="text"
                autoComplete="off"
                spellCheck={false}
                placeholder={hint}
                value={typed[name]}
                onChange={({ target }) => setTyped((now) => ({ ...now, [name]: target.value }))}
              />
            </Field>
          ))}
          <fieldset className="grid gap-2">
            <legend className="mb-1 text-small font-medium text-ink-2">In a change of several, it is merged</legend>
            {repositories.map(({ folder }, at) => (
              <select
                {...(at === 0 ? form.register("needs") : {})}
                key={folder}
                aria-label={`Before or after ${folder}`}
                value={orders[folder]}
                onChange={({ target }) => {
                  setOrders((now) => ({ ...now, [folder]: target.value as Order }));
                  form.clear("needs");
                }}
              >
                <option value="before">before {folder}</option>
                <option value="after">after {folder}</option>
                <option value="any">in any order with {folder}</option>
              </select>
            ))}
            {form.fault("needs")}
          </fieldset>
          <Hint className="mt-0!">
            Trees of {id} then work in copies of all its repositories, side by side. Banyan reads the files of this one
            to find how it is tested, and runs nothing. You confirm what it found.
          </Hint>
          <Refusal outcome={form.rest} />
          <FormActs close={dismiss} disabled={form.pending}>
            Add
          </FormActs>
        </form>
      )}
    </Modal>
  );
}
