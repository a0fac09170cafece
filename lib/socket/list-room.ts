/** Rows of lists for one socket: the trees that changed, the open reviews, and the state of slots and models. */
import type { Socket } from "socket.io";
import { createLoop } from "./coalesce";
import type { FeedSource } from "./source";
import { readMark } from "./tree-room";

const ACK_TIMEOUT_MS = 30_000;
/** Lists need not be quicker than an eye; many trees may change many times a second. */
const PAUSE_MS = 200;

export function openListRoom(socket: Socket, source: FeedSource): () => void {
  const changed = new Set<string>();
  const loop = createLoop(send, () => {
    unsubscribe();
    socket.disconnect(true);
  });

  async function send(): Promise<void> {
    const mark = readMark();
    const ids = [...changed];
    changed.clear();
    const [trees, reviews, status] = await Promise.all([
      Promise.all(ids.map((id) => readTree(source, id))),
      source.queries.listReviews({ open: true, limit: 50 }),
      source.queries.getStatus(),
    ]);
    const gone = ids.filter((_, index) => trees[index] === null);
    const batch = { mark, trees: trees.filter((tree) => tree !== null), gone, reviews: reviews.items, status };
    await socket.timeout(ACK_TIMEOUT_MS).emitWithAck("trees:batch", batch);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
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
async function readTree(source: FeedSource, id: string): Promise<unknown> {
  try {
    return await source.queries.getTree(id, { tasks: "none" });
  } catch (error) {
    if (error instanceof Error && error.name === "UserError") return null;
    throw error;
  }
}
