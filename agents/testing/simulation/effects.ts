/** Watches the steps that have effects: who runs what, under which promise of the runtime. */
import type { Owner } from "./clock";
import type { Tally } from "./tally";

interface Effect {
  kind: string;
  owner: Owner;
  signal: AbortSignal;
}

export interface Effects {
  /** A model or tool call of a task begins; the function that is returned ends it. */
  begin(kind: string, task: string, owner: Owner, signal: AbortSignal): () => void;
  /** What runs for a process that stands still cannot be ended by anybody until it goes on. */
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
