/** Ends trials, by their results or by a person, and stores what people say about results. */
import { z } from "zod";
import { UserError } from "@/agents/application";
import { operation } from "@/agents/commands/world/operation";
import { refuseGuarded } from "@/agents/configuration/guarded-entries";
import { said } from "@/agents/operations/operation";
import { text } from "@/agents/operations/parse";
import { trialNamed } from "@/agents/queries/trials";
import type { LetterBody } from "@/core/facts";
import { judgeTrial, MOST_COST, oddsOf, type TrialSides } from "@/core/rules/trial";
import { isAlternating, sidesOf, type Trial, type TrialEnding, type TrialOutcome } from "@/db/configuration/trials";
import type { Store } from "@/db/store";

const MOST_REASON = 2_000;
/** The author of decisions by results. */
const BANYAN = "Banyan";

export const trialOperations = {
  /** `take`: its version is live from now on; `back`: the live version stays. */
  endTrial: operation({
    right: "decide",
    summary: "Ends a trial: its version is live from now on, or the live version stays.",
    on: "name",
    onPages: true,
    input: z.strictObject({ decision: z.enum(["take", "back"], "must be take or back") }),
    audit: ["decision"],
    result: said,
    async run({ id, decision }, actor, { store, ids, configuration }) {
      const trial = trialNamed(store, ids.trial(id));
      const { kind, name, version } = trial;
      if (decision === "take")
        refuseGuarded(configuration, { kind, name, after: store.configuration.version(kind, name, version) }, actor);
      const status = decision === "take" ? "permanent" : "bad";
      const sides = sidesOf(store.trials.treesOf(trial), trial.metric);
      const ending = endingOf(trial, { status, outcome: "person", by: actor.name, sides });
      if (trial.status !== "open" || !(await store.trials.end(trial, ending)))
        throw new UserError("conflict", `The trial of the ${trial.kind} ${trial.name} has already ended.`);
      return { sentence: decision === "take" ? takenSentence(trial) : backSentence(trial) };
    },
  }),
  /** Versions of agents that judge are measured by it. */
  judgeTree: operation({
    right: "answer",
    summary: "Says whether the result of an ended tree is right.",
    on: "unit",
    reach: ({ id }) => ({ works: [id], isForAll: true }),
    http: "POST trees/:id/verdict",
    input: z.strictObject({
      outcome: z.enum(["pass", "fail"], "must be pass or fail").describe("Whether you call the result right."),
      reason: text.optional().describe("Why, in your words."),
    }),
    audit: ["outcome", "reason"],
    result: said,
    async run({ id, outcome, reason = "" }, actor, { store, ids }) {
      const uid = ids.tree(id);
      const words = reason.trim();
      if (words.length > MOST_REASON)
        throw new UserError("too_large", `The reason has ${words.length} characters, and ${MOST_REASON} is the limit.`);
      if (!(await store.personVerdicts.set(uid, { outcome, reason: words, by: actor.name })))
        throw new UserError("conflict", "The tree has not ended, so there is no result to judge yet.");
      return { sentence: `Noted: the result ${outcome === "pass" ? "is right" : "is wrong"}.` };
    },
  }),
};

function takenSentence({ kind, name, version }: Trial): string {
  return `Version ${version} of the ${kind} ${name} is live. Open trees keep the version that they began with.`;
}

function backSentence({ kind, name, version, baseVersion }: Trial): string {
  return `Version ${baseVersion} of the ${kind} ${name} stays live; version ${version} is not offered again. Open trees keep the version that they began with.`;
}

/** Ends the trials that their results decide. Resolves with their number. */
export async function judgeTrials(store: Pick<Store, "trials">, nowMs: number): Promise<number> {
  let ended = 0;
  for (const trial of store.trials.open().filter(isAlternating)) {
    const end = judgeTrial(store.trials.treesOf(trial), trial.metric, nowMs > trial.endsAtMs);
    if (end && (await store.trials.end(trial, endingOf(trial, { ...end, by: BANYAN })))) ended += 1;
  }
  return ended;
}

/** `sides`: the trees that decided, whose figures are kept and shown. */
function endingOf(
  trial: Trial,
  { status, outcome, by, sides }: Pick<TrialEnding, "status" | "outcome" | "by"> & { sides: TrialSides },
): TrialEnding {
  const letter = letterOf(trial, status, outcome, by);
  return { status, outcome, by, letter, isAudited: by !== BANYAN, figures: { sides, odds: oddsOf(sides) } };
}

const WORDS: Partial<Record<TrialOutcome, string>> = {
  better: "it passes more often",
  worse: "it passes less often",
  cost: `it costs more than ${MOST_COST} times as much`,
  undecided: "its results show no difference",
};

function letterOf(trial: Trial, status: TrialEnding["status"], outcome: TrialOutcome, by: string): LetterBody {
  const { kind, name, version } = trial;
  const what = status === "permanent" ? "is permanent" : "was taken back";
  const why = WORDS[outcome] ?? `${by} decided`;
  const text = `The trial of version ${version} of the ${kind} ${name}, which you proposed, has ended: it ${what}, because ${why}.`;
  return { kind: "configured", tools: [], servers: [], by, text };
}
