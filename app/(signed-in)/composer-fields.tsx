"use client";

import { useId } from "react";
import type { ServerStatus } from "@/agents/core/shapes";
import type { Choices } from "./composer";
import { DoneBy } from "./done-by";
import type { ComposerDraft } from "./draft";

interface ComposerFieldsProps {
  draft: ComposerDraft;
  change: (fields: Partial<ComposerDraft>) => void;
  choices: Choices;
  status: ServerStatus;
}

export function ComposerFields({ draft, change, choices, status }: ComposerFieldsProps) {
  const id = useId();
  return (
    <>
      <DoneBy draft={draft} change={change} choices={choices} status={status} />
      <div className="pairs">
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
      <p className="hint">An empty grant means no cap.</p>
    </>
  );
}
