/** Words for trials. */
import type { ReplayedPair } from "@/core/rules/replays";
import { BETTER_FROM, MOST_COST, WORSE_BY, WORSE_FROM } from "@/core/rules/trial";
import type { ReplayedHalf, ShownReplay, ShownTrialSide, Trial, TrialReplays } from "@/core/shapes/improving/trials";
import { money, percent, plural } from "./figures";

/** Returns the state of the trial, as a sentence. */
export function trialState(trial: Trial): string {
  const { status, outcome, candidate, live, ended_by: by } = trial;
  if (status === "replaying")
    return "Replaying ended trees with both versions, before the trial. New trees use the live version.";
  if (status === "trial") return "On trial: new trees use both versions in turn.";
  if (outcome === "unjudged") return `Live, unjudged: there was no language model, so ${by} decided alone.`;
  if (status === "stale")
    return outcome === "removed"
      ? "Ended without a result: the entry was removed."
      : `Ended without a result: ${by} changed the entry.`;
  const what = status === "permanent" ? `Version ${candidate.version} is permanent` : `Version ${live.version} stays`;
  return `${what}: ${REASONS[outcome ?? "undecided"](by ?? "somebody")}.`;
}

const REASONS: Record<NonNullable<Trial["outcome"]>, (by: string) => string> = {
  better: () => "the new version passes more often",
  worse: () => "the new version passes less often",
  cost: () => `the new version costs more than ${MOST_COST} times as much`,
  undecided: () => "the results show no difference",
  person: (by) => `${by} decided`,
  unjudged: (by) => `${by} decided`,
  edited: (by) => `${by} changed the entry`,
  removed: () => "the entry was removed",
  replays: () => "the new version did worse when ended trees were replayed",
};

/** Returns what counts as passed. */
export const METRIC_WORDS: Record<Trial["metric"], string> = {
  verdict: "A tree passes when its verdict is pass.",
  agreement: "It takes part in judging, so a tree passes when its verdict is what a person says.",
  person: "It judges the work of others, so a tree passes when a person says so.",
};

/** Returns how the trial is decided next, as a sentence; null when it has ended. */
export function nextLook(trial: Trial): string | null {
  if (trial.status !== "trial" && trial.status !== "replaying") return null;
  if (trial.undecided_by === "no_model") return "Unjudged: no language model is configured, so a person decides.";
  if (trial.undecided_by === "off") return "Changes by agents are switched off, so a person decides.";
  if (trial.status === "replaying") return "The trial begins when the replays have ended, at the latest after 24 h.";
  const trees = Math.min(trial.live.trees, trial.candidate.trees);
  const look = trial.looks.find((look) => look > trees) ?? trial.looks.at(-1) ?? 0;
  return `Judged after ${plural(look, "tree")} of each version.`;
}

/** Returns the results of a version so far: "12 of 20 trees passed, $0.04 each". */
export function sideText({ version, started, trees, passed, cost_usd, tokens }: ShownTrialSide): string {
  const begun = `${plural(started, "tree")} started`;
  if (trees === 0) return `version ${version}: no result yet, ${begun}`;
  return `version ${version}: ${passed} of ${plural(trees, "tree")} passed, ${costOf({ trees, cost_usd, tokens })} each, ${begun}`;
}

/** Returns the cost of a tree; tokens where nothing has a price. */
export function costOf({ trees, cost_usd, tokens }: Pick<ShownTrialSide, "trees" | "cost_usd" | "tokens">): string {
  if (trees === 0) return "none";
  return cost_usd > 0 ? money(cost_usd / trees) : `${Math.round(tokens / trees)} tokens`;
}

/** The consequences of the probabilities and of the ratio of costs. */
export const LIMIT_WORDS = {
  better: `permanent from ${percent(BETTER_FROM)}`,
  worse: `back from ${percent(WORSE_FROM)}`,
  cost: `back above ${MOST_COST}`,
};

export const WORSE_BY_WORDS = `by ${WORSE_BY * 100} points`;

/** Returns the probabilities and the ratio of costs, each with what it leads to. */
export function oddsText({ odds: { better, worse, cost } }: Pick<Trial, "odds">): string[] {
  return [
    `better: ${percent(better)} (${LIMIT_WORDS.better})`,
    `worse ${WORSE_BY_WORDS}: ${percent(worse)} (${LIMIT_WORDS.worse})`,
    `cost: ${cost === null ? "unknown" : `${cost.toFixed(2)} times`} (${LIMIT_WORDS.cost} times)`,
  ];
}

/** Returns how far the replays are, or why there are none, as a sentence. */
export function replaysState({ state, trees }: TrialReplays): string {
  const all = trees.flatMap(({ live, candidate }) => [live, candidate]);
  const ended = all.filter(({ status }) => status !== "waiting" && status !== "running").length;
  if (state === "running") return `${ended} of ${plural(all.length, "replay")} have ended.`;
  return STATES[state](plural(trees.length, "ended tree"));
}

const STATES: Record<Exclude<TrialReplays["state"], "running">, (trees: string) => string> = {
  done: (trees) => `Before the trial, both versions replayed ${trees}.`,
  stopped: (trees) => `The trial ended while both versions replayed ${trees}.`,
  off: () => "No replays: they are switched off (BANYAN_TRIAL_REPLAYS).",
  judges: () => "No replays: it takes part in judging, which only people measure.",
  none: () => "No replays: no ended tree used it, had a result and stayed in its folder.",
};

/** Returns the results of one half of the replays: "decide: version 1 passed 2 of 3, version 2 passed 3 of 3". */
export function halfText(name: string, { live, candidate }: ReplayedHalf): string {
  const side = ({ version, passed, trees }: ShownTrialSide) => `version ${version} passed ${passed} of ${trees}`;
  return live.trees === 0 ? `${name}: none counts` : `${name}: ${side(live)}, ${side(candidate)}`;
}

/** Returns the outcome of one replay. */
export function replayText({ status, why }: ShownReplay): string {
  return why === null ? WORDS_OF_STATUS[status] : WHY_NOT[why];
}

const WORDS_OF_STATUS: Record<ShownReplay["status"], string> = {
  waiting: "waiting",
  running: "running",
  passed: "passed",
  failed: "failed",
  not_counted: "does not count",
};

const WHY_NOT: Record<NonNullable<ShownReplay["why"]>, string> = {
  asked: "needed a person",
  stopped: "stopped",
  time: "too late",
  deleted: "deleted",
  no_result: "no result",
  not_possible: "files missing",
};

/** Returns the results of replays that agents may see, as sentences for them. */
export function seenReplays(pairs: readonly ReplayedPair[]): string {
  if (pairs.length === 0) return "None of the replays may be seen.";
  const lines = pairs.map(({ source, live, candidate }) => {
    return `- tree ${source}: the live version ${became(live)}, yours ${became(candidate)}`;
  });
  return ["The replays that you may see:", ...lines].join("\n");
}

function became(result: ReplayedPair["live"]): string {
  if (!result) return "did not count";
  return result.passed ? "passed" : "failed";
}
