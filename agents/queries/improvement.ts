/** What the review agent's looks at faults found and proposed, and when the next one is due. */
import type { Queries } from "@/agents/application";
import { type FlagStateSources, flagLooksNow } from "@/agents/improvement/flags";
import { type LookSources, modelOf } from "@/agents/improvement/look";
import { nextLookMs } from "@/agents/improvement/schedule";
import type { SelfSwitch } from "@/agents/self/switch";
import { kindsOf, MEMORY_MS } from "@/core/faults/kinds";
import { MOST_PROPOSALS_A_DAY } from "@/core/faults/limits";
import { iso } from "@/db/file/iso";

const SHOWN_KINDS = 50;
const SHOWN_LOOKS = 30;

export interface ImprovementSources extends Pick<LookSources, "configuration" | "defaultModel" | "now"> {
  store: Pick<LookSources["store"], "looks" | "faults"> & FlagStateSources["store"];
  /** Tokens that looks at flags may use per day. */
  tokensPerDay: number;
  power: Pick<SelfSwitch, "state">;
}

export function createImprovementQueries(sources: ImprovementSources): Pick<Queries, "getImprovement"> {
  const { store, power, now } = sources;
  return {
    async getImprovement() {
      const settings = store.looks.settings();
      const { sinceMs: _, ...shown } = settings;
      const since = store.looks.lastMs(now()) ?? now() - MEMORY_MS;
      const nextMs = nextLookMs(settings, now());
      return {
        ...shown,
        ...power.state(),
        flags: flagLooksNow(sources),
        model: modelOf(sources),
        spent_today_usd: store.looks.spentMicroUsd(now()) / 1_000_000,
        proposals_today: store.looks.proposedToday(now()),
        most_proposals: MOST_PROPOSALS_A_DAY,
        next_at: nextMs === null ? null : iso(nextMs),
        faults: kindsOf(store.faults.list(now()), since).slice(0, SHOWN_KINDS),
        looks: store.looks.list(SHOWN_LOOKS),
      };
    },
  };
}
