"use client";

import { useId } from "react";
import { TwoColumns } from "@/components/layout/columns";
import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";
import type { AgentFields } from "@/core/shapes/configuration";
import type { Choices } from "../kinds/choices";

interface AgentModelProps {
  model: string;
  change: (fields: Partial<AgentFields>) => void;
  choices: Choices;
}

/** The model of an agent: that of the tree, a fixed model, or none. */
export function AgentModel({ model, change, choices }: AgentModelProps) {
  const id = useId();
  const isNamed = model !== "inherit" && model !== "runbook";
  const kind = isNamed ? "own" : model;
  const { providers, models, defaultModel } = choices;
  const warning = models.find((one) => one.name === model)?.sentence;
  return (
    <TwoColumns isFull>
      <label className={FIELD}>
        <span>Model</span>
        <select
          value={kind}
          onChange={(event) => {
            const isOwn = event.target.value === "own";
            change({ model: isOwn ? (defaultModel.includes("/") ? defaultModel : "") : event.target.value });
          }}
        >
          <option value="inherit">Model of the tree</option>
          <option value="own">Fixed model</option>
          <option value="runbook">None (runbooks only)</option>
        </select>
      </label>
      {kind === "own" ? (
        <div>
          <label className={FIELD}>
            <span>Model name (provider/model)</span>
            <input
              type="text"
              value={model}
              list={`${id}-models`}
              spellCheck={false}
              autoCapitalize="none"
              aria-describedby={`${id}-hint`}
              onChange={(event) => change({ model: event.target.value.trim() })}
            />
          </label>
          <datalist id={`${id}-models`}>
            {models.flatMap(({ name, sentence }) => (sentence === null ? [<option key={name} value={name} />] : []))}
          </datalist>
          <Hint id={`${id}-hint`} isBad={Boolean(warning)}>
            {warning ?? (providers.length > 0 ? `Connected: ${providers.join(", ")}.` : "No provider is connected.")}
          </Hint>
        </div>
      ) : null}
    </TwoColumns>
  );
}
