"use client";

import { useId } from "react";
import { Hint } from "@/components/ui/hint";
import { useChoices } from "./use-choices";

export interface WorkerDraft {
  /** "" or the current agent's name means no change. */
  agent: string;
  model: string;
}

interface WorkerFieldsProps {
  now: { agent: string; model: string };
  draft: WorkerDraft;
  change: (fields: Partial<WorkerDraft>) => void;
}

/** Fields for the agent and the model. An untouched field changes nothing. */
export function WorkerFields({ now, draft, change }: WorkerFieldsProps) {
  const id = useId();
  const choices = useChoices();
  const names = choices?.agents.map((agent) => agent.name) ?? [];
  const agents = names.includes(now.agent) ? names : [now.agent, ...names];
  const about = choices?.agents.find((agent) => agent.name === draft.agent)?.description;
  const providers = choices?.providers ?? [];
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
      <label htmlFor={`${id}-model`}>Model</label>
      <div>
        <input
          id={`${id}-model`}
          type="text"
          value={draft.model}
          placeholder={now.model}
          spellCheck={false}
          aria-describedby={`${id}-models`}
          onChange={(event) => change({ model: event.target.value })}
        />
        <Hint id={`${id}-models`}>
          {providers.length > 0
            ? `Format: provider/model. Connected: ${providers.join(", ")}.`
            : choices
              ? "Format: provider/model. No provider is connected."
              : "Format: provider/model."}
        </Hint>
      </div>
    </>
  );
}

/** Returns the fields of the draft that differ from the current agent and model. */
export function workerChangeOf({ agent, model }: WorkerDraft, now: WorkerDraft): Partial<WorkerDraft> {
  return {
    ...(agent !== now.agent && { agent }),
    ...(model.trim() !== "" && model.trim() !== now.model && { model: model.trim() }),
  };
}
