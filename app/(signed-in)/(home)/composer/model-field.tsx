import { CheckedModelSays } from "@/components/pickers/checked-model";
import { ModelPicker, shortName } from "@/components/pickers/model-picker";
import type { ServerStatus } from "@/core/shapes/status";
import { Wrong } from "./field";
import type { FieldsProps } from "./fields-props";
import { BELOW_PICKS, Pick, pickLook } from "./picks";

/** Which model the agents use. A draft or a template may name one that is gone by now, so the name is checked. */
export function ModelField({ draft, change, problem, status }: FieldsProps & { status: ServerStatus }) {
  const model = draft.model.trim();
  const connected = status.models.filter(({ available, name }) => available && name !== "runbook");
  const isRefused = problem?.field === "model";
  const isUsual = status.defaultModel !== "runbook";
  return (
    <>
      <Pick className="max-w-60">
        <ModelPicker
          id="new-model"
          label="Model"
          value={model}
          choose={(chosen) => change({ model: chosen })}
          unset={isUsual ? `${shortName(status.defaultModel)}` : "Choose a model"}
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
