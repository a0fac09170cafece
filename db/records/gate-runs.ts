/** How many full runs of the gates changes of Banyan by agents have had on the newest day (UTC) with such a run. */
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";
import { dayOf } from "./daily-spend";

export interface GateRuns {
  /** Returns how many have begun on the day of this time. */
  begunOn(ms: number): number;
  /** Counts one more, unless `most` have begun today. Resolves with whether it may begin. */
  begin(most: number): Promise<boolean>;
}

const FACT = "self_gate_runs";

export function createGateRuns(sqlite: Sqlite, log: Writes): GateRuns {
  const facts = createFacts(sqlite);
  const begunOn = (ms: number) => {
    const { day, runs } = JSON.parse(facts.read(FACT) ?? '{"day":"","runs":0}') as { day: string; runs: number };
    return day === dayOf(ms) ? runs : 0;
  };
  return {
    begunOn,
    begin: (most) =>
      log.write(({ nowMs }) => {
        const runs = begunOn(nowMs);
        if (runs >= most) return false;
        facts.write(FACT, JSON.stringify({ day: dayOf(nowMs), runs: runs + 1 }));
        return true;
      }),
  };
}
