"use client";

import { useId } from "react";
import type { ServerStatus } from "@/agents/core/shapes";
import type { Choices } from "./composer";
import type { ComposerDraft } from "./draft";
import { hasModel } from "./first-run";

interface DoneByProps {
  draft: ComposerDraft;
  change: (fields: Partial<ComposerDraft>) => void;
  choices: Choices;
  status: ServerStatus;
}

/** Who does the task: an agent, which needs a model, or a runbook, which needs none. */
export function DoneBy({ draft, change, choices, status }: DoneByProps) {
  const id = useId();
  const isRunbook = draft.by === "runbook";
  const runbook = choices.runbooks.find((one) => one.name === draft.runbook);
  const hint = isRunbook ? runbook?.description : agentHint(status);
  return (
    <>
      <fieldset className="seg wide">
        <legend className="sr">Done by</legend>
        <button type="button" aria-pressed={!isRunbook} onClick={() => change({ by: "agent" })}>
          Agent
        </button>
        <button type="button" aria-pressed={isRunbook} onClick={() => change({ by: "runbook" })}>
          Runbook
        </button>
      </fieldset>
      <div className="pairs">
        {isRunbook ? (
          <>
            <label htmlFor={`${id}-runbook`}>Runbook</label>
            <select
              id={`${id}-runbook`}
              value={draft.runbook}
              onChange={(event) => change({ runbook: event.target.value })}
            >
              {choices.runbooks.map((one) => (
                <option key={one.name}>{one.name}</option>
              ))}
            </select>
          </>
        ) : (
          <AgentFields id={id} draft={draft} change={change} choices={choices} status={status} />
        )}
      </div>
      {hint ? <p className="hint">{hint}</p> : null}
    </>
  );
}

function AgentFields({ id, draft, change, choices, status }: DoneByProps & { id: string }) {
  const usable = status.models.filter((model) => model.available && model.name !== "runbook");
  return (
    <>
      <label htmlFor={`${id}-agent`}>Agent</label>
      <select id={`${id}-agent`} value={draft.agent} onChange={(event) => change({ agent: event.target.value })}>
        <option value="">Chosen by agent_selector</option>
        {choices.agents
          .filter((agent) => agent !== "agent_selector")
          .map((agent) => (
            <option key={agent}>{agent}</option>
          ))}
      </select>
      <label htmlFor={`${id}-model`}>Model</label>
      <input
        id={`${id}-model`}
        type="text"
        value={draft.model}
        placeholder={status.defaultModel === "runbook" ? `${usable[0]?.name ?? "provider"}/…` : status.defaultModel}
        title="As provider/model; empty means the default"
        spellCheck={false}
        onChange={(event) => change({ model: event.target.value })}
      />
    </>
  );
}

function agentHint(status: ServerStatus): string | null {
  if (!hasModel(status)) return "Agents need a model, and none is connected yet. A runbook works without one.";
  if (status.defaultModel === "runbook")
    return "No default model is set: name one as provider/model, or set BANYAN_MODEL.";
  return null;
}
