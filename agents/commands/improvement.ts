/** Sets when the review agent looks at the faults of tasks, and starts a look. */
import { z } from "zod";
import { UserError } from "@/agents/application";
import { look, refusalToLook } from "@/agents/improvement/look";
import { said } from "@/agents/operations/operation";
import { changeOf, numberWithin, wholeNumber, yesOrNo } from "@/agents/operations/parse";
import { improvementSentence } from "@/core/words/faults";
import { plural } from "@/core/words/figures";
import { operation } from "./world/operation";

const MOST_USD = 1_000;

const capUsd = numberWithin(
  (usd) => usd >= 0.01 && usd <= MOST_USD,
  (usd) =>
    Number.isNaN(usd)
      ? `The cap is not a number: give dollars from 0.01 to ${MOST_USD}.`
      : `The cap cannot be ${usd}: give dollars from 0.01 to ${MOST_USD}.`,
);
const hour = wholeNumber("hour", 0, 23);

export const improvementOperations = {
  setImprovement: operation({
    right: "administer",
    summary: "Sets whether looks start by themselves, at which hour, and what they may cost in a day.",
    http: "POST improvement",
    input: changeOf({ on: yesOrNo.optional(), cap_usd: capUsd.optional(), hour: hour.optional() }),
    audit: ["on", "cap_usd", "hour"],
    result: said,
    async run({ on, cap_usd, hour }, _actor, { store }) {
      const change = {
        ...(on !== undefined && { on }),
        ...(cap_usd !== undefined && { cap_usd }),
        ...(hour !== undefined && { hour }),
      };
      return { sentence: improvementSentence(await store.looks.setSettings(change)) };
    },
  }),
  lookNow: operation({
    right: "configure",
    summary: "Starts a look now; `tree` is its tree.",
    http: "POST improvement/look",
    audit: [],
    result: said.extend({ tree: z.string().describe("Id of the tree that looks.") }),
    async run(_, actor, { looks }) {
      const refusal = refusalToLook(looks);
      if (refusal !== null) throw new UserError("conflict", refusal);
      const begun = await look(looks, "person", actor.name);
      if (begun === "busy") throw new UserError("conflict", "The review agent is looking now.");
      const { tree } = begun;
      if (tree === null) throw new UserError("conflict", "No faults in the last 30 days: nothing to look at.");
      const given = looks.store.looks.ofTree(tree)?.kinds.length ?? 0;
      return { sentence: `The review agent looks at ${plural(given, "kind")} of faults.`, tree };
    },
  }),
};
