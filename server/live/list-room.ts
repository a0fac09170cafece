/** Rows of lists for one socket: the trees that changed, the open reviews, and the state of slots and models. */
import type { Tree } from "@/core/shapes/shapes";
import { createLoop } from "./coalesce";
import type { LiveSocket } from "./live-socket";
import { createReviewReader } from "./open-reviews";
import type { FeedSource } from "./source";
import { readMark } from "./tree-room";

const ACK_TIMEOUT_MS = 30_000;
/** Lists need not be quicker than an eye; many trees may change many times a second. */
const PAUSE_MS = 200;

/** The others of many follow after the pause. */
const MOST_AT_ONCE = 50;

/** `held`: trees whose rows the client has from an earlier connection; they may have changed, or be gone. */
export function openListRoom(socket: LiveSocket, source: FeedSource, held: readonly string[] = []): () => void {
  const changed = new Set(held);
  const readReviews = createReviewReader(source, { limit: 50 });
  const loop = createLoop(send, () => {
    unsubscribe();
    socket.disconnect(true);
  });

  async function send(): Promise<void> {
    const mark = readMark();
    const ids = [...changed].slice(0, MOST_AT_ONCE);
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

/** null for a tree that was deleted. */
async function readTree(source: FeedSource, id: string): Promise<Tree | null> {
  try {
    return await source.queries.getTree(id, { tasks: "none" });
  } catch (error) {
    if (error instanceof Error && error.name === "UserError") return null;
    throw error;
  }
}
