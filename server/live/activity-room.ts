/**
 * Sends a socket what a tree's tasks do now: a line for each of them, and the text of the watched task from where the
 * client has it, so a client that joins in the middle gets the beginning first. A frame goes out when the last one was
 * taken, and holds everything since. So a slow client gets fewer and larger frames, and nothing queues up.
 */
import { type ActivityFrame, CHANNELS, type Channel } from "@/core/shapes/live";
import { createLoop } from "./coalesce";
import type { LiveSocket } from "./live-socket";
import type { FeedSource } from "./source";

const ACK_TIMEOUT_MS = 30_000;
/** A pause between frames, because a model streams many pieces a second. */
const FRAME_PAUSE_MS = 80;
const LIST_PAUSE_MS = 250;

export interface ActivityRoom {
  /** Sends the activity of this task from its beginning. */
  watch(taskId: string | null): void;
  close(): void;
}

export function openActivityRoom(
  socket: LiveSocket,
  source: FeedSource,
  treeId: string,
  watched: string | null,
): ActivityRoom {
  const disconnect = () => {
    close();
    socket.disconnect(true);
  };
  const frames = createFrames(source, treeId, watched);
  const text = createLoop(async () => {
    for (let frame = frames.next(); frame && !text.stopped; frame = frames.next()) {
      await socket.timeout(ACK_TIMEOUT_MS).emitWithAck("tree:activity", frame);
      await rest(FRAME_PAUSE_MS);
    }
  }, disconnect);
  let sent = "[]";
  const list = createLoop(async () => {
    const running = source.live.activitiesIn(treeId);
    const now = JSON.stringify(running);
    if (now === sent) return;
    sent = now;
    await socket.timeout(ACK_TIMEOUT_MS).emitWithAck("tree:now", { treeId, running });
    await rest(LIST_PAUSE_MS);
  }, disconnect);
  const unsubscribe = source.live.onActivity(treeId, (change) => {
    frames.tell(change);
    text.wake();
    list.wake();
  });
  function close(): void {
    unsubscribe();
    text.stop();
    list.stop();
  }
  text.wake();
  list.wake();
  return {
    watch(taskId) {
      frames.watch(taskId);
      text.wake();
    },
    close,
  };
}

/** Makes the frames of the watched task, and remembers what was sent. */
function createFrames(source: FeedSource, treeId: string, first: string | null) {
  let taskId = first;
  let lost: number | null = null;
  /** The number of the activity that was sent, and the end of each channel there. */
  let sent = { number: 0, line: null as string | null, ends: new Map<Channel, number>() };

  /** Returns what is new of the activity, or null. */
  function news(): ActivityFrame | null {
    const now = taskId === null ? null : source.live.activityOf(treeId, taskId);
    if (!now) return null;
    const isNew = now.number !== sent.number;
    if (isNew) sent = { number: now.number, line: null, ends: new Map() };
    const channels: ActivityFrame["channels"] = {};
    for (const channel of CHANNELS) {
      const kept = now.channels[channel];
      if (!kept) continue;
      const end = kept.start + kept.text.length;
      const start = Math.max(kept.start, sent.ends.get(channel) ?? 0);
      if (start < end) channels[channel] = { start, text: kept.text.slice(start - kept.start) };
      sent.ends.set(channel, end);
    }
    if (!isNew && now.line === sent.line && Object.keys(channels).length === 0) return null;
    sent.line = now.line;
    return { ...now, channels, lost: false };
  }

  return {
    watch(next: string | null): void {
      taskId = next;
      lost = null;
      sent = { number: 0, line: null, ends: new Map() };
    },
    tell(change: { taskId: string; lost?: number }): void {
      if (change.taskId === taskId && change.lost !== undefined && change.lost === sent.number) lost = change.lost;
    },
    next(): ActivityFrame | null {
      if (lost === null || taskId === null) return news();
      const frame = { task_id: taskId, number: lost, turn: 0, since: "", call: null, line: null };
      lost = null;
      return { ...frame, channels: {}, lost: true };
    },
  };
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
