/** Switches changes of Banyan's own code by agents off and on. */
import { z } from "zod";
import { UserError } from "@/agents/application";
import { said } from "@/agents/operations/operation";
import { text } from "@/agents/operations/parse";
import { refusalOf } from "@/agents/self/switch";
import { operation } from "./world/operation";

export const selfOperations = {
  switchSelfOff: operation({
    right: "run",
    summary: "Ends every check of such a change, and allows no new one.",
    http: "POST self/off",
    input: z.strictObject({ reason: text.optional().describe("Why, for everybody who sees it.") }),
    audit: ["reason"],
    result: said,
    async run({ reason = "" }, actor, { store: { selfSwitch } }) {
      if (!(await selfSwitch.switchOff(actor.name, reason.trim())))
        throw new UserError("conflict", `${selfSwitch.off()?.by ?? "Somebody"} has already switched it off.`);
      return {
        sentence:
          "Agents can no longer change Banyan: running checks end within 5 s, and nothing is checked, proposed or approved until an admin switches it on. Open proposals stay.",
      };
    },
  }),
  switchSelfOn: operation({
    right: "administer",
    summary: "Allows them again.",
    http: "POST self/on",
    audit: [],
    result: said,
    async run(_, _actor, { store: { selfSwitch }, self: { power } }) {
      const state = power.state();
      // First, because while the file is there a switch that is on would have no effect.
      const refusal = state.off?.by === null ? refusalOf(state) : null;
      if (refusal !== null) throw new UserError("conflict", refusal);
      if (!(await selfSwitch.switchOn()))
        throw new UserError("conflict", "Nothing to switch on: agents may propose changes of Banyan.");
      return { sentence: "Agents may propose changes of Banyan again. A person approves each of them." };
    },
  }),
};
