"use client";

import { useId, useState } from "react";
import { CheckedModelSays } from "@/components/pickers/checked-model";
import { ModelPicker, shortName } from "@/components/pickers/model-picker";
import { BESIDE } from "@/components/ui/facts";
import type { Form } from "@/components/ui/forms/use-form";
import { Hint } from "@/components/ui/hint";
import { useChoices } from "./use-choices";

interface Worker {
  agent: string;
  model: string;
}

interface WorkerDraft {
  /** Those of the task as it is now: somebody else may change them while the person chooses. */
  now: Worker;
  /** What is chosen, and else what is now. */
  draft: Worker;
  change: (fields: Partial<Worker>) => void;
  /** The fields of the draft that differ from the current agent and model. */
  changes: Partial<Worker>;
}

/**
 * The agent and the model that a person chooses for a task; "" and the present one choose nothing, so they follow what
 * somebody else changes meanwhile. `onChange` runs at each change.
 */
export function useWorkerDraft({ agent, model }: Worker, onChange?: () => void): WorkerDraft {
  const now = { agent, model };
  const [chosen, setChosen] = useState<Partial<Worker>>({});
  function change(fields: Partial<Worker>): void {
    setChosen((before) => changesOf({ ...before, ...fields }, now));
    onChange?.();
  }
  const changes = changesOf(chosen, now);
  return { now, draft: { ...now, ...changes }, change, changes };
}

interface WorkerFieldsProps {
  worker: WorkerDraft;
  /** Shows errors of these fields. */
  form?: Form;
}

/** Fields for the agent and the model. An untouched field changes nothing. */
export function WorkerFields({ worker: { now, draft, change }, form }: WorkerFieldsProps) {
  const id = useId();
  const choices = useChoices();
  const names = choices?.agents.map((agent) => agent.name) ?? [];
  const agents = names.includes(now.agent) ? names : [now.agent, ...names];
  const about = choices?.agents.find((agent) => agent.name === draft.agent)?.description;
  return (
    <>
      <label htmlFor={`${id}-agent`}>Agent</label>
      <div>
        <select
          {...form?.register("agent")}
          id={`${id}-agent`}
          value={draft.agent}
          onChange={(event) => change({ agent: event.target.value })}
        >
          {agents.map((name) => (
            <option key={name} value={name}>
              {name === now.agent ? `${name} (current)` : name}
            </option>
          ))}
        </select>
        {form?.fault("agent")}
        {about && draft.agent !== now.agent ? <Hint>{about}</Hint> : null}
      </div>
      <ModelField
        id={`${id}-model`}
        now={now.model}
        model={draft.model === now.model ? "" : draft.model}
        choose={(model) => change({ model })}
        connected={choices?.providers ?? []}
        form={form}
      />
    </>
  );
}

interface ModelFieldProps {
  id: string;
  now: string;
  /** "": no change. */
  model: string;
  choose: (model: string) => void;
  connected: readonly string[];
  form: Form | undefined;
}

function ModelField({ id, now, model, choose, connected, form }: ModelFieldProps) {
  const registered = form?.register("model");
  const isWrong = registered?.["aria-invalid"] ?? false;
  return (
    <>
      <ModelPicker
        id={id}
        label="Model"
        value={model}
        choose={choose}
        unset={`${shortName(now)}, current`}
        connected={connected}
        isWrong={isWrong}
        describedBy={isWrong ? registered?.["aria-describedby"] : `${id}-says`}
      />
      {isWrong ? (
        form?.fault("model", BESIDE)
      ) : (
        <CheckedModelSays id={`${id}-says`} className="col-start-2 -mt-1" model={model} choose={choose} />
      )}
    </>
  );
}

function changesOf({ agent = "", model = "" }: Partial<Worker>, now: Worker): Partial<Worker> {
  return {
    ...(agent !== "" && agent !== now.agent && { agent }),
    ...(model.trim() !== "" && model.trim() !== now.model && { model: model.trim() }),
  };
}
