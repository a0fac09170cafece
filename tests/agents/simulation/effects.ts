/** Watches the steps with effects: which process runs which call, under which guarantee of the runtime. */
import type { Owner } from "./clock";
import type { Tally } from "./tally";

interface Effect {
  kind: string;
  owner: Owner;
  signal: AbortSignal;
}

export interface Effects {
  /** Records that a model or tool call starts; returns a function that records its end. */
  begin(kind: string, task: string, owner: Owner, signal: AbortSignal): () => void;
  /** Programs of a frozen process cannot be ended until it continues. */
  disturb(owner: Owner): void;
}

export function createEffects(tally: Tally): Effects {
  const running = new Map<string, Set<Effect>>();
  return {
    begin(kind, task, owner, signal) {
      const effect = { kind, owner, signal };
      const others = running.get(task) ?? new Set<Effect>();
      running.set(task, others);
      for (const other of others) {
        if (other.owner.life === "alive" && !other.signal.aborted)
          tally.broken(`The task ${task} has a ${kind} call beside a ${other.kind} call.`);
      }
      others.add(effect);
      if (signal.aborted)
        tally.broken(`A ${kind} call of ${task} begins under a signal that is aborted already: ${signal.reason}`);
      return () => others.delete(effect);
    },
    disturb(owner) {
      for (const others of running.values()) {
        for (const effect of others) if (effect.owner === owner) others.delete(effect);
      }
    },
  };
}
