"use client";

import { type FormEvent, useState } from "react";
import { operate } from "@/app/operate";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";

interface AddProjectProps {
  onClosed: () => void;
  onAdded: () => void;
}

/** Adds a repository. What its files say of its check is confirmed on its page. */
export function AddProject({ onClosed, onAdded }: AddProjectProps) {
  const [address, setAddress] = useState("");
  const [name, setName] = useState("");
  const form = useForm();

  function send(event: FormEvent, dismiss: () => void): void {
    event.preventDefault();
    if (form.pending) return;
    form.run(
      () => operate("addProject", { address, ...(name.trim() !== "" && { name: name.trim() }) }),
      (result) => {
        if (!result.ok) return;
        dismiss();
        onAdded();
      },
    );
  }
  return (
    <Modal title="Add a project" onClosed={onClosed}>
      {(dismiss) => (
        <form {...form.props} className="mt-3 grid gap-3" onSubmit={(event) => send(event, dismiss)}>
          <Field form={form} name="address" label="Folder or git address">
            <input
              {...form.register("address")}
              type="text"
              autoComplete="off"
              spellCheck={false}
              placeholder="/srv/shop or https://github.com/owner/shop"
              value={address}
              onChange={({ target }) => setAddress(target.value)}
            />
          </Field>
          <Field form={form} name="name" label="Name (default: the last part)">
            <input
              {...form.register("name")}
              type="text"
              autoComplete="off"
              spellCheck={false}
              value={name}
              onChange={({ target }) => setName(target.value)}
            />
          </Field>
          <Hint>Banyan reads its files to find how it is tested, and runs nothing. You confirm what it found.</Hint>
          <Refusal outcome={form.rest} />
          <FormActs close={dismiss} disabled={form.pending}>
            Add
          </FormActs>
        </form>
      )}
    </Modal>
  );
}
