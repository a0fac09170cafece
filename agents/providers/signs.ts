/** The last call of each provider: how long the reply took to start, or why it failed. In this process's memory. */
import { ModelError, type ModelPort } from "@/core/log/model";
import { parseModel } from "@/lib/models/model-name";

export interface ProviderSign {
  atMs: number;
  /** Time until the reply started; null: the call failed. */
  answeredInMs: number | null;
  failure: string | null;
}

export interface ProviderSigns {
  of(provider: string): ProviderSign | null;
  /** Returns a port that passes calls on to `models` and records the signs. */
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
          // A call that the host aborted says nothing about the provider; a quota shows in the tasks that it parks.
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
