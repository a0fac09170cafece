/** Sends the server status to a socket when it changes: counts, spend and alerts, which every page shows. */
import { createLoop } from "./coalesce";
import type { LiveSocket } from "./live-socket";
import type { FeedSource } from "./source";

/** A pause between updates, because every open page gets them. */
const PAUSE_MS = 1_000;
/** Polls, because machine alerts change without a commit. */
const POLL_MS = 15_000;

export function openStatusRoom(socket: LiveSocket, source: FeedSource): () => void {
  let last = "";
  const loop = createLoop(send, () => {
    close();
    socket.disconnect(true);
  });

  async function send(): Promise<void> {
    const status = await source.queries.getStatus();
    const text = JSON.stringify(status);
    if (text !== last) socket.emit("status", status);
    last = text;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }

  const unsubscribe = source.live.onTrees(() => loop.wake());
  const timer = setInterval(() => loop.wake(), POLL_MS);
  timer.unref();

  function close(): void {
    loop.stop();
    unsubscribe();
    clearInterval(timer);
  }

  loop.wake();
  return close;
}
