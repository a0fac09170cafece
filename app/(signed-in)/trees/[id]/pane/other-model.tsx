"use client";

import { CheckedModelSays } from "@/components/pickers/checked-model";
import { ModelPicker } from "@/components/pickers/model-picker";
import { FieldPairs } from "@/components/ui/facts";
import { useChoices } from "../control/use-choices";

/** Choice of a model in place of one that is gone. */
export function OtherModel({ model, choose }: { model: string; choose: (model: string) => void }) {
  const choices = useChoices();
  return (
    <div className="mt-2">
      <FieldPairs>
        <ModelPicker
          id="continue-model"
          label="Another model"
          value={model}
          choose={choose}
          connected={choices?.providers ?? []}
          describedBy="continue-model-says"
        />
        <CheckedModelSays id="continue-model-says" className="col-start-2 -mt-1" model={model} choose={choose} />
      </FieldPairs>
    </div>
  );
}
