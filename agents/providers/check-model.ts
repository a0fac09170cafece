/** Whether a task can have a model: its name, and whether its provider has it. */
import { UserError } from "@/agents/application";
import { needsModel } from "@/core/programs/names";
import type { CheckedModel } from "@/core/shapes/models";
import { nearestOfAll } from "@/lib/models/known/replacement";
import type { KnownModels } from "@/lib/models/known-models";
import { isModelName, MODEL_FORM } from "@/lib/models/providers/table";

/** Says that the model is what is wrong with a request. */
export const WRONG_MODEL = { code: "wrong_field", field: "model" } as const;

/** Throws UserError for an invalid name. */
export function checkModel(model: string): void {
  if (!isModelName(model)) throw new UserError("invalid", misnamed(model).sentence, WRONG_MODEL);
}

/** Throws UserError with the nearest replacement when the provider's list does not hold the model. */
export async function refuseMissing(models: Pick<KnownModels, "confirm">, model: string | undefined): Promise<void> {
  // A program has no provider that could lack it.
  if (model === undefined || needsModel(model)) return;
  const { isUsable, sentence } = await judgeModel(models, model);
  if (!isUsable && sentence) throw new UserError("invalid", sentence, WRONG_MODEL);
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

/** The checks for a model that is written into an agent. */
export type SavedModels = Pick<KnownModels, "confirm" | "isNamed" | "replacementOf">;

/**
 * Throws UserError for a model that an agent cannot be saved with: retired, missing from its provider's list, or named by
 * nobody. An agent lives longer than a task, so a wrong name would fail tasks later that nobody connects with it.
 */
export async function refuseUnnamed(models: SavedModels, model: string): Promise<void> {
  if (model === "inherit" || needsModel(model)) return;
  const { kind, sentence } = await models.confirm(model);
  if ((kind === "missing" || kind === "retired") && sentence) throw new UserError("invalid", sentence);
  if (models.isNamed(model)) return;
  const nearest = models.replacementOf(model);
  const next = nearest ? `use ${nearest}, or set` : "correct the name, or set";
  throw new UserError(
    "invalid",
    `No list has the model ${model}: ${next} the limits of a model that you know to exist with \`npx banyan models set ${model}\`.`,
  );
}
