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
import type { Environment } from "@/core/shapes/environments/environments";

interface CheckDialogProps {
  environment: Environment;
  onClosed: () => void;
  onDone: (outcome: Outcome) => void;
}

/** Asks what of a commit is checked. */
export function CheckDialog({ environment: { id, name }, onClosed, onDone }: CheckDialogProps) {
  const [requests, setRequests] = useState("500");
  const [path, setPath] = useState("");
  const [p95, setP95] = useState("");
  const form = useForm();
  function send(event: FormEvent, dismiss: () => void): void {
    event.preventDefault();
    if (form.pending) return;
    const limit = p95.trim() === "" ? {} : { p95_ms: typedNumber(p95, Number.NaN) };
    const load = path.trim() === "" ? {} : { load: { path: path.trim(), ...limit } };
    form.run(
      () => operate("checkEnvironment", { id, requests: typedNumber(requests, Number.NaN), ...load }),
      (outcome) => {
        if (!outcome.ok) return;
        dismiss();
        onDone(outcome);
      },
    );
  }
  return (
    <Modal title={`Check ${name}`} onClosed={onClosed}>
      {(dismiss) => (
        <form {...form.props} className="mt-3 grid gap-3" onSubmit={(event) => send(event, dismiss)}>
          <NumberField
            form={form}
            name="requests"
            label="Generated requests (1 to 5,000)"
            value={requests}
            set={setRequests}
          />
          {form.faultsBelow()}
          <Field form={form} name="load.path" label="Path for a load of 10 seconds (default: none)">
            <input
              {...form.register("load.path")}
              type="text"
              className="font-mono"
              autoComplete="off"
              spellCheck={false}
              placeholder="/reports?limit=10"
              value={path}
              onChange={({ target }) => setPath(target.value)}
            />
          </Field>
          <NumberField
            form={form}
            name="load.p95_ms"
            label="95 % of its answers within, in milliseconds (default: only measured)"
            value={p95}
            set={setP95}
          />
          <Hint className="mt-0!">
            The commit runs a second time in a sandbox of its own, with empty data: what you keep in {name} stays as it
            is. Generated requests come from its openapi.yaml.
          </Hint>
          <Refusal outcome={form.rest} />
          <FormActs close={dismiss} disabled={form.pending}>
            Check
          </FormActs>
        </form>
      )}
    </Modal>
  );
}
