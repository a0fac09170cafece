/** The models that are known by name, with limits, prices and whether they can be used. */
import { type Queries, UserError } from "@/agents/application";
import { judgeModel } from "@/agents/providers/check-model";
import { modelNotes } from "@/agents/providers/model-notes";
import type { Providers } from "@/agents/providers/providers";
import type { ListedModel } from "@/core/shapes/models";
import { CHECKED_AT } from "@/lib/models/known/table";
import type { FoundModel, KnownModels } from "@/lib/models/known-models";
import { PROVIDER_NAMES, providerNamed } from "@/lib/models/providers/table";

export interface ModelQuerySources {
  models: KnownModels;
  providers: Pick<Providers, "defaultModel" | "states">;
  configuration: { agents(): readonly { name: string; model: string }[] };
}

export function createModelQueries(sources: ModelQuerySources): Pick<Queries, "checkModel" | "listModels"> {
  const { models, providers } = sources;
  return {
    checkModel: (name) => judgeModel(models, name),
    async listModels({ provider } = {}) {
      const name = provider === undefined ? undefined : providerNamed(provider);
      if (name === null)
        throw new UserError("not_found", `There is no provider ${provider}. Providers: ${PROVIDER_NAMES.join(", ")}.`);
      const defaultModel = providers.defaultModel();
      return {
        checked_at: CHECKED_AT,
        default_model: defaultModel,
        notes: notesOf(sources),
        items: models.all(name).map((model) => shownModel(model, defaultModel)),
      };
    },
  };
}

export function notesOf({ models, providers, configuration }: ModelQuerySources): string[] {
  return modelNotes({ models, defaultModel: providers.defaultModel, agents: configuration.agents });
}

function shownModel(found: FoundModel, defaultModel: string): ListedModel {
  const { name, limits, limitsFrom, prices, pricesFrom, isListed, standing } = found;
  const usd = (microUsd: number) => microUsd / 1_000_000;
  return {
    name,
    context_tokens: limits.contextTokens,
    max_output_tokens: limits.maxOutputTokens,
    reads: [...(limits.reads ?? [])],
    limits_from: limitsFrom ?? "assumed",
    price: prices && {
      input: usd(prices.input),
      output: usd(prices.output),
      cache_read: usd(prices.cacheRead),
      cache_write: usd(prices.cacheWrite),
    },
    price_from: pricesFrom,
    listed: isListed,
    standing: standing.kind,
    retires_at: standing.retiresAt,
    replaced_by: standing.replacement,
    sentence: standing.sentence,
    is_default: name === defaultModel,
  };
}
