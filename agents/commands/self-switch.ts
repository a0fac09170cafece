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
      const changed = await selfSwitch.switchOn();
      const still = refusalOf(power.state());
      if (still !== null) throw new UserError("conflict", still);
      if (!changed) throw new UserError("conflict", "Nothing to switch on: agents may propose changes of Banyan.");
      return { sentence: "Agents may propose changes of Banyan again. A person approves each of them." };
    },
  };
}
