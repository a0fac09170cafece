/** One connection to a server, from the moment it is opened until nothing of it is left. */
import { McpFailure } from "@/lib/mcp/config/errors";
import type { ServerConfig } from "@/lib/mcp/config/types";
import type { Timers } from "@/lib/time/timers";
import type { BackOff } from "./back-off";
import type { Connection } from "./connection";
import { createGate, type Gate } from "./gate";
import type { McpLimits } from "./limits";

export interface Slot {
  server: string;
  /** Of the server and its configuration. */
  key: string;
  scope: string;
  opening: Promise<Connection>;
  /** Ends the opening, when nobody waits for it any more. */
  giveUp: AbortController;
  connection: Connection | undefined;
  gate: Gate;
  /** Requests that are in it or on their way: with one it is not closed for want of room. */
  users: number;
  startedAtMs: number;
  lastUsedAtMs: number;
  stopIdle: () => void;
}

export interface SlotsOptions {
  limits: McpLimits;
  timers: Timers;
  now(): number;
  open(
    server: ServerConfig,
    scope: string,
    signal: AbortSignal,
    onClosed: (why: McpFailure | null) => void,
  ): Promise<Connection>;
}

/** All connections of one pool. */
export interface SlotsContext extends SlotsOptions {
  /** By scope and key. */
  slots: Map<string, Slot>;
  backOff: BackOff;
  /** Callers that wait for a free connection. */
  waiting: Set<() => void>;
  isShut: boolean;
}

/** Opens a connection; its slot is there at once, and gone again when it cannot be opened. */
export function openSlot(context: SlotsContext, server: ServerConfig, key: string, scope: string): Slot {
  const { limits, now, open, slots } = context;
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
  slot.opening = open(server, scope, slot.giveUp.signal, (why) => {
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

/** Ends the connection, also while it is being opened. */
export async function endSlot(context: SlotsContext, slot: Slot): Promise<void> {
  removeSlot(context, slot);
  if (!slot.connection) slot.giveUp.abort();
  const connection = await slot.opening.catch(() => undefined);
  await connection?.close();
}

/** Tells everybody who waits for a connection that something has changed. */
export function wakeWaiting({ waiting }: SlotsContext): void {
  for (const go of [...waiting]) go();
}

/** Keys have one space, between a name and a hash: no two pairs have the same id. */
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
  // What a person has to do first, or was called off, says nothing against the server.
  if (slot.giveUp.signal.aborted) return;
  if (why.kind !== "unavailable" && why.kind !== "misbehaved") return;
  backOff.failed(idOf(slot.scope, slot.key), slot.server, slot.scope, why.message);
}
