/** Whether agents may propose changes of Banyan's own code. A new installation allows it. */
import type { Sqlite } from "@/db/file/client";
import { createFacts } from "@/db/file/facts";
import type { Writes } from "@/db/file/writes";

export interface SwitchedOff {
  by: string;
  sinceMs: number;
  reason: string;
}

export interface SelfSwitchStore {
  /** Returns who switched it off; null while it is on. */
  off(): SwitchedOff | null;
  /** Resolve with whether the call changed anything. */
  switchOff(by: string, reason: string): Promise<boolean>;
  switchOn(): Promise<boolean>;
}

const FACT = "self_off";

export function createSelfSwitchStore(sqlite: Sqlite, log: Writes): SelfSwitchStore {
  const facts = createFacts(sqlite);
  const off = () => JSON.parse(facts.read(FACT) ?? "null") as SwitchedOff | null;
  const change = (next: (nowMs: number) => SwitchedOff | null) =>
    log.write(({ nowMs }) => {
      const wanted = next(nowMs);
      if ((off() === null) === (wanted === null)) return false;
      facts.write(FACT, JSON.stringify(wanted));
      return true;
    });
  return {
    off,
    switchOff: (by, reason) => change((sinceMs) => ({ by, sinceMs, reason })),
    switchOn: () => change(() => null),
  };
}
