"use client";

import { TwoColumns } from "@/components/layout/columns";
import { CheckedModelSays } from "@/components/pickers/checked-model";
import { ModelPicker } from "@/components/pickers/model-picker";
import { FIELD } from "@/components/ui/field-look";
import type { Form } from "@/components/ui/forms/use-form";
import type { AgentFields } from "@/core/shapes/configuration";
import type { Choices } from "../kinds/choices";

interface AgentModelProps {
  model: string;
  change: (fields: Partial<AgentFields>) => void;
  choices: Choices;
  form: Form | undefined;
}

/** The model of an agent: that of the tree, a fixed model, or none. */
export function AgentModel({ model, change, choices, form }: AgentModelProps) {
  const isNamed = model !== "inherit" && model !== "runbook";
  const kind = isNamed ? "own" : model;
  const { providers, defaultModel } = choices;
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
      {kind === "own" ? <OwnModel model={model} change={change} providers={providers} form={form} /> : null}
    </TwoColumns>
  );
}

interface OwnModelProps extends Pick<AgentModelProps, "model" | "change" | "form"> {
  providers: readonly string[];
}

const STACKED = "[&>label]:mb-1 [&>label]:block [&>label]:text-small [&>label]:font-medium [&>label]:text-ink-2";

function OwnModel({ model, change, providers, form }: OwnModelProps) {
  const registered = form?.register("model");
  const isWrong = registered?.["aria-invalid"] ?? false;
  const choose = (chosen: string) => {
    change({ model: chosen });
    form?.clear("model");
  };
  return (
    <div className={STACKED}>
      <ModelPicker
        id="agent-model"
        label="Model name"
        value={model}
        choose={choose}
        connected={providers}
        isWrong={isWrong}
        describedBy={isWrong ? registered?.["aria-describedby"] : "agent-model-says"}
      />
      {isWrong ? form?.fault("model") : <CheckedModelSays id="agent-model-says" model={model} choose={choose} />}
    </div>
  );
}
