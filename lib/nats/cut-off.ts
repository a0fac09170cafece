/**
 * Leaves a node of NATS that is cut off from the others. It answers and delivers as before, but only to whoever is
 * connected with it; it stores nothing, because that takes most nodes. So that is what its clients look at.
 */
import { performance } from "node:perf_hooks";
import type { ClusterInfo, JetStreamManager } from "@nats-io/jetstream";
import { millis } from "@nats-io/transport-node";
import type { NatsLink } from "./connect";
import { outcomesStream } from "./names";

/** Longer than an election of a leader; and a runner ends its programs after 15 s, so it has time to be heard again. */
export const RUNNER_LEAVES_MS = 9_000;
/** A server ends nothing, and who leaves a good node during a slow election misses what runners say meanwhile. */
export const SERVER_LEAVES_MS = 20_000;
/** A leader hears its followers every second. */
const FOLLOWS_MS = 10_000;
/** Where no node stores anything, all of them are tried in turn, ever more slowly. */
const MOST_MS = 60_000;
const LOOK_MS = 1_000;
/** A look that is this late means that this process was held: what arrived meanwhile is not read yet. */
const HELD_MS = 3 * LOOK_MS;
const ASK_EVERY_MS = 3_000;

/** `silentMs`: how long nothing was stored; `leaveMs`: how long it stays then. Returns a function that ends it. */
export function leaveCutOffNodes(link: NatsLink, silentMs: () => number, leaveMs: number): () => void {
  let waitMs = leaveMs;
  let sinceMs = performance.now();
  let lookedMs = sinceMs;
  const look = () => {
    const now = performance.now();
    if (now - lookedMs > HELD_MS) sinceMs = now;
    lookedMs = now;
    if (!link.isUp()) return;
    if (silentMs() < leaveMs) {
      waitMs = leaveMs;
      return;
    }
    if (Math.min(silentMs(), now - sinceMs) < waitMs) return;
    waitMs = Math.min(2 * waitMs, MOST_MS);
    link.leaveNode();
  };
  const timer = setInterval(look, LOOK_MS);
  const offBack = link.onBack(() => {
    sinceMs = performance.now();
  });
  return () => {
    clearInterval(timer);
    offBack();
  };
}

export interface StreamsWatch {
  /** How long it is since a leader of the outcomes answered that most nodes follow. */
  silentMs(): number;
  close(): void;
}

/** A server stores nothing by itself for long times, so it asks the leader of a stream. */
export function watchStreams(link: NatsLink, manager: JetStreamManager, cell: string): StreamsWatch {
  let heardMs = performance.now();
  const ask = async () => {
    const askedMs = performance.now();
    try {
      const { cluster } = await manager.streams.info(outcomesStream(cell));
      if (isFollowed(cluster)) heardMs = Math.max(heardMs, askedMs);
    } catch {
      // Cut off, or without a leader: the next look asks again.
    }
  };
  const timer = setInterval(() => {
    if (link.isUp() && performance.now() - heardMs >= ASK_EVERY_MS) void ask();
  }, LOOK_MS);
  return {
    silentMs: () => performance.now() - heardMs,
    close: () => clearInterval(timer),
  };
}

/** A leader that is cut off leads on for a while. It tells when it last heard of each of the others. */
function isFollowed(cluster: ClusterInfo | undefined): boolean {
  const others = cluster?.replicas ?? [];
  const heard = others.filter(({ active }) => millis(active) < FOLLOWS_MS);
  return 2 * (heard.length + 1) > others.length + 1;
}
