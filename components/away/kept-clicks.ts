/**
 * Keeps what a person pressed while the server was away. It stays in the page's memory until the server answers, and is
 * sent with the key of the first try, so that it is done once. It is never on disk, because it may contain a secret.
 */
import { currentConnection } from "@/components/feed/socket";

/** How often the page asks whether the server is back. */
const POLL_MS = 1_000;
/** A connection that works while requests fail is not a server that is away. */
const MOST_TRIES_WHILE_LIVE = 3;

export interface KeptClick {
  id: number;
  /** What was pressed, as the beginning of a sentence. */
  words: string;
  takeBack: () => void;
}

let waiting: readonly KeptClick[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

export const keptClicks = (): readonly KeptClick[] => waiting;

export function onKeptClicks(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The browser asks before the page, and what it keeps, is closed. */
const askBeforeClosing = (event: BeforeUnloadEvent) => event.preventDefault();

function put(next: readonly KeptClick[]): void {
  waiting = next;
  if (next.length > 0) window.addEventListener("beforeunload", askBeforeClosing);
  else window.removeEventListener("beforeunload", askBeforeClosing);
  for (const listener of listeners) listener();
}

/** A page without news still sends what a person presses, as long as the server answers. */
function hasLostServer(): boolean {
  const connection = currentConnection();
  return connection.state === "lost" && !connection.isAnswering;
}

interface TakenBack {
  ok: false;
  sentence: string;
  issues?: undefined;
}

/** The message for a person who takes an action back. `wasSent`: a try may have arrived before the server went away. */
const takenBack = (wasSent: boolean): TakenBack => ({
  ok: false,
  sentence: wasSent
    ? "Taken back. The server may have received it before it went away: look when it is back."
    : "Taken back. Nothing was sent.",
});

/**
 * Sends an action. While the server is away, the action waits and can be taken back. `send` uses the same key each time;
 * `isLost` says whether the page has lost its server.
 */
export async function sendKept<Answer>(
  words: string,
  send: () => Promise<Answer>,
  isLost: () => boolean = hasLostServer,
): Promise<Answer | TakenBack> {
  // A request without an answer fails with a TypeError; what the server refused does not.
  const isAway = (error: unknown) => isLost() || error instanceof TypeError;
  let wasSent = false;
  if (!isLost()) {
    try {
      return await send();
    } catch (error) {
      if (!isAway(error)) throw error;
      wasSent = true;
    }
  }
  let stop = () => {};
  const stopped = new Promise<true>((resolve) => {
    stop = () => resolve(true);
  });
  const click: KeptClick = { id: ++lastId, words, takeBack: stop };
  put([...waiting, click]);
  try {
    for (let failed = 0; ; ) {
      if (await Promise.race([stopped, afterAWhile()])) return takenBack(wasSent);
      if (isLost()) continue;
      try {
        return await send();
      } catch (error) {
        wasSent = true;
        failed += 1;
        if (!isAway(error) || failed >= MOST_TRIES_WHILE_LIVE) throw error;
      }
    }
  } finally {
    put(waiting.filter((one) => one !== click));
  }
}

function afterAWhile(): Promise<false> {
  return new Promise((resolve) => setTimeout(() => resolve(false), POLL_MS));
}
