/**
 * Which providers are known to be closed until when: what one task was told, all others of this process take over without asking
 * again. Kept in memory only: each parked task has its own time on disk, and after a restart the first that asks is told anew.
 */
import { parseModel } from "@/lib/models/model-name";

interface Park {
  closedAtMs: number;
  untilMs: number;
  message: string;
}

/** Tasks that waited for the same quota come back within a tenth of the wait, and within five minutes at most. */
const STAGGER_SHARE = 0.1;
const MOST_STAGGER_MS = 5 * 60_000;

export interface ProviderParks {
  /** null while the provider of the model can be asked, as far as anybody knows. */
  of(model: string, nowMs: number): Park | null;
  close(model: string, untilMs: number, message: string, nowMs: number): void;
  /** It has answered. */
  open(model: string): void;
}

export function createProviderParks(): ProviderParks {
  const parks = new Map<string, Park>();
  const keyOf = (model: string) => parseModel(model)?.provider ?? model;
  return {
    of(model, nowMs) {
      const park = parks.get(keyOf(model));
      // Before it was closed: the clock was set back, and the park would last longer by as much.
      return park && park.untilMs > nowMs && park.closedAtMs <= nowMs ? park : null;
    },
    close: (model, untilMs, message, nowMs) => void parks.set(keyOf(model), { closedAtMs: nowMs, untilMs, message }),
    open: (model) => void parks.delete(keyOf(model)),
  };
}

/** When a task that takes over a park comes back; `random` from 0 to 1. */
export function staggered({ untilMs }: Park, nowMs: number, random: number): number {
  return Math.ceil(untilMs + random * Math.min(MOST_STAGGER_MS, STAGGER_SHARE * (untilMs - nowMs)));
}
