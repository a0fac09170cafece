/** Sends list updates to a socket: changed trees, open reviews and the server status. */
import type { Tree } from "@/core/shapes/shapes";
import { createLoop } from "./coalesce";
import type { LiveSocket } from "./live-socket";
import { createReviewReader } from "./open-reviews";
import type { FeedSource } from "./source";
import { readMark } from "./tree-room";

const ACK_TIMEOUT_MS = 30_000;
/** A pause between batches, because many trees may change many times a second. */
const PAUSE_MS = 200;

/** The most trees in a batch. The rest follows after the pause. */
const MAX_BATCH = 50;

/**
 * Opens the room and returns a function that closes it. `held` are trees that the client has from its page or an earlier
 * connection; they may have changed or been deleted.
 */
export function openListRoom(socket: LiveSocket, source: FeedSource, held: readonly string[] = []): () => void {
  const changed = new Set(held);
  const readReviews = createReviewReader(source, { limit: 50 });
  const loop = createLoop(send, () => {
    unsubscribe();
    socket.disconnect(true);
  });

  async function send(): Promise<void> {
    const mark = readMark();
    const ids = [...changed].slice(0, MAX_BATCH);
    for (const id of ids) changed.delete(id);
    const [trees, reviews, status] = await Promise.all([
      Promise.all(ids.map((id) => readTree(source, id))),
      readReviews(),
      source.queries.getStatus(),
    ]);
    const gone = ids.filter((_, index) => trees[index] === null);
    const batch = { mark, trees: trees.filter((tree) => tree !== null), gone, reviews, status };
    await socket.timeout(ACK_TIMEOUT_MS).emitWithAck("trees:batch", batch);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (changed.size > 0) loop.wake();
  }

  const unsubscribe = source.live.onTrees((change) => {
    for (const id of change.treeIds) changed.add(id);
    loop.wake();
  });
  loop.wake();
  return () => {
    loop.stop();
    unsubscribe();
  };
}

/** Returns the tree; null if it was deleted. */
async function readTree(source: FeedSource, id: string): Promise<Tree | null> {
  try {
    return await source.queries.getTree(id, { tasks: "none" });
  } catch (error) {
    if (error instanceof Error && error.name === "UserError") return null;
    throw error;
  }
}
