/** Whether a task can have a model: its name, and whether its provider has it. */

import { UserError } from "@/agents/application";
import type { CheckedModel } from "@/core/shapes/models";
import { nearestOfAll } from "@/lib/models/known/replacement";
import type { KnownModels } from "@/lib/models/known-models";
import { isModelName, MODEL_FORM } from "@/lib/models/providers/table";

/** Throws UserError for an invalid name. */
export function checkModel(model: string): void {
  if (!isModelName(model)) throw new UserError("invalid", misnamed(model).sentence);
}

/** Throws UserError with the nearest replacement when the provider's list does not hold the model. */
export async function refuseMissing(models: Pick<KnownModels, "confirm">, model: string | undefined): Promise<void> {
  if (model === undefined) return;
  const { isUsable, sentence } = await judgeModel(models, model);
  if (!isUsable && sentence) throw new UserError("invalid", sentence);
}

/** Returns whether tasks may have the model, and what a person who wants it should know. */
export async function judgeModel(models: Pick<KnownModels, "confirm">, model: string): Promise<CheckedModel> {
  if (!isModelName(model)) return misnamed(model);
  const { kind, sentence, replacement } = await models.confirm(model);
  return { isUsable: kind !== "missing", sentence, nearest: replacement };
}

function misnamed(model: string): CheckedModel & { sentence: string } {
  const nearest = nearestOfAll(model);
  const next = nearest ? `Use ${nearest}, or write` : "Write";
  return { isUsable: false, sentence: `There is no model ${model}. ${next} ${MODEL_FORM}.`, nearest };
}
