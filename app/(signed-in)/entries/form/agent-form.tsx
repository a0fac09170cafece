"use client";

import { useId } from "react";
import { MarkdownField } from "@/components/text/markdown-field";
import { FIELD } from "@/components/ui/field-look";
import { Hint } from "@/components/ui/hint";
import type { AgentFields } from "@/core/shapes/configuration";
import { exactCount } from "@/core/words/figures";
import type { Choices } from "../kinds/choices";
import { AgentAnswer } from "./agent-answer";
import { AgentDocuments } from "./agent-documents";
import { AgentLimits } from "./agent-limits";
import { AgentModel } from "./agent-model";
import { AgentTools } from "./agent-tools";
import type { FormProps } from "./form-props";

const CHARACTERS_PER_TOKEN = 4;

/** The form of an agent. */
export function AgentForm({ fields, change, readOnly, choices, form }: FormProps<AgentFields> & { choices: Choices }) {
  const id = useId();
  const tokens = Math.ceil(fields.instruction.length / CHARACTERS_PER_TOKEN);
  return (
    <fieldset className="stack [&:disabled_:is(input,select,textarea)]:text-ink-2" disabled={readOnly}>
      <div>
        <label className={FIELD}>
          <span>Description (other agents choose it by this)</span>
          <textarea
            {...form?.register("description")}
            rows={2}
            className="field-sizing-content"
            value={fields.description}
            onChange={(event) => change({ description: event.target.value })}
          />
        </label>
        {form?.fault("description")}
      </div>
      <AgentModel model={fields.model} change={change} choices={choices} form={form} />
      <div>
        <span className="mb-1 block text-small font-medium text-ink-2">Instruction</span>
        <MarkdownField
          label="Instruction"
          describedBy={`${id}-tokens`}
          value={fields.instruction}
          readOnly={readOnly}
          fault={form?.textFault("instruction") ?? null}
          onChange={(instruction) => {
            change({ instruction });
            form?.clear("instruction");
          }}
        />
        <Hint id={`${id}-tokens`}>
          About {exactCount(tokens)} tokens. Every agent also gets the core instruction of Banyan.
        </Hint>
      </div>
      <AgentDocuments documents={fields.documents} change={change} known={choices.documents} readOnly={readOnly} />
      <AgentTools fields={fields} change={change} readOnly={readOnly} choices={choices} />
      <AgentLimits fields={fields} change={change} readOnly={readOnly} />
      <AgentAnswer answer={fields.a2a_answer} change={change} />
    </fieldset>
  );
}
