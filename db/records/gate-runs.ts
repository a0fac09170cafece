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
  /** Takes back one that has begun today and was lost, unless `most` were taken back today. Resolves with whether. */
  giveBack(most: number): Promise<boolean>;
}

const FACT = "self_gate_runs";

interface Stored {
  day: string;
  runs: number;
  lost?: number;
}

export function createGateRuns(sqlite: Sqlite, log: Writes): GateRuns {
  const facts = createFacts(sqlite);
  const countOn = (ms: number): { runs: number; lost: number } => {
    // Earlier versions stored no `lost`.
    const { day, runs, lost = 0 } = JSON.parse(facts.read(FACT) ?? '{"day":"","runs":0}') as Stored;
    return day === dayOf(ms) ? { runs, lost } : { runs: 0, lost: 0 };
  };
  const store = (ms: number, count: { runs: number; lost: number }) =>
    facts.write(FACT, JSON.stringify({ day: dayOf(ms), ...count } satisfies Stored));
  return {
    begunOn: (ms) => countOn(ms).runs,
    begin: (most) =>
      log.write(({ nowMs }) => {
        const { runs, lost } = countOn(nowMs);
        if (runs >= most) return false;
        store(nowMs, { runs: runs + 1, lost });
        return true;
      }),
    giveBack: (most) =>
      log.write(({ nowMs }) => {
        const { runs, lost } = countOn(nowMs);
        if (runs === 0 || lost >= most) return false;
        store(nowMs, { runs: runs - 1, lost: lost + 1 });
        return true;
      }),
  };
}
