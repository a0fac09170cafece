/** One connection to a server, from its opening until it is fully closed. */
import { McpFailure } from "@/lib/mcp/config/errors";
import type { ServerConfig } from "@/lib/mcp/config/types";
import type { Timers } from "@/lib/time/timers";
import type { BackOff } from "./back-off";
import type { Connection } from "./connection";
import { createGate, type Gate } from "./gate";
import type { McpLimits } from "./limits";

export interface Slot {
  server: string;
  /** Identifies the server and its configuration. */
  key: string;
  scope: string;
  opening: Promise<Connection>;
  /** Cancels the opening when no caller waits for it. */
  giveUp: AbortController;
  connection: Connection | undefined;
  gate: Gate;
  /** Requests that use it or are about to; while there are any, it is not evicted. */
  users: number;
  startedAtMs: number;
  lastUsedAtMs: number;
  stopIdle: () => void;
}

/** The connection that a caller wants. */
export interface Wanted {
  server: ServerConfig;
  /** Identifies the server and its configuration. */
  key: string;
  scope: string;
  /** Whether a person still lets this configuration be used. Absent: nobody can have changed that. */
  isLive?: (() => boolean) | undefined;
}

export interface SlotsOptions {
  limits: McpLimits;
  timers: Timers;
  now(): number;
  open(wanted: Wanted, signal: AbortSignal, onClosed: (why: McpFailure | null) => void): Promise<Connection>;
}

/** All connections of one pool. */
export interface SlotsContext extends SlotsOptions {
  /** Slots by scope and key. */
  slots: Map<string, Slot>;
  backOff: BackOff;
  /** Callers that wait for a free connection. */
  waiting: Set<() => void>;
  isShut: boolean;
}

/**
 * Throws when the server is no longer the caller's: a call may wait for long, and its secrets may be those of the next
 * server of this name by then.
 */
export function checkLive({ server, isLive }: Pick<Wanted, "server" | "isLive">): void {
  if (isLive?.() === false)
    throw new McpFailure(
      "changed",
      `The server ${server.name} was changed, removed, held back or switched off while the call waited, so it was not called.`,
    );
}

/** Opens a connection. Its slot exists immediately, and is removed if the opening fails. */
export function openSlot(context: SlotsContext, wanted: Wanted): Slot {
  const { limits, now, open, slots } = context;
  const { server, key, scope } = wanted;
  const slot: Slot = {
    server: server.name,
    key,
    scope,
    opening: Promise.reject(new Error("not opened")),
    giveUp: new AbortController(),
    connection: undefined,
    gate: createGate(limits.callsPerConnection),
    users: 0,
    startedAtMs: now(),
    lastUsedAtMs: now(),
    stopIdle: () => undefined,
  };
  slot.opening.catch(() => undefined);
  slot.opening = open(wanted, slot.giveUp.signal, (why) => {
    removeSlot(context, slot);
    if (why) noteFailure(context, slot, why);
  }).then(
    (connection) => {
      slot.connection = connection;
      return connection;
    },
    (error: unknown) => {
      removeSlot(context, slot);
      const failure =
        error instanceof McpFailure
          ? error
          : new McpFailure("unavailable", `The server ${server.name} could not be started: ${String(error)}`);
      noteFailure(context, slot, failure);
      throw failure;
    },
  );
  slot.opening.catch(() => undefined);
  slots.set(idOf(scope, key), slot);
  return slot;
}

/** Closes the connection, also while it is being opened. */
export async function endSlot(context: SlotsContext, slot: Slot): Promise<void> {
  removeSlot(context, slot);
  if (!slot.connection) slot.giveUp.abort();
  const connection = await slot.opening.catch(() => undefined);
  await connection?.close();
}

/** Wakes every caller that waits for a connection. */
export function wakeWaiting({ waiting }: SlotsContext): void {
  for (const go of [...waiting]) go();
}

/** Ids are unique, because a key has exactly one space, between a name and a hash. */
export function idOf(scope: string, key: string): string {
  return `${scope} ${key}`;
}

function removeSlot(context: SlotsContext, slot: Slot): void {
  slot.stopIdle();
  const id = idOf(slot.scope, slot.key);
  if (context.slots.get(id) === slot) context.slots.delete(id);
  wakeWaiting(context);
}

function noteFailure({ backOff }: SlotsContext, slot: Slot, why: McpFailure): void {
  // A cancelled opening, or a sign-in that a person has to do, does not count against the server.
  if (slot.giveUp.signal.aborted) return;
  if (why.kind !== "unavailable" && why.kind !== "misbehaved") return;
  backOff.failed(idOf(slot.scope, slot.key), slot.server, slot.scope, why.message);
}
