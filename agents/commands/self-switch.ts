/** Switches changes of Banyan's own code by agents off and on. */

import { type Commands, UserError } from "@/agents/application";
import { refusalOf, type SelfSwitch } from "@/agents/self/switch";
import type { Store } from "@/db/store";

type SelfCommands = Pick<Commands, "switchSelfOff" | "switchSelfOn">;

export function createSelfCommands({ selfSwitch }: Pick<Store, "selfSwitch">, power: SelfSwitch): SelfCommands {
  return {
    async switchSelfOff(reason, actor) {
      if (!(await selfSwitch.switchOff(actor.name, reason.trim())))
        throw new UserError("conflict", `${selfSwitch.off()?.by ?? "Somebody"} has already switched it off.`);
      return {
        sentence:
          "Agents can no longer change Banyan: running checks end within 5 s, and nothing is checked, proposed or approved until an admin switches it on. Open proposals stay.",
      };
    },
    async switchSelfOn() {
      const state = power.state();
      // First, because while the file is there a switch that is on would have no effect.
      const refusal = state.off?.by === null ? refusalOf(state) : null;
      if (refusal !== null) throw new UserError("conflict", refusal);
      if (!(await selfSwitch.switchOn()))
        throw new UserError("conflict", "Nothing to switch on: agents may propose changes of Banyan.");
      return { sentence: "Agents may propose changes of Banyan again. A person approves each of them." };
    },
  };
}
