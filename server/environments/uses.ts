/** Counts what goes on with environments, and says that they are used: at each visit, and for as long as a connection is open. */

/** A visit is written at most so often. */
const USED_EACH_MS = 30_000;
/** More at once would take the connections of Banyan's own pages: of one environment, and of all together. */
const MOST_AT_ONCE = 100;
const MOST_TOGETHER = 200;

interface Open {
  count: number;
  /** A WebSocket may be open for hours, and its environment would fall asleep below it. */
  timer: NodeJS.Timeout;
}

export function createUses(use: (uid: string) => Promise<void>, now: () => number) {
  const usedAtMs = new Map<string, number>();
  const open = new Map<string, Open>();

  const visit = async (uid: string) => {
    const lastMs = usedAtMs.get(uid);
    if (lastMs !== undefined && Math.abs(now() - lastMs) < USED_EACH_MS) return;
    usedAtMs.set(uid, now());
    await use(uid);
  };
  const visitAgain = (uid: string) => {
    const timer = setInterval(() => {
      // One that could not be written is followed by the next.
      visit(uid).catch(() => undefined);
    }, USED_EACH_MS);
    timer.unref();
    return timer;
  };

  return {
    visit,
    /** Counts one more; returns of what too much goes on already, or null. */
    begin(uid: string): string | null {
      const { count, timer } = open.get(uid) ?? { count: 0, timer: undefined };
      if (count >= MOST_AT_ONCE) return `More than ${MOST_AT_ONCE} requests to it`;
      if ([...open.values()].reduce((sum, one) => sum + one.count, 0) >= MOST_TOGETHER)
        return `More than ${MOST_TOGETHER} requests to environments`;
      open.set(uid, { count: count + 1, timer: timer ?? visitAgain(uid) });
      return null;
    },
    end(uid: string): void {
      const one = open.get(uid);
      if (one === undefined) return;
      one.count -= 1;
      if (one.count > 0) return;
      clearInterval(one.timer);
      open.delete(uid);
    },
  };
}
