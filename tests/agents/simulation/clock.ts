/** The simulation's time: it stands still until all processes are idle, then jumps to the next due event. */
import type { Timers } from "@/lib/time/timers";

/** The event's process. Events of a dead process never happen; those of a frozen process happen when it thaws. */
export interface Owner {
  life: "alive" | "frozen" | "dead";
  held: (() => void)[];
  /** On the monotonic clock. */
  thawedAtMs: number;
}

interface Due {
  atMs: number;
  order: number;
  owner: Owner;
  run(): void;
}

export interface SimulatedClock {
  /** The wall clock, which may jump. */
  now(): number;
  /** Never goes back. */
  monotonic(): number;
  jump(ms: number): void;
  after(ms: number, owner: Owner, run: () => void): void;
  timersOf(owner: Owner): Timers;
  /** Drops the functions of a dead process's events, and with them its memory. The events' times still come. */
  forget(owner: Owner): void;
  /** Goes to the next event and runs it; false when there is none. */
  step(): boolean;
}

/** A closure for each event would keep its process in memory. */
const NOTHING = () => {};

export function createClock(): SimulatedClock {
  const due: Due[] = [];
  let monotonicMs = 0;
  let wallMs = 1_800_000_000_000;
  let order = 0;

  function add(ms: number, owner: Owner, run: () => void): Due {
    order += 1;
    const event: Due = { atMs: monotonicMs + Math.max(0, Math.ceil(ms)), order, owner, run };
    let index = due.length;
    while (index > 0 && (due[index - 1] as Due).atMs > event.atMs) index -= 1;
    due.splice(index, 0, event);
    return event;
  }

  function timersOf(owner: Owner): Timers {
    return {
      after(ms, run) {
        const event = add(ms, owner, run);
        return () => {
          event.run = NOTHING;
        };
      },
      every(ms, run) {
        let ended = false;
        const again = () => {
          if (ended) return;
          run();
          add(ms, owner, again);
        };
        add(ms, owner, again);
        return () => {
          ended = true;
        };
      },
    };
  }

  return {
    now: () => wallMs,
    monotonic: () => monotonicMs,
    jump(ms) {
      wallMs += ms;
    },
    after: (ms, owner, run) => void add(ms, owner, run),
    timersOf,
    forget(owner) {
      for (const event of due) if (event.owner === owner) event.run = NOTHING;
    },
    step() {
      const event = due.shift();
      if (!event) return false;
      wallMs += event.atMs - monotonicMs;
      monotonicMs = event.atMs;
      if (event.owner.life === "alive") event.run();
      else if (event.owner.life === "frozen") event.owner.held.push(event.run);
      return true;
    },
  };
}
