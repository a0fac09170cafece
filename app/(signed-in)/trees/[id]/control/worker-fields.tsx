"use client";

import { useEffect, useId, useState } from "react";
import { CheckedModelSays } from "@/components/pickers/checked-model";
import { ModelPicker, shortName } from "@/components/pickers/model-picker";
import { Hint } from "@/components/ui/hint";
import type { Outcome } from "@/components/ui/hooks/use-action";
import { Refusal } from "@/components/ui/outcome-line";
import { useChoices } from "./use-choices";

interface Worker {
  agent: string;
  /** "" means no change in a draft. */
  model: string;
}

interface WorkerDraft {
  now: Worker;
  draft: Worker;
  change: (fields: Partial<Worker>) => void;
  /** The fields of the draft that differ from the current agent and model. */
  changes: Partial<Worker>;
}

/** The agent and the model that a person chooses for a task. `onChange` runs at each change. */
export function useWorkerDraft({ agent, model }: Worker, onChange?: () => void): WorkerDraft {
  const now = { agent, model };
  const [draft, setDraft] = useState(now);
  function change(fields: Partial<Worker>): void {
    setDraft((before) => ({ ...before, ...fields }));
    onChange?.();
  }
  return { now, draft, change, changes: changesOf(draft, now) };
}

interface WorkerFieldsProps {
  worker: WorkerDraft;
  /** The last answer of the server. When it refuses the model, the field says so. */
  outcome?: Outcome | null;
}

/** Fields for the agent and the model. An untouched field changes nothing. */
export function WorkerFields({ worker: { now, draft, change }, outcome = null }: WorkerFieldsProps) {
  const id = useId();
  const choices = useChoices();
  const names = choices?.agents.map((agent) => agent.name) ?? [];
  const agents = names.includes(now.agent) ? names : [now.agent, ...names];
  const about = choices?.agents.find((agent) => agent.name === draft.agent)?.description;
  return (
    <>
      <label htmlFor={`${id}-agent`}>Agent</label>
      <div>
        <select id={`${id}-agent`} value={draft.agent} onChange={(event) => change({ agent: event.target.value })}>
          {agents.map((name) => (
            <option key={name} value={name}>
              {name === now.agent ? `${name} (current)` : name}
            </option>
          ))}
        </select>
        {about && draft.agent !== now.agent ? <Hint>{about}</Hint> : null}
      </div>
      <ModelField
        id={`${id}-model`}
        now={now.model}
        model={draft.model === now.model ? "" : draft.model}
        choose={(model) => change({ model })}
        connected={choices?.providers ?? []}
        refusal={refusesModel(outcome) ? outcome : null}
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
  refusal: Outcome | null;
}

function ModelField({ id, now, model, choose, connected, refusal }: ModelFieldProps) {
  useEffect(() => {
    if (refusal) document.getElementById(id)?.focus();
  }, [refusal, id]);
  return (
    <>
      <ModelPicker
        id={id}
        label="Model"
        value={model}
        choose={choose}
        unset={`${shortName(now)}, current`}
        connected={connected}
        isWrong={refusal !== null}
        describedBy={`${id}-${refusal ? "wrong" : "says"}`}
      />
      {refusal ? (
        <p className="col-start-2 -mt-1 text-small leading-4.5 text-fail" id={`${id}-wrong`} role="alert">
          {refusal.sentence}
        </p>
      ) : (
        <CheckedModelSays id={`${id}-says`} className="col-start-2 -mt-1" model={model} choose={choose} />
      )}
    </>
  );
}

/** The reason of a refusal, unless it concerns the model: then its field says it. */
export function OtherRefusal({ outcome }: { outcome: Outcome | null }) {
  return <Refusal outcome={refusesModel(outcome) ? null : outcome} />;
}

function refusesModel(outcome: Outcome | null): boolean {
  const refusal = outcome?.refusal;
  return refusal?.code === "model_missing" || (refusal?.code === "wrong_field" && refusal.field === "model");
}

function changesOf({ agent, model }: Worker, now: Worker): Partial<Worker> {
  return {
    ...(agent !== now.agent && { agent }),
    ...(model.trim() !== "" && model.trim() !== now.model && { model: model.trim() }),
  };
}
