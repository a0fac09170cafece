/**
 * Which runners are there. A runner writes its record into a bucket whose records live 20 s. The server hears the same
 * messages directly, so that an election of the bucket's leader makes no runner look silent, and reads the bucket only
 * for what was said before it listened.
 */
import { performance } from "node:perf_hooks";
import { Kvm } from "@nats-io/kv";
import { headers } from "@nats-io/transport-node";
import { added, listen, type NatsLink } from "./connect";
import { presenceBucket, subjects } from "./names";
import type { Presence, PresenceChange, RunnerState } from "./port";
import { SILENT_MS } from "./prepare";
import { encoded, type PresenceRecord, parsed, presenceShape } from "./wire";

const ANNOUNCE_EVERY_MS = 5_000;
const LOOK_EVERY_MS = 1_000;
/** A look that is this late means that this process was held, not that runners were silent. */
const HELD_MS = 3 * LOOK_EVERY_MS;

interface Heard {
  record: PresenceRecord;
  /** By the steady clock. */
  atMs: number;
}

export interface WatchedPresence extends Presence {
  close(): void;
}

/** The server's side: listens to all runners of the cell. */
export async function watchPresence(link: NatsLink, cell: string): Promise<WatchedPresence> {
  const store = await new Kvm(link.connection).open(presenceBucket(cell));
  const heard = new Map<string, Heard>();
  const listeners = new Set<(change: PresenceChange) => void>();
  let dropped = 0;
  const tell = (change: PresenceChange) => {
    for (const listener of [...listeners]) listener(change);
  };
  const remove = (runner: string) => {
    if (heard.delete(runner)) tell({ state: "gone", runner });
  };
  const take = (subject: string, data: Uint8Array, ageMs: number) => {
    const record = parsed(presenceShape, data);
    if (record === null || subject !== subjects.presence(cell, record.runner)) {
      dropped += 1;
      return;
    }
    heard.set(record.runner, { record, atMs: performance.now() - ageMs });
    tell({ state: "present", record });
  };

  const subscription = listen(link.connection, subjects.presence(cell, "*"), ({ subject, data, headers: given }) => {
    if (given?.get("KV-Operation")) remove(subject.split(".").at(-1) ?? "");
    else take(subject, data, 0);
  });
  const readBucket = async () => {
    for await (const key of await store.keys()) {
      const entry = await store.get(key);
      if (entry === null || entry.operation !== "PUT" || heard.has(key)) continue;
      take(subjects.presence(cell, key), entry.value, ageOf(entry.created));
    }
  };
  try {
    await readBucket();
  } catch (error) {
    subscription.unsubscribe();
    throw error;
  }

  let lookedMs = performance.now();
  const startAnew = () => {
    for (const one of heard.values()) one.atMs = performance.now();
  };
  const timer = setInterval(() => {
    const now = performance.now();
    if (now - lookedMs > HELD_MS) startAnew();
    lookedMs = now;
    // Who is cut off hears nobody, which says nothing about them.
    if (link.isUp()) for (const [runner, { atMs }] of heard) if (now - atMs > SILENT_MS) remove(runner);
  }, LOOK_EVERY_MS);
  const offBack = link.onBack(startAnew);
  return {
    list: () => [...heard.values()].map(({ record }) => record),
    onChange: (listener) => added(listeners, listener),
    dropped: () => dropped,
    close() {
      clearInterval(timer);
      offBack();
      subscription.unsubscribe();
    },
  };
}

/** Clocks of two machines differ, so an age outside of what the bucket keeps is cut. */
function ageOf(created: Date): number {
  return Math.min(Math.max(Date.now() - created.getTime(), 0), SILENT_MS);
}

export interface Announcer {
  announce(state: RunnerState): void;
  leave(): Promise<void>;
  close(): void;
}

/** The runner's side. A record that is lost is followed by the next one, so nothing waits for an answer. */
export function createAnnouncer(link: NatsLink, cell: string, runner: string): Announcer {
  const subject = subjects.presence(cell, runner);
  let state: RunnerState | null = null;
  const say = () => {
    if (state && link.isUp()) link.connection.publish(subject, encoded({ ...state, runner } satisfies PresenceRecord));
  };
  const timer = setInterval(say, ANNOUNCE_EVERY_MS);
  const offBack = link.onBack(say);
  const close = () => {
    clearInterval(timer);
    offBack();
  };
  return {
    announce(now) {
      state = now;
      say();
    },
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
