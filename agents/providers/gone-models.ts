/** What replaces a model that its provider refused as unknown. */
import { ModelError, type ModelPort } from "@/core/log/model";
import { goneAdvice } from "@/lib/models/known/replacement";
import type { KnownModels } from "@/lib/models/known-models";

/**
 * Returns a port that passes calls on to `port`. When a provider does not know a model, the provider is asked for its
 * list again, and the error names the replacement from that list.
 */
export function namingReplacements(port: ModelPort, models: Pick<KnownModels, "confirm" | "replacementOf">): ModelPort {
  return {
    async respond(request, options) {
      try {
        return await port.respond(request, options);
      } catch (error) {
        if (!(error instanceof ModelError) || error.kind !== "unknown_model" || !error.details.fact) throw error;
        await models.confirm(request.model, { isRefused: true });
        options.signal.throwIfAborted();
        const replacement = models.replacementOf(request.model);
        if (replacement === null) throw error;
        throw new ModelError(error.kind, `${error.details.fact} ${goneAdvice(replacement)}`, error.details);
      }
    },
  };
}
