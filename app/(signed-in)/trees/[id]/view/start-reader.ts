/** Reads what a view shows again and again, as commits arrive, without overtaxing the server. */

/** The shortest wait between two reads. After a slow read the wait is `REST_SHARE` times as long as the read took. */
const LEAST_REST_MS = 1_500;
const REST_SHARE = 10;

export interface Reader {
  /** Reads now or when the wait is over, unless the last read already covered this reason. */
  wake(why: string): void;
  stop(): void;
}

interface ReaderHandlers<Value> {
  /** Reads the value; `held` is what was read before. */
  read(held: Value | null, signal: AbortSignal): Promise<Value>;
  onRead(value: Value): void;
  onProblem(problem: string): void;
}

/** Starts a reader with one request at a time. All commits during a request are read together after the wait. */
export function startReader<Value>({ read, onRead, onProblem }: ReaderHandlers<Value>): Reader {
  const ended = new AbortController();
  let held: Value | null = null;
  let wanted: string | null = null;
  let answered: string | null = null;
  let isBusy = false;

  async function readOnce(): Promise<void> {
    isBusy = true;
    const why = wanted;
    const startedMs = performance.now();
    try {
      held = await read(held, ended.signal);
      answered = why;
      if (!ended.signal.aborted) onRead(held);
    } catch (error) {
      // The Retry button or the next commit reads again.
      wanted = null;
      answered = null;
      if (!ended.signal.aborted) onProblem(error instanceof Error ? error.message : "Unknown error.");
    }
    setTimeout(next, Math.max(LEAST_REST_MS, REST_SHARE * (performance.now() - startedMs)));
  }

  function next(): void {
    isBusy = false;
    if (wanted !== answered && !ended.signal.aborted) void readOnce();
  }

  return {
    wake(why) {
      wanted = why;
      if (!isBusy) next();
    },
    stop: () => ended.abort(),
  };
}
