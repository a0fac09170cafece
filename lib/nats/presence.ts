/**
 * Which runners are there. A runner writes its record into a bucket whose records live 20 s. The server hears the same
 * messages directly, so that an election of the bucket's leader makes no runner look silent, and reads the bucket only
 * for what was said before it listened.
 */
import { performance } from "node:perf_hooks";
import { type JetStreamManager, jetstream, jetstreamManager } from "@nats-io/jetstream";
import { Kvm } from "@nats-io/kv";
import { headers } from "@nats-io/transport-node";
import { added, listen, type NatsLink } from "./connect";
import { presenceBucket, subjects } from "./names";
import type { CellOptions, Presence, PresenceChange, RunnerState } from "./port";
import { SILENT_MS } from "./prepare";
import { encoded, type PresenceRecord, parsed, presenceShape } from "./wire";

const ANNOUNCE_EVERY_MS = 3_000;
/** A record that is not stored by then is sent again, in case the bucket elects its leader. */
const STORED_MS = 1_000;
/** A busy node may say later than that that it has stored a record, which counts from when it was sent. */
const ANSWER_MS = 10_000;
const LOOK_EVERY_MS = 1_000;
/** A look that is this late means that this process was held, not that runners were silent. */
const HELD_MS = 3 * LOOK_EVERY_MS;

interface Heard {
  record: PresenceRecord;
  /** By the steady clock. */
  atMs: number;
  /** Whether NATS is being asked for its record. */
  isAsked: boolean;
}

export interface WatchedPresence extends Presence {
  close(): void;
}

/** The server's side: listens to all runners of the cell. */
export async function watchPresence(
  link: NatsLink,
  { cell, poolOf = () => null, onWrongPool }: Pick<CellOptions, "cell" | "poolOf" | "onWrongPool">,
): Promise<WatchedPresence> {
  const store = await new Kvm(link.connection).open(presenceBucket(cell));
  const manager = await jetstreamManager(link.connection);
  const heard = new Map<string, Heard>();
  const listeners = new Set<(change: PresenceChange) => void>();
  let dropped = 0;
  const tell = (change: PresenceChange) => {
    for (const listener of [...listeners]) listener(change);
  };
  const remove = (runner: string) => {
    if (heard.delete(runner)) tell({ state: "gone", runner });
  };
  const take = (subject: string, data: Uint8Array) => {
    const record = parsed(presenceShape, data);
    if (record === null || subject !== subjects.presence(cell, record.runner)) {
      dropped += 1;
      return;
    }
    const { runner, pool: announced } = record;
    const pool = poolOf(runner);
    // Whoever has a runner's key must not bring it among machines that are trusted with more.
    if (pool !== null && announced !== pool) {
      dropped += 1;
      onWrongPool?.({ runner, announced, pool });
      // Its key was given another pool meanwhile.
      if (heard.get(runner)?.record.pool !== pool) remove(runner);
      return;
    }
    heard.set(record.runner, { record, atMs: performance.now(), isAsked: false });
    tell({ state: "present", record });
  };

  const subscription = listen(link.connection, subjects.presence(cell, "*"), ({ subject, data, headers: given }) => {
    if (given?.get("KV-Operation")) remove(subject.split(".").at(-1) ?? "");
    else take(subject, data);
  });
  const readBucket = async () => {
    for await (const key of await store.keys()) {
      const entry = await store.get(key);
      if (entry === null || entry.operation !== "PUT" || heard.has(key)) continue;
      // How old it is, only the nodes' clocks could tell. It is given its whole time.
      take(subjects.presence(cell, key), entry.value);
    }
  };
  try {
    await readBucket();
  } catch (error) {
    subscription.unsubscribe();
    throw error;
  }

  /** Nobody may replace a runner of which NATS still keeps a record, or may keep one: it goes on. */
  const removeIfGone = async (runner: string, one: Heard) => {
    if (one.isAsked) return;
    one.isAsked = true;
    const isKept = await hasRecord(manager, cell, runner).catch(() => true);
    one.isAsked = false;
    if (!isKept && heard.get(runner) === one && isSilent(one)) remove(runner);
  };

  let lookedMs = performance.now();
  const startAnew = () => {
    for (const one of heard.values()) one.atMs = performance.now();
  };
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - lookedMs > HELD_MS) startAnew();
    lookedMs = now;
    // Who is cut off hears nobody, which says nothing about them.
    if (link.isUp()) for (const [runner, one] of heard) if (isSilent(one)) void removeIfGone(runner, one);
  }, LOOK_EVERY_MS);
  const offBack = link.onBack(startAnew);
  return {
    list: () => [...heard.values()].map(({ record }) => record),
    onChange: (listener) => added(listeners, listener),
    keyPoolOf: poolOf,
    dropped: () => dropped,
    close() {
      clearInterval(timer);
      offBack();
      subscription.unsubscribe();
    },
  };
}

function isSilent({ atMs }: Heard): boolean {
  return performance.now() - atMs > SILENT_MS;
}

/** Asks the bucket's leader, which has most nodes with it. Rejects when nobody can say. */
async function hasRecord(manager: JetStreamManager, cell: string, runner: string): Promise<boolean> {
  const question = { last_by_subj: subjects.presence(cell, runner) };
  const found = await manager.streams.getMessage(`KV_${presenceBucket(cell)}`, question);
  return found !== null && !found.header.get("KV-Operation");
}

export interface Announcer {
  announce(state: RunnerState): void;
  unheardMs(): number;
  leave(): Promise<void>;
  close(): void;
}

/** The runner's side. A record that is lost is followed by the next one, so nobody waits for an answer. */
export function createAnnouncer(link: NatsLink, cell: string, runner: string, everyMs = ANNOUNCE_EVERY_MS): Announcer {
  const subject = subjects.presence(cell, runner);
  const client = jetstream(link.connection, { timeout: ANSWER_MS });
  let state: RunnerState | null = null;
  /** When the newest stored record was sent. */
  let heardMs = performance.now();
  const say = async () => {
    if (!state || !link.isUp()) return;
    const sentMs = performance.now();
    try {
      await client.publish(subject, encoded({ ...state, runner } satisfies PresenceRecord));
      heardMs = Math.max(heardMs, sentMs);
    } catch {
      // Cut off, or without a leader: the next look sends it again.
    }
  };
  const look = () => {
    if (performance.now() - heardMs >= everyMs) void say();
  };
  const timer = setInterval(look, Math.min(everyMs, STORED_MS));
  const offBack = link.onBack(() => void say());
  const close = () => {
    clearInterval(timer);
    offBack();
  };
  return {
    announce(now) {
      state = now;
      void say();
    },
    unheardMs: () => performance.now() - heardMs,
    async leave() {
      close();
      state = null;
      if (!link.isUp()) return;
      const deletion = headers();
      deletion.set("KV-Operation", "DEL");
      link.connection.publish(subject, new Uint8Array(), { headers: deletion });
      await link.connection.flush();
    },
    close,
  };
}
