/**
 * Sends a tree to a socket: committed messages in order of `seq` from the client's cursor, and the rows that changed.
 * The next batch waits until the client has acknowledged the last batch, so a slow client delays only itself. Messages
 * that arrive meanwhile are in the log and go out with the next batch.
 */
import type { Message, Task } from "@/core/shapes/shapes";
import type { TreeBatch } from "@/core/shapes/wire";
import { createLoop } from "./coalesce";
import type { LiveSocket } from "./live-socket";
import { createReviewReader } from "./open-reviews";
import type { FeedSource } from "./source";

const PAGE_LIMIT = 200;
/** Reading a large tree is slow. After a read that took longer, the room rests a multiple of what it took, so that others get their turn. */
const QUICK_MS = 10;
const REST_SHARE = 3;
const ACK_TIMEOUT_MS = 30_000;
const MAX_INSTRUCTION = 300;

let lastReadAt = 0;
/** Returns a number that orders reads of rows: later reads get a greater number, even after a restart. */
export function readMark(): number {
  lastReadAt = Math.max(lastReadAt + 1, Date.now() * 1000);
  return lastReadAt;
}

/**
 * Opens the room and returns a function that closes it. `after` is the cursor of the client's last message. `isAgain`
 * means that the client reconnects, or shows a page from earlier again, so it may have missed rows that changed without a
 * message (claims, rests, pauses).
 */
export function openTreeRoom(
  socket: LiveSocket,
  source: FeedSource,
  treeId: string,
  after: string,
  isAgain = false,
): () => void {
  let cursor = after;
  let first = true;
  const changed = new Set<string>();
  const readReviews = createReviewReader(source, { treeId, limit: 100 });

  const loop = createLoop(sendBatches, (error) => {
    close();
    // A `UserError` goes to the client as a message. After any other error the client reconnects with its cursor.
    if (error instanceof Error && error.name === "UserError")
      socket.emit("tree:lost", { treeId, problem: error.message });
    else socket.disconnect(true);
  });

  async function sendBatches(): Promise<void> {
    for (let more = true; more && !loop.stopped; ) {
      const page = await source.queries.listMessages({ treeId }, { after: cursor || undefined, limit: PAGE_LIMIT });
      more = page.items.length === PAGE_LIMIT;
      await send(page.items);
    }
  }

  async function send(messages: Message[]): Promise<void> {
    for (const message of messages) changed.add(message.task_id);
    // A client that missed messages may also have missed rows of other tasks, so send all rows.
    const everything = first && (isAgain || messages.length > 0 || after === "");
    const startedMs = performance.now();
    const mark = readMark();
    const ids = [...changed];
    changed.clear();
    const [tasks, tree, reviews] = await Promise.all([
      readTasks(ids, everything),
      source.queries.getTree(treeId, { tasks: "none" }),
      readReviews(),
    ]);
    const readMs = performance.now() - startedMs;
    first = false;
    const next = messages.length > 0 ? String(messages[messages.length - 1]!.seq) : cursor;
    const batch = { treeId, after: cursor, cursor: next, mark, messages, tasks, tree, reviews };
    if (loop.stopped) return;
    await socket.timeout(ACK_TIMEOUT_MS).emitWithAck("tree:batch", batch satisfies TreeBatch);
    cursor = next;
    if (readMs > QUICK_MS) await new Promise((resolve) => setTimeout(resolve, REST_SHARE * readMs));
  }

  async function readTasks(ids: string[], everything: boolean): Promise<Task[]> {
    if (!everything && ids.length === 0) return [];
    const { tasks } = await source.queries.getTree(treeId, { tasks: everything ? "rows" : { changed: ids } });
    return tasks.map(lighten);
  }

  const unsubscribe = source.live.onTree(treeId, (change) => {
    for (const id of change.taskIds) changed.add(id);
    loop.wake();
  });

  function close(): void {
    loop.stop();
    unsubscribe();
  }

  loop.wake();
  return close;
}

/** Returns the task without its long texts. The client fetches them when a person opens the task. */
function lighten(task: Task): Task {
  return { ...task, instruction: task.instruction.slice(0, MAX_INSTRUCTION), result: null, summary: null };
}
