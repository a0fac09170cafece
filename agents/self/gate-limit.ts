/** A limit of full gate runs a day: each takes this machine's time and may run for hours. */
import type { GateRunsToday } from "@/core/shapes/improving/self";
import { gateRunsWords } from "@/core/words/gates";
import { iso } from "@/db/file/iso";
import { nextDayMs } from "@/db/records/daily-spend";
import type { GateRuns } from "@/db/records/gate-runs";
import { WorkspaceError } from "@/lib/workspace/path";

const MOST_RUNS = 12;
/** How many lost runs of a day cost none: a change that ends the gates again and again is to use its runs up. */
const MOST_LOST = 3;

export interface GateLimit {
  today(): GateRunsToday;
  /** Throws a `WorkspaceError` with one sentence when today's runs are used up. */
  refuseWhenUsed(): void;
  /** Counts one more run, or rejects like `refuseWhenUsed`. */
  begin(): Promise<void>;
  /** Gives back a run that was lost. Resolves with what became of it, as a sentence. */
  giveBack(): Promise<string>;
}

export function createGateLimit(stored: GateRuns, now: () => number): GateLimit {
  const today = (): GateRunsToday => {
    const used = stored.begunOn(now());
    return { used, most: MOST_RUNS, again_at: used < MOST_RUNS ? null : iso(nextDayMs(now())) };
  };
  const refusal = () => new WorkspaceError(`${gateRunsWords(today())} A check with quick is still possible.`);
  return {
    today,
    refuseWhenUsed() {
      if (today().again_at !== null) throw refusal();
    },
    async begin() {
      if (!(await stored.begin(MOST_RUNS))) throw refusal();
    },
    async giveBack() {
      if (await stored.giveBack(MOST_LOST)) return "This check does not count among today's full gate runs.";
      return `It counts among today's full gate runs, because ${MOST_LOST} were lost today already.`;
    },
  };
}
