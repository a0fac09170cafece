"use client";

import { useId } from "react";
import type { ServerStatus } from "@/components/feed/wire";
import type { Choices } from "./composer";
import type { ComposerDraft } from "./draft";

interface ComposerFieldsProps {
  draft: ComposerDraft;
  change: (fields: Partial<ComposerDraft>) => void;
  choices: Choices;
  status: ServerStatus;
}

export function ComposerFields({ draft, change, choices, status }: ComposerFieldsProps) {
  const id = useId();
  const isRunbook = draft.how.startsWith("runbook:");
  const runbook = choices.runbooks.find((one) => `runbook:${one.name}` === draft.how);
  return (
    <>
      <div className="pairs">
        <label htmlFor={`${id}-how`}>Model</label>
        <select id={`${id}-how`} value={draft.how} onChange={(event) => change({ how: event.target.value })}>
          <optgroup label="Models">
            <option value="">{status.defaultModel}, default</option>
            {status.models
              .filter((model) => model.name !== status.defaultModel && model.name !== "runbook")
              .map((model) => (
                <option key={model.name} value={`model:${model.name}`} disabled={!model.available}>
                  {model.name}
                  {model.available ? "" : ", not connected"}
                </option>
              ))}
          </optgroup>
          <optgroup label="Runbooks, without a model">
            {choices.runbooks.map((one) => (
              <option key={one.name} value={`runbook:${one.name}`}>
                {one.name}
              </option>
            ))}
          </optgroup>
        </select>
        <label htmlFor={`${id}-agent`}>Agent</label>
        <select
          id={`${id}-agent`}
          value={isRunbook ? "" : draft.agent}
          disabled={isRunbook}
          onChange={(event) => change({ agent: event.target.value })}
        >
          <option value="">{isRunbook ? "worker" : "Chosen by agent_selector"}</option>
          {choices.agents
            .filter((agent) => agent !== "agent_selector")
            .map((agent) => (
              <option key={agent}>{agent}</option>
            ))}
        </select>
        <label htmlFor={`${id}-workspace`}>Workspace</label>
        <input
          id={`${id}-workspace`}
          type="text"
          value={draft.workspace}
          placeholder="A fresh folder"
          spellCheck={false}
          onChange={(event) => change({ workspace: event.target.value })}
        />
        <label htmlFor={`${id}-usd`}>Grant</label>
        <div className="three grid-cols-2!">
          <input
            id={`${id}-usd`}
            type="text"
            inputMode="decimal"
            aria-label="Money in dollars"
            placeholder="$"
            value={draft.usd}
            onChange={(event) => change({ usd: event.target.value })}
          />
          <input
            type="text"
            inputMode="numeric"
            aria-label="Tokens"
            placeholder="tokens"
            value={draft.tokens}
            onChange={(event) => change({ tokens: event.target.value })}
          />
        </div>
        <label htmlFor={`${id}-priority`}>Priority</label>
        <select
          id={`${id}-priority`}
          value={draft.priority}
          onChange={(event) => change({ priority: event.target.value })}
        >
          <option value="0">Normal</option>
          <option value="10">High</option>
          <option value="-10">Low, when slots are free</option>
        </select>
      </div>
      <p className="hint">{runbook?.description ?? "An empty grant means no cap."}</p>
    </>
  );
}
