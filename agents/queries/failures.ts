/** What goes wrong in tasks, by kinds, and what a person could do about it. */
import type { Queries } from "@/agents/application";
import { failuresOf } from "@/core/failures/counts";
import type { Store } from "@/db/store";

export interface FailureSources {
  store: Pick<Store, "failures">;
  now(): number;
}

export function createFailureQueries({ store, now }: FailureSources): Pick<Queries, "getFailures"> {
  return {
    async getFailures() {
      const nowMs = now();
      return failuresOf(store.failures.counts(nowMs), store.failures.weeks(nowMs));
    },
  };
}
