/** The kill switch: everything pauses immediately and resumes only when a person resumes it. */

import { type Commands, UserError } from "@/agents/application";
import type { Store } from "@/db/store";

type HaltCommands = Pick<Commands, "pauseEverything" | "resumeEverything">;

export function createHaltCommands({ halts }: Pick<Store, "halts">, now: () => number): HaltCommands {
  return {
    async pauseEverything(reason, actor) {
      const text = reason.trim();
      if (!(await halts.begin(actor.name, text))) {
        const by = halts.current()?.by ?? "somebody";
        throw new UserError("conflict", `${by} has already paused everything.`);
      }
      return {
        sentence:
          "Everything is paused: running calls are cut, background commands end, and nothing runs until you resume everything.",
      };
    },
    async resumeEverything() {
      const halt = await halts.end();
      if (!halt) throw new UserError("conflict", "Nothing to resume: nothing was paused with “pause everything”.");
      const minutes = Math.round((now() - halt.sinceMs) / 60_000);
      const after = minutes > 0 ? ` after ${minutes} ${minutes === 1 ? "minute" : "minutes"}` : "";
      return {
        sentence: `Everything is resumed${after}: tasks continue from their logs, and their agents read which calls were cut.`,
      };
    },
  };
}
