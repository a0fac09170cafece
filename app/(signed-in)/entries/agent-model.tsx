"use client";

import { useId } from "react";
import type { AgentFields } from "@/agents/core/shapes-configuration";
import type { Choices } from "./choices";

interface AgentModelProps {
  model: string;
  change: (fields: Partial<AgentFields>) => void;
  choices: Choices;
}

/** The model of the tree, no language model at all, or one by its name. */
export function AgentModel({ model, change, choices }: AgentModelProps) {
  const id = useId();
  const isNamed = model !== "inherit" && model !== "runbook";
  const kind = isNamed ? "own" : model;
  const { providers, defaultModel } = choices;
  return (
    <div className="cols">
      <label className="f">
        <span>Model</span>
        <select
          value={kind}
          onChange={(event) => {
            const isOwn = event.target.value === "own";
            change({ model: isOwn ? (defaultModel.includes("/") ? defaultModel : "") : event.target.value });
          }}
        >
          <option value="inherit">The tree's model</option>
          <option value="own">Always the same model</option>
          <option value="runbook">None: it follows runbooks</option>
        </select>
      </label>
      {kind === "own" ? (
        <div>
          <label className="f">
            <span>Its name, as provider/model</span>
            <input
              type="text"
              value={model}
              spellCheck={false}
              autoCapitalize="none"
              aria-describedby={`${id}-hint`}
              onChange={(event) => change({ model: event.target.value.trim() })}
            />
          </label>
          <p className="hint" id={`${id}-hint`}>
            {providers.length > 0 ? `Connected: ${providers.join(", ")}.` : "No provider is connected."}
          </p>
        </div>
      ) : null}
    </div>
  );
}
