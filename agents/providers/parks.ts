/**
 * Remembers until when a provider refuses calls (a rate limit or quota), so that other tasks of this process wait
 * without asking again. Kept in memory only: each parked task has its own time on disk, and after a restart the first
 * call finds out again. A park holds for the key and the address with which it was found: another account may have quota.
 */
import { parseModel } from "@/lib/models/model-name";
import type { ProviderName, ProviderSettings } from "@/lib/models/providers/table";
import { accessDigest } from "./access-digest";

interface Park {
  /** Of the key and the address that calls used. */
  access: string;
  closedAtMs: number;
  untilMs: number;
  message: string;
}

/** Tasks that waited for the same quota return spread over a tenth of the wait, at most 5 min. */
const STAGGER_SHARE = 0.1;
const MOST_STAGGER_MS = 5 * 60_000;

export interface ProviderParks {
  /** Returns the park of the model's provider, or null when nothing is known against a call. */
  of(model: string, nowMs: number): Park | null;
  close(model: string, untilMs: number, message: string, nowMs: number): void;
  closeProvider(provider: string, untilMs: number, message: string, nowMs: number): void;
  /** The provider has answered, so its park is over. */
  open(model: string): void;
}

/** `settings` returns what calls use now. */
export function createProviderParks(settings: () => ProviderSettings): ProviderParks {
  const parks = new Map<string, Park>();
  const accessOf = (provider: string) => accessDigest(settings()[provider as ProviderName]);
  const closeProvider: ProviderParks["closeProvider"] = (provider, untilMs, message, nowMs) =>
    void parks.set(provider, { access: accessOf(provider), closedAtMs: nowMs, untilMs, message });
  const keyOf = (model: string) => parseModel(model)?.provider ?? model;
  return {
    of(model, nowMs) {
      const park = parks.get(keyOf(model));
      // A time before the park began means that the clock was set back, which would prolong the park.
      if (!park || park.untilMs <= nowMs || park.closedAtMs > nowMs) return null;
      return park.access === accessOf(keyOf(model)) ? park : null;
    },
    close: (model, untilMs, message, nowMs) => closeProvider(keyOf(model), untilMs, message, nowMs),
    closeProvider,
    open: (model) => void parks.delete(keyOf(model)),
  };
}

/** Returns when a task that waits for a park returns; `random` is from 0 to 1. */
export function staggered({ untilMs }: Park, nowMs: number, random: number): number {
  return Math.ceil(untilMs + random * Math.min(MOST_STAGGER_MS, STAGGER_SHARE * (untilMs - nowMs)));
}
