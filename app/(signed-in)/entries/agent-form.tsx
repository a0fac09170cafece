"use client";

import { useId } from "react";
import type { AgentFields } from "@/agents/core/shapes-configuration";
import { MarkdownField } from "@/components/text/markdown-field";
import { exactCount } from "@/components/ui/format";
import { AgentDocuments } from "./agent-documents";
import { AgentLimits } from "./agent-limits";
import { AgentModel } from "./agent-model";
import { AgentTools } from "./agent-tools";
import type { Choices } from "./choices";

export interface FormProps<Fields> {
  fields: Fields;
  change: (fields: Partial<Fields>) => void;
  readOnly: boolean;
}

const CHARACTERS_PER_TOKEN = 4;

/** Everything that an agent is, in the order in which it matters. */
export function AgentForm({ fields, change, readOnly, choices }: FormProps<AgentFields> & { choices: Choices }) {
  const id = useId();
  const tokens = Math.ceil(fields.instruction.length / CHARACTERS_PER_TOKEN);
  return (
    <fieldset className="stack" disabled={readOnly}>
      <label className="f">
        <span>When to use it: others choose it by this</span>
        <textarea
          rows={2}
          className="field-sizing-content"
          value={fields.description}
          onChange={(event) => change({ description: event.target.value })}
        />
      </label>
      <AgentModel model={fields.model} change={change} choices={choices} />
      <div>
        <span className="lab">Instruction</span>
        <MarkdownField
          label="Instruction"
          describedBy={`${id}-tokens`}
          value={fields.instruction}
          readOnly={readOnly}
          onChange={(instruction) => change({ instruction })}
        />
        <p className="hint" id={`${id}-tokens`}>
          Every agent also gets the core instruction, which is part of the system. About {exactCount(tokens)} tokens.
        </p>
      </div>
      <AgentDocuments documents={fields.documents} change={change} known={choices.documents} readOnly={readOnly} />
      <AgentTools fields={fields} change={change} readOnly={readOnly} choices={choices} />
      <AgentLimits fields={fields} change={change} readOnly={readOnly} />
    </fieldset>
  );
}
