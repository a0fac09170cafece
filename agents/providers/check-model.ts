/** Whether a task can have a model: its name, and whether its provider has it. */

import { UserError } from "@/agents/application";
import type { KnownModels } from "@/lib/models/known-models";
import { isModelName, MODEL_FORM } from "@/lib/models/providers/table";

/** Throws UserError for an invalid name. */
export function checkModel(model: string): void {
  if (isModelName(model)) return;
  throw new UserError("invalid", `There is no model ${model}: write ${MODEL_FORM}.`);
}

/** Throws UserError with the nearest replacement when the provider's list does not hold the model. */
export async function refuseMissing(models: Pick<KnownModels, "confirm">, model: string | undefined): Promise<void> {
  if (model === undefined) return;
  const { kind, sentence } = await models.confirm(model);
  if (kind === "missing" && sentence) throw new UserError("invalid", sentence);
}
