/** What providers last did: how long a reply took to begin, or why there was none. Of this process only, and kept in memory. */
import { ModelError, type ModelPort } from "@/core/log/model";
import { parseModel } from "@/lib/models/model-name";

export interface ProviderSign {
  atMs: number;
  /** Until the first sign of the reply; null: it failed. */
  answeredInMs: number | null;
  failure: string | null;
}

export interface ProviderSigns {
  of(provider: string): ProviderSign | null;
  /** A port that asks this one, and watches. */
  watching(models: ModelPort): ModelPort;
}

export function createProviderSigns(now: () => number): ProviderSigns {
  const signs = new Map<string, ProviderSign>();
  return {
    of: (provider) => signs.get(provider) ?? null,
    watching: (models) => ({
      async respond(request, options) {
        const provider = parseModel(request.model)?.provider ?? request.model;
        const startMs = now();
        let firstMs: number | null = null;
        try {
          const reply = await models.respond(request, {
            ...options,
            onActivity() {
              firstMs ??= now() - startMs;
              options.onActivity?.();
            },
          });
          signs.set(provider, { atMs: now(), answeredInMs: firstMs ?? now() - startMs, failure: null });
          return reply;
        } catch (error) {
          // Who was cut off by us says nothing about the provider; a quota is told by the tasks that it parks.
          if (error instanceof ModelError && isItsFault(error))
            signs.set(provider, { atMs: now(), answeredInMs: null, failure: error.message });
          throw error;
        }
      },
    }),
  };
}

function isItsFault({ kind }: ModelError): boolean {
  return kind === "retry" || kind === "timeout" || kind === "no_key";
}
