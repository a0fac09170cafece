/** Checks the names of models. */

import { UserError } from "@/agents/application";
import { isModelName, MODEL_FORM } from "@/lib/models/providers/table";

/** Throws UserError for an invalid name. */
export function checkModel(model: string): void {
  if (isModelName(model)) return;
  throw new UserError("invalid", `There is no model ${model}: write ${MODEL_FORM}.`);
}
