/** Shows trials: the counts of both versions, the odds, and what decides next. */
import { type Queries, UserError } from "@/agents/application";
import type { Providers } from "@/agents/providers/providers";
import type { SelfSwitch } from "@/agents/self/switch";
import { LOOKS, oddsOf } from "@/core/rules/trial";
import type { Trial } from "@/core/shapes/improving/trials";
import { isAlternating, type Trial as StoredTrial, sidesOf } from "@/db/configuration/trials";
import { iso } from "@/db/file/iso";
import type { Store } from "@/db/store";
import type { Ids } from "./ids";
import { shownReplays, shownSide } from "./replays";

export interface TrialSources {
  store: Pick<Store, "trials" | "replays" | "personVerdicts">;
  providers: Pick<Providers, "defaultModel">;
  power: Pick<SelfSwitch, "state">;
}

type TrialQueries = Pick<Queries, "listTrials" | "getTrial" | "getPersonVerdict">;

export function createTrialQueries(sources: TrialSources, ids: Pick<Ids, "tree" | "trial">): TrialQueries {
  const { store } = sources;
  return {
    listTrials: async (of) =>
      (of ? store.trials.ofEntry(of.kind, of.name) : store.trials.all()).map((trial) => shownTrial(sources, trial)),
    async getTrial(id) {
      return shownTrial(sources, trialNamed(store, ids.trial(id)));
    },
    getPersonVerdict: async (treeId) => store.personVerdicts.of(ids.tree(treeId)),
  };
}

/** Throws UserError. */
export function trialNamed({ trials }: Pick<Store, "trials">, uid: string): StoredTrial {
  const found = trials.get(uid);
  if (!found) throw new UserError("not_found", `There is no trial ${uid}.`);
  return found;
}

export function shownTrial(sources: TrialSources, trial: StoredTrial): Trial {
  const { trials } = sources.store;
  const sides = trial.figures?.sides ?? sidesOf(trials.treesOf(trial), trial.metric);
  const started = trials.assigned(trial);
  const isOpen = trial.status === "open";
  const isReplaying = isOpen && !isAlternating(trial);
  return {
    id: trial.uid,
    kind: trial.kind,
    name: trial.name,
    metric: trial.metric,
    outcome: trial.outcome,
    status: trial.status !== "open" ? trial.status : isReplaying ? "replaying" : "trial",
    live: shownSide(sides.live, trial.baseVersion, started.live),
    candidate: shownSide(sides.candidate, trial.version, started.candidate),
    odds: trial.figures?.odds ?? oddsOf(sides),
    replays: shownReplays(sources, trial),
    looks: [...LOOKS],
    undecided_by: isOpen ? undecidedBy(sources) : null,
    proposed_by: trial.proposedBy,
    approved_by: trial.approvedBy,
    review_id: trial.review,
    started_at: iso(trial.startedAtMs),
    ends_at: iso(trial.endsAtMs),
    ended_at: iso(trial.endedAtMs),
    ended_by: trial.endedBy,
  };
}

/** Returns why results decide no trial now; null: they do. */
export function undecidedBy({ providers, power }: Omit<TrialSources, "store">): Trial["undecided_by"] {
  if (power.state().off !== null) return "off";
  return providers.defaultModel() === "runbook" ? "no_model" : null;
}
