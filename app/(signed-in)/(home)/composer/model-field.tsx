import { CheckedModelSays } from "@/components/pickers/checked-model";
import { ModelPicker, shortName } from "@/components/pickers/model-picker";
import type { ServerStatus } from "@/core/shapes/status";
import { Wrong } from "./field";
import type { FieldsProps } from "./fields-props";
import { BELOW_PICKS, Pick, pickLook } from "./picks";
import type { Usual } from "./usual";

interface ModelFieldProps extends FieldsProps {
  status: ServerStatus;
  /** null: not known yet. */
  usual: Usual | null;
}

/** Which model the agents use. A draft or a template may name one that is gone by now, so the name is checked. */
export function ModelField({ draft, change, problem, status, usual }: ModelFieldProps) {
  const model = draft.model.trim();
  const connected = status.models.filter(({ available, name }) => available && name !== "runbook");
  const isRefused = problem?.field === "model";
  return (
    <>
      <Pick className="max-w-60">
        <ModelPicker
          id="new-model"
          label="Model"
          value={model}
          choose={(chosen) => change({ model: chosen })}
          unset={unsetText(usual)}
          connected={connected.map(({ name }) => name)}
          isWrong={isRefused}
          {...pickLook("pulse")}
          describedBy={isRefused ? "new-model-wrong new-model-says" : "new-model-says"}
        />
      </Pick>
      <Wrong name="model" problem={problem} className={BELOW_PICKS} />
      <CheckedModelSays
        id="new-model-says"
        className={BELOW_PICKS}
        model={model}
        choose={(chosen) => change({ model: chosen })}
      />
    </>
  );
}

function unsetText(usual: Usual | null): string {
  if (usual === null) return "The project's model";
  return usual.model === "runbook" ? "Choose a model" : shortName(usual.model);
}
