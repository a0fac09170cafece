/** Sets when the review agent looks at the faults of tasks, and starts a look. */
import { type Commands, UserError } from "@/agents/application";
import { type LookSources, look, refusalToLook } from "@/agents/improvement/look";
import { improvementSentence } from "@/core/words/faults";
import { plural } from "@/core/words/figures";

const MOST_USD = 1_000;

export function createImprovementCommands(looks: LookSources): Pick<Commands, "setImprovement" | "lookNow"> {
  const { store } = looks;
  return {
    async setImprovement({ on, cap_usd, hour }) {
      if (on === undefined && cap_usd === undefined && hour === undefined)
        throw new UserError("invalid", "Nothing to change: give on, cap_usd or hour.");
      if (cap_usd !== undefined && !(cap_usd >= 0.01 && cap_usd <= MOST_USD))
        throw new UserError("invalid", `The cap cannot be ${cap_usd}: give dollars from 0.01 to ${MOST_USD}.`);
      if (hour !== undefined && !(Number.isInteger(hour) && hour >= 0 && hour <= 23))
        throw new UserError("invalid", `The hour cannot be ${hour}: give a whole number from 0 to 23.`);
      const change = {
        ...(on !== undefined && { on }),
        ...(cap_usd !== undefined && { cap_usd }),
        ...(hour !== undefined && { hour }),
      };
      return { sentence: improvementSentence(await store.looks.setSettings(change)) };
    },
    async lookNow(actor) {
      const refusal = refusalToLook(looks);
      if (refusal !== null) throw new UserError("conflict", refusal);
      const begun = await look(looks, "person", actor.name);
      if (begun === "busy") throw new UserError("conflict", "The review agent is looking now.");
      const { tree } = begun;
      if (tree === null) throw new UserError("conflict", "No faults in the last 30 days: nothing to look at.");
      const given = store.looks.ofTree(tree)?.kinds.length ?? 0;
      return { sentence: `The review agent looks at ${plural(given, "kind")} of faults.`, tree };
    },
  };
}
