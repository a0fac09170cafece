/** Commands of admins for the limits and prices of models that neither a provider nor the table knows. */
import { type Commands, UserError } from "@/agents/application";
import { checkModel } from "@/agents/providers/check-model";
import type { KnownModels } from "@/lib/models/known-models";

type ModelCommands = Pick<Commands, "setModel" | "removeModel">;

export function createModelCommands({ models }: { models: Pick<KnownModels, "own"> }): ModelCommands {
  const { own } = models;
  return {
    async setModel(name, settings) {
      checkModel(name);
      const { limit, cost, modalities } = settings;
      if (!limit && !cost && !modalities)
        throw new UserError("invalid", "Say what to set: limits, prices, or what the model reads.");
      change(() =>
        own.set(name, { ...(limit && { limit }), ...(cost && { cost }), ...(modalities && { modalities }) }),
      );
      const words = [limitWords(limit), costWords(cost), modalities && `reads ${modalities.input.join(", ")}`];
      return { sentence: `Set for ${name}: ${words.filter(Boolean).join("; ")}.` };
    },
    async removeModel(name) {
      if (!own.all()[name]) throw new UserError("not_found", `Nothing is set for ${name}.`);
      change(() => own.set(name, null));
      return { sentence: `Removed what was set for ${name}.` };
    },
  };
}

function change(work: () => void): void {
  try {
    work();
  } catch (error) {
    throw new UserError("invalid", (error as Error).message);
  }
}

function limitWords(limit: { context: number; output?: number } | undefined): string {
  if (!limit) return "";
  return `${limit.context} tokens of context${limit.output === undefined ? "" : `, ${limit.output} of output`}`;
}

function costWords(cost: { input: number; output: number } | undefined): string {
  return cost ? `$${cost.input} per million tokens of input, $${cost.output} of output` : "";
}
