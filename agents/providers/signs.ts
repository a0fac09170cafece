/** The last call of each provider: how long the reply took to start, or why it failed. In this process's memory. */
import { ModelError, type ModelPort, type Quota } from "@/core/log/model";
import { parseModel } from "@/lib/models/model-name";
import type { ProviderName, ProviderSettings } from "@/lib/models/providers/table";
import { accessDigest } from "./access-digest";

export interface ProviderSign {
  atMs: number;
  /** Time until the reply started; null: the call failed. */
  answeredInMs: number | null;
  failure: string | null;
}

/** How full a provider's quota is, of those that its last answers told. */
interface ProviderQuota extends Quota {
  provider: string;
  /** From 0 to 100. */
  usedPercent: number;
}

export interface ProviderSigns {
  of(provider: string): ProviderSign | null;
  /** Returns the last signs by provider, for the process that shows them. */
  known(): Record<string, ProviderSign>;
  /** Takes the signs of the process that makes the calls. */
  hear(signs: Record<string, ProviderSign>): void;
  /**
   * Returns the quotas that hold now, the fullest first. A quota whose time is over is full again, and one that was told to
   * another key or address is not this one's.
   */
  quotas(): ProviderQuota[];
  /** Returns a port that passes calls on to `models` and records the signs. */
  watching(models: ModelPort): ModelPort;
}

/** Quotas are mostly those of a minute. */
const QUOTA_MS = 60_000;

/** `settings` returns what calls use now. */
export function createProviderSigns(now: () => number, settings: () => ProviderSettings): ProviderSigns {
  const signs = new Map<string, ProviderSign>();
  const told = new Map<string, { access: string; atMs: number; quotas: readonly Quota[] }>();
  const accessOf = (provider: string) => accessDigest(settings()[provider as ProviderName]);
  return {
    of: (provider) => signs.get(provider) ?? null,
    known: () => Object.fromEntries(signs),
    hear(told) {
      signs.clear();
      for (const [provider, sign] of Object.entries(told)) signs.set(provider, sign);
    },
    quotas: () =>
      [...told]
        .filter(([provider, { access }]) => access === accessOf(provider))
        .flatMap(([provider, { atMs, quotas }]) =>
          quotas
            .filter(({ resetAtMs }) => (resetAtMs ?? atMs + QUOTA_MS) > now())
            .map((quota) => ({ ...quota, provider, usedPercent: 100 - (100 * quota.remaining) / quota.limit })),
        )
        .sort((a, b) => b.usedPercent - a.usedPercent),
    watching: (models) => ({
      async respond(request, options) {
        const provider = parseModel(request.model)?.provider ?? request.model;
        const access = accessOf(provider);
        const startMs = now();
        let firstMs: number | null = null;
        try {
          const reply = await models.respond(request, {
            ...options,
            onQuotas(quotas) {
              if (quotas.length > 0) told.set(provider, { access, atMs: now(), quotas });
              options.onQuotas?.(quotas);
            },
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
