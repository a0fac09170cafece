"use client";

import { type FormEvent, useState } from "react";
import { changeRequirements } from "@/app/actions/service-making";
import { sendKept } from "@/components/away/kept-clicks";
import { useGo } from "@/components/going/use-go";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import { newKey } from "@/components/ui/hooks/use-once";
import { useOpened } from "@/components/ui/hooks/use-opened";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import { Button } from "@/components/ui/parts";

/** The button that opens the dialog for a change of the requirements. */
export function ChangeRequirement({ project }: { project: string }) {
  const { opened, open, close } = useOpened<"change">();
  return (
    <>
      <Button onClick={() => open("change")}>Change a requirement…</Button>
      {opened === "change" ? <ChangeDialog project={project} onClosed={close} /> : null}
    </>
  );
}

function ChangeDialog({ project, onClosed }: { project: string; onClosed: () => void }) {
  const [change, setChange] = useState("");
  const [isSupervised, setSupervised] = useState(false);
  // A changed text is another change, which needs a key of its own.
  const [once, setOnce] = useState(newKey);
  const form = useForm();
  const go = useGo();
  function send(event: FormEvent): void {
    event.preventDefault();
    if (form.pending) return;
    form.run(async () => {
      const input = { id: project, change, ...(isSupervised && { mode: "supervised" as const }) };
      const begun = await sendKept("Change a requirement", () => changeRequirements(input, once));
      if (!begun.ok) return begun;
      go.after.push(`/trees/${begun.treeId}`);
      return { ok: true, sentence: "" };
    });
  }
  return (
    <Modal title={`Change what ${project} has to do`} onClosed={onClosed}>
      {(dismiss) => (
        <form {...form.props} className="mt-3 grid gap-3" onSubmit={send}>
          <Field form={form} name="change" label="What should be different?">
            <textarea
              {...form.register("change")}
              rows={5}
              value={change}
              onChange={({ target }) => {
                setChange(target.value);
                setOnce(newKey());
              }}
            />
          </Field>
          <label className="flex min-h-6 items-center gap-2">
            <input type="checkbox" checked={isSupervised} onChange={({ target }) => setSupervised(target.checked)} />
            Ask me before each round
          </label>
          <Hint className="mt-0!">
            A tree changes the specification, asks what is open and before clients break, makes the service again with
            your changes in it, and finishes it on a branch of its own.
          </Hint>
          <Refusal outcome={form.rest} />
          <FormActs close={dismiss} disabled={form.pending}>
            Change
          </FormActs>
        </form>
      )}
    </Modal>
  );
}
