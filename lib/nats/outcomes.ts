/** Outcomes of calls: the runner stores them, in order and for as long as it takes; the server asks for them. */
import { type JetStreamManager, jetstream } from "@nats-io/jetstream";
import type { NatsLink } from "./connect";
import { NatsError } from "./errors";
import { outcomesStream, subjects } from "./names";
import { apiCodeOf } from "./prepare";
import { encoded, type Outcome, outcomeShape, parsed, type StoredOutcome } from "./wire";

/** JetStream's code of a subject that has its only message already: this outcome was stored before. */
const STORED_BEFORE = 10_077;
const STORE_MS = 5_000;
const FIRST_WAIT_MS = 100;
const MOST_WAIT_MS = 5_000;

export interface OutcomeStore {
  /** Keeps the outcome until it is stored, and calls back then. A body that is too large, or no JSON, is left out. */
  add(outcome: Outcome, onStored: () => void): void;
  waiting(): number;
  /** Resolves when nothing waits. */
  settled(): Promise<void>;
  close(): void;
}

/** The runner's side. */
export function createOutcomeStore(link: NatsLink, cell: string, runner: string): OutcomeStore {
  const client = jetstream(link.connection, { timeout: STORE_MS });
  const queue: { callId: string; bytes: Uint8Array; onStored: () => void }[] = [];
  const closed = new AbortController();
  let work: Promise<void> | null = null;
  let wake = () => {};

  const store = async ({ callId, bytes }: { callId: string; bytes: Uint8Array }): Promise<boolean> => {
    try {
      await client.publish(subjects.outcome(cell, runner, callId), bytes, {
        msgID: callId,
        expect: { streamName: outcomesStream(cell) },
      });
      return true;
    } catch (error) {
      return apiCodeOf(error) === STORED_BEFORE;
    }
  };
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const storeAll = async () => {
    let waitMs = FIRST_WAIT_MS;
    for (let first = queue[0]; first && !closed.signal.aborted; first = queue[0]) {
      if (link.isUp() && (await store(first))) {
        queue.shift();
        first.onStored();
        waitMs = FIRST_WAIT_MS;
      } else if (!closed.signal.aborted) {
        await pause(waitMs);
        waitMs = Math.min(2 * waitMs, MOST_WAIT_MS);
      }
    }
    work = null;
  };
  const offBack = link.onBack(() => wake());
  return {
    add(outcome, onStored) {
      queue.push({ callId: outcome.callId, bytes: fitting(outcome), onStored });
      work ??= storeAll();
    },
    waiting: () => queue.length,
    async settled() {
      while (work) await work;
    },
    close() {
      closed.abort();
      offBack();
      wake();
    },
  };
}

function fitting(outcome: Outcome): Uint8Array {
  try {
    return encoded(outcome);
  } catch (error) {
    // Anything else means that the body is no JSON.
    const state = error instanceof NatsError ? "too-large" : "failed";
    return encoded({ ...outcome, state, body: null } satisfies Outcome);
  }
}

/** The server's side: asks the stream's leader. Throws NatsError `unreachable`. */
export async function storedOutcome(
  manager: JetStreamManager,
  cell: string,
  { runner, callId }: { runner: string; callId: string },
): Promise<StoredOutcome | null> {
  try {
    const found = await manager.streams.getMessage(outcomesStream(cell), {
      last_by_subj: subjects.outcome(cell, runner, callId),
    });
    return found === null ? null : readOutcome(found.data, callId);
  } catch {
    throw new NatsError(
      "unreachable",
      "The stored outcomes cannot be read now: NATS has no leader for them, or is cut off.",
    );
  }
}

/** Returns what a message under the call's subject says. */
export function readOutcome(data: Uint8Array, callId: string): StoredOutcome {
  const outcome = parsed(outcomeShape, data);
  return outcome !== null && outcome.callId === callId ? outcome : { callId, state: "broken" };
}
