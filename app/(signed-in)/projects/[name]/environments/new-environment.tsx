import { type FormEvent, useState } from "react";
import { operate } from "@/app/operate";
import { FormActs } from "@/components/ui/form-acts";
import { Field } from "@/components/ui/forms/field";
import { NumberField, typedNumber } from "@/components/ui/forms/number-field";
import { useForm } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { Modal } from "@/components/ui/modal";
import { Refusal } from "@/components/ui/outcome-line";
import { ENVIRONMENT_LIMITS } from "@/core/shapes/environments/environments";

const FIELDS = [
  { name: "name", label: "Name (default: preview)", hint: "trial", isCode: false },
  { name: "branch", label: "Branch (default: the project’s)", hint: undefined, isCode: false },
  { name: "command", label: "Command that starts it (default: the project’s)", hint: "npm run preview", isCode: true },
] as const;

interface NewEnvironmentProps {
  project: string;
  onClosed: () => void;
  onDone: (outcome: Outcome) => void;
}

/** Makes an environment, or shows the newest commit in the one of this name. */
export function NewEnvironment({ project, onClosed, onDone }: NewEnvironmentProps) {
  const [typed, setTyped] = useState({ name: "", branch: "", command: "" });
  const [variables, setVariables] = useState("");
  const [days, setDays] = useState("");
  const form = useForm();
  function send(event: FormEvent, dismiss: () => void): void {
    event.preventDefault();
    if (form.pending) return;
    const given = Object.fromEntries(Object.entries(typed).filter(([, value]) => value.trim() !== ""));
    const keep_days = typedNumber(days, null);
    // An environment that is there keeps what is left empty.
    const more = {
      ...(keep_days !== null && { keep_days }),
      ...(variables.trim() !== "" && { variables: variablesIn(variables) }),
    };
    form.run(
      () => operate("bringUpEnvironment", { id: project, ...given, ...more }),
      (outcome) => {
        if (!outcome.ok) return;
        dismiss();
        onDone(outcome);
      },
    );
  }
  return (
    <Modal title={`New environment of ${project}`} onClosed={onClosed}>
      {(dismiss) => (
        <form {...form.props} className="mt-3 grid gap-3" onSubmit={(event) => send(event, dismiss)}>
          {FIELDS.map(({ name, label, hint, isCode }) => (
            <Field key={name} form={form} name={name} label={label}>
              <input
                {...form.register(name)}
                type="text"
                className={isCode ? "font-mono" : ""}
                autoComplete="off"
                spellCheck={false}
                placeholder={hint}
                value={typed[name]}
                onChange={({ target }) => setTyped((now) => ({ ...now, [name]: target.value }))}
              />
            </Field>
          ))}
          <Field form={form} name="variables" label="Variables, one NAME=VALUE a line">
            <textarea
              {...form.register("variables")}
              className="font-mono"
              rows={2}
              autoComplete="off"
              spellCheck={false}
              value={variables}
              onChange={({ target }) => setVariables(target.value)}
            />
          </Field>
          <NumberField
            form={form}
            name="keep_days"
            label="Days without a visit until it ends (1 to 90)"
            value={days}
            set={setDays}
            placeholder={String(ENVIRONMENT_LIMITS.keepDays)}
          />
          {form.faultsBelow()}
          <Hint className="mt-0!">
            The newest commit runs in the sandbox, without a network. An environment of this name that is there already
            shows it then, and keeps its data and each setting that you leave empty.
          </Hint>
          <Refusal outcome={form.rest} />
          <FormActs close={dismiss} disabled={form.pending}>
            Bring up
          </FormActs>
        </form>
      )}
    </Modal>
  );
}

/** A line without = names a variable without a value, whose name the server then judges. */
function variablesIn(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return Object.fromEntries(
    lines.map((line): [string, string] => {
      const [name = "", ...value] = line.split("=");
      return [name.trim(), value.join("=")];
    }),
  );
}
