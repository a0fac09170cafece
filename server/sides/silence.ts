/**
 * Ends a side that hangs, so that it starts again as after a crash: a side in an endless loop, or stopped from outside,
 * would stay like that forever, and nobody may look for days.
 */
import { ALIVE_EVERY_MS } from "@/lib/process/side";
import type { SideProcess } from "./side-process";

export interface SilenceLimits {
  /**
   * How long a side may be busy with one thing. It loses its leases long before; the limit is generous because a
   * machine may be short of memory or have a slow disk.
   */
  silentMs: number;
  /** While it starts, it may prepare a large database. */
  startMs: number;
}

export const SILENCE_LIMITS: SilenceLimits = { silentMs: 180_000, startMs: 1_800_000 };

export interface SilenceWatch {
  begin(side: SideProcess): void;
  /** The side has given a sign of life. */
  heard(side: SideProcess): void;
  /** The side has started: the shorter limit counts from now on. */
  ready(side: SideProcess): void;
  /** Ends the sides that were silent for too long. Called at an interval. */
  check(): void;
}

/** `now`: a monotonic clock. `onSilent` is told before a side is ended. */
export function watchSilence(
  { silentMs, startMs }: SilenceLimits,
  now: () => number,
  onSilent: (side: SideProcess, seconds: number) => void,
): SilenceWatch {
  const sides = new Map<SideProcess, { heardMs: number; mostMs: number }>();
  let checkedMs = now();
  return {
    begin: (side) => void sides.set(side, { heardMs: now(), mostMs: startMs }),
    heard(side) {
      const known = sides.get(side);
      if (known) known.heardMs = now();
    },
    ready(side) {
      const known = sides.get(side);
      if (known) known.mostMs = silentMs;
    },
    check() {
      const nowMs = now();
      // This process was stopped, perhaps with the whole machine, so it has not yet read what the sides sent meanwhile.
      const stoodStill = nowMs - checkedMs > 4 * ALIVE_EVERY_MS;
      checkedMs = nowMs;
      for (const [side, known] of sides) {
        if (side.hasEnded()) sides.delete(side);
        else if (stoodStill) known.heardMs = nowMs;
        else if (nowMs - known.heardMs > known.mostMs) {
          sides.delete(side);
          onSilent(side, Math.round((nowMs - known.heardMs) / 1_000));
          side.kill();
        }
      }
    },
  };
}
