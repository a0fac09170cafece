/** Waits for a free slot of a runner, first come, first served. */
import type { Presence } from "../nats/port";

interface Line {
  waiting: (() => void)[];
  forget(): void;
}

const lines = new WeakMap<Presence, Map<string, Line>>();

/**
 * Resolves when the runner says that it has a free slot that no earlier waiter of this process was given, or that it is
 * gone; rejects with the signal's reason.
 */
export function whenFree(presence: Presence, runner: string, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const line = lineOf(presence, runner);
  return new Promise<void>((resolve, reject) => {
    const leave = () => {
      const at = line.waiting.indexOf(wake);
      if (at >= 0) line.waiting.splice(at, 1);
      if (line.waiting.length === 0) close(presence, runner, line);
    };
    const wake = () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    };
    const abort = () => {
      leave();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
    line.waiting.push(wake);
  });
}

function lineOf(presence: Presence, runner: string): Line {
  const known = lines.get(presence) ?? new Map<string, Line>();
  lines.set(presence, known);
  const line = known.get(runner) ?? { waiting: [], forget: () => {} };
  if (known.has(runner)) return line;
  known.set(runner, line);
  const wakeFirst = (count: number) => {
    for (const wake of line.waiting.splice(0, count)) wake();
    if (line.waiting.length === 0) close(presence, runner, line);
  };
  line.forget = presence.onChange((change) => {
    if (change.state === "gone") {
      if (change.runner === runner) wakeFirst(line.waiting.length);
    } else if (change.record.runner === runner)
      wakeFirst(change.record.slots === 0 ? line.waiting.length : change.record.free);
  });
  return line;
}

function close(presence: Presence, runner: string, line: Line): void {
  line.forget();
  lines.get(presence)?.delete(runner);
}
