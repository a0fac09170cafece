/** The kill switch: everything pauses, whatever it is at, and goes on only when a person says so. */

import { type Commands, UserError } from "@/agents/application";
import type { Store } from "@/db/store";

type HaltCommands = Pick<Commands, "pauseEverything" | "resumeEverything">;

export function createHaltCommands({ halts }: Pick<Store, "halts">, now: () => number): HaltCommands {
  return {
    async pauseEverything(reason, actor) {
      const text = reason.trim();
      if (!(await halts.begin(actor.name, text))) {
        const by = halts.current()?.by ?? "somebody";
        throw new UserError("conflict", `Everything is paused already, by ${by}.`);
      }
      return {
        sentence:
          "Everything is paused: calls in flight are cut, commands in the background end, and nothing runs until everything is resumed.",
      };
    },
    async resumeEverything() {
      const halt = await halts.end();
      if (!halt) throw new UserError("conflict", "Nothing to resume: everything was not paused.");
      const minutes = Math.round((now() - halt.sinceMs) / 60_000);
      const after = minutes > 0 ? ` after ${minutes} ${minutes === 1 ? "minute" : "minutes"}` : "";
      return { sentence: `Everything goes on${after}: tasks continue from their logs, cut calls are told so.` };
    },
  };
}
