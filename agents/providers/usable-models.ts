import type { FoundModel, KnownModels } from "@/lib/models/known-models";
import type { ModelState } from "./model-states";

const MOST_MODELS = 30;

/**
 * Returns the models that a task can get now: of providers that are set up, not gone and not about to be. Those with a known
 * price come first, because a tree with a cap on money takes no others.
 */
export function usableModels(models: Pick<KnownModels, "all">, states: readonly ModelState[]): string[] {
  const providers = new Set(states.filter((state) => state.available).map(({ name }) => name));
  const isPriced = ({ prices }: FoundModel) => Number(prices !== null);
  return models
    .all()
    .filter(({ name, isListed, standing }) => {
      const isCurrent = standing.kind === "current" || standing.kind === "unknown";
      return providers.has(name.slice(0, name.indexOf("/"))) && isListed !== false && isCurrent;
    })
    .toSorted((a, b) => isPriced(b) - isPriced(a))
    .slice(0, MOST_MODELS)
    .map(({ name }) => name);
}

/** Returns why a task cannot get the model now, as a sentence, or null. */
export function refusalOf(
  models: Pick<KnownModels, "standingOf">,
  states: readonly ModelState[],
  model: string,
): string | null {
  if (!states.some((state) => state.available && model.startsWith(`${state.name}/`)))
    return `the provider of ${model} is not configured.`;
  const { kind, sentence } = models.standingOf(model);
  return kind === "missing" || kind === "retired" ? sentence : null;
}
