/** Limits and prices of models that neither a provider nor the table knows. */
import { z } from "zod";
import { UserError } from "@/agents/application";
import { operation } from "@/agents/commands/world/operation";
import { said } from "@/agents/operations/operation";
import { number } from "@/agents/operations/parse";
import { checkModel } from "@/agents/providers/check-model";
import { MEDIA } from "@/core/log/model";

const amounts = { context: number, output: number.optional() };
const prices = { input: number, output: number, cache_read: number.optional(), cache_write: number.optional() };

export const modelOperations = {
  /** Replaces what was set before. */
  setModel: operation({
    right: "administer",
    summary: "Sets limits and prices of a model. They win over what its provider says, from the next call on.",
    on: "name",
    http: "PUT models/:id",
    // The file of these settings checks what the numbers may be.
    input: z.strictObject({
      limit: z.strictObject(amounts).optional(),
      cost: z.strictObject(prices).optional(),
      modalities: z.strictObject({ input: z.array(z.enum(["text", ...MEDIA])) }).optional(),
    }),
    audit: ["limit", "cost", "modalities"],
    result: said,
    async run({ id, limit, cost, modalities }, _actor, { models: { own } }) {
      checkModel(id);
      if (!limit && !cost && !modalities)
        throw new UserError("invalid", "Say what to set: limits, prices, or what the model reads.");
      change(() => own.set(id, { ...(limit && { limit }), ...(cost && { cost }), ...(modalities && { modalities }) }));
      const words = [limitWords(limit), costWords(cost), modalities && `reads ${modalities.input.join(", ")}`];
      return { sentence: `Set for ${id}: ${words.filter(Boolean).join("; ")}.` };
    },
  }),
  removeModel: operation({
    right: "administer",
    summary: "Removes the limits and prices that were set for a model.",
    on: "name",
    http: "DELETE models/:id",
    audit: [],
    result: said,
    async run({ id }, _actor, { models: { own } }) {
      if (!own.all()[id]) throw new UserError("not_found", `Nothing is set for ${id}.`);
      change(() => own.set(id, null));
      return { sentence: `Removed what was set for ${id}.` };
    },
  }),
};

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
