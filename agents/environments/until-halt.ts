/**
 * Work on environments and promotions until everything is paused. A key may have leaked, so each of its programs ends
 * then, also one that deploys. All this work can be repeated, as after a kill of the server.
 */
import type { Timers } from "@/lib/time/timers";
import type { EnvironmentSources } from "./sources";

const READ_MS = 1_000;

type HaltSources = Pick<EnvironmentSources, "openRepository" | "sandbox"> & {
  store: Pick<EnvironmentSources["store"], "halts">;
  timers: Timers;
};

export interface UntilHalt<Sources> {
  /** The given ones; they start no program once everything is paused. */
  sources: Sources;
  /** Aborts with the caller's signal, or when everything is paused. */
  signal: AbortSignal;
  /** Whether it was aborted because everything is paused. */
  isHalted(): boolean;
  /** Throws the signal's reason. Call it before programs that `sources` do not start. */
  requireNoHalt(): void;
  /** Has to be called when the work has ended. */
  end(): void;
}

export function untilHalt<Sources extends HaltSources>(sources: Sources, outer: AbortSignal): UntilHalt<Sources> {
  const { store, timers, sandbox, openRepository } = sources;
  const halted = new AbortController();
  const signal = AbortSignal.any([outer, halted.signal]);
  const look = () => {
    if (store.halts.current() !== null) halted.abort(new Error("Everything is paused."));
  };
  const requireNoHalt = () => {
    look();
    signal.throwIfAborted();
  };
  const asked: Pick<HaltSources, "openRepository" | "sandbox"> = {
    async openRepository(place, options, work) {
      requireNoHalt();
      return openRepository(place, options, work);
    },
    sandbox: {
      ...sandbox,
      async run(given) {
        requireNoHalt();
        return sandbox.run(given);
      },
      async start(given) {
        requireNoHalt();
        return sandbox.start(given);
      },
    },
  };
  return {
    sources: { ...sources, ...asked },
    signal,
    isHalted: () => halted.signal.aborted,
    requireNoHalt,
    // A program may take an hour, and what else is watched may hold a check up.
    end: timers.every(READ_MS, look),
  };
}
