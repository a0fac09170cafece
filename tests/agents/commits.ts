/** Waits for what commits bring, without asking the database all the time. */
import type { Log } from "@/db/log/log";

/** At least this is between two looks: many commits may follow each other. */
const PAUSE_MS = 5;
/** Another process may commit, of which this one does not always hear. */
const MOST_MS = 100;

/** Looks at once and soon after each commit, until a look returns something; resolves with that. Rejects when a look does. */
export async function seenInCommits<T>(log: Pick<Log, "onCommit">, look: () => Promise<T | null>): Promise<T> {
  let hasCommitted = false;
  let wake = () => {};
  const unsubscribe = log.onCommit(() => {
    hasCommitted = true;
    wake();
  });
  try {
    for (;;) {
      hasCommitted = false;
      const seen = await look();
      if (seen !== null) return seen;
      if (!hasCommitted) await new Promise<void>((resolve) => (wake = endOfWait(resolve)));
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  } finally {
    unsubscribe();
  }
}

/** Returns a function that resolves at once; otherwise it is done after `MOST_MS`. */
function endOfWait(resolve: () => void): () => void {
  const timer = setTimeout(resolve, MOST_MS);
  return () => {
    clearTimeout(timer);
    resolve();
  };
}
