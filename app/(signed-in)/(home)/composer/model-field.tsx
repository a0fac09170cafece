import { ModelPicker, shortName } from "@/components/pickers/model-picker";
import { useFetched } from "@/components/pickers/use-fetched";
import { FieldPairs } from "@/components/ui/facts";
import { Hint } from "@/components/ui/hint";
import type { CheckedModel } from "@/core/shapes/models";
import type { ServerStatus } from "@/core/shapes/shapes";
import type { FieldsProps } from "./done-by";
import { Wrong } from "./field";

/** Which model the agents use. A draft or a template may name one that is gone by now, so the name is checked. */
export function ModelField({ draft, change, problem, status }: FieldsProps & { status: ServerStatus }) {
  const model = draft.model.trim();
  const { body, isNewest } = useFetched<CheckedModel>(model ? `models/${encodeURIComponent(model)}` : null);
  const checked = model && isNewest ? body : null;
  const connected = status.models.filter(({ available, name }) => available && name !== "runbook");
  const isUsual = status.defaultModel !== "runbook";
  return (
    <FieldPairs>
      <ModelPicker
        id="new-model"
        label="Model"
        value={model}
        choose={(chosen) => change({ model: chosen })}
        unset={isUsual ? `${shortName(status.defaultModel)}, the default` : "Choose a model"}
        connected={connected.map(({ name }) => name)}
        isWrong={problem?.field === "model" || checked?.isUsable === false}
        describedBy="new-model-says"
      />
      <Wrong name="model" problem={problem} className="col-start-2" />
      <div className="col-start-2 -mt-1 empty:absolute" id="new-model-says" role="status">
        {checked?.sentence ? (
          <Hint className="mt-0!" isBad={!checked.isUsable}>
            {checked.sentence}
            {checked.nearest && !checked.isUsable ? (
              <button type="button" className="link ml-1" onClick={() => change({ model: checked.nearest ?? "" })}>
                Use it
              </button>
            ) : null}
          </Hint>
        ) : null}
      </div>
    </FieldPairs>
  );
}
