import { calledOff, McpFailure } from "@/lib/mcp/config/errors";
import { createBackOff, type Failing } from "./back-off";
import type { Connection } from "./connection";
import { orAborted } from "./or-aborted";
import {
  checkLive,
  endSlot,
  idOf,
  openSlot,
  type Slot,
  type SlotsContext,
  type SlotsOptions,
  type Wanted,
  wakeWaiting,
} from "./slot";

export interface SlotHealth {
  server: string;
  scope: string;
  state: "starting" | "ready";
  /** Running and waiting calls. */
  calls: number;
  /** Epoch milliseconds. */
  startedAtMs: number;
  lastUsedAtMs: number;
}

/** A place in a connection, for one request. */
interface EnteredSlot {
  connection: Connection;
  /** Records that the server answered, which resets its back-off. */
  worked(): void;
  /** Lets another request in, because this one waits for a person. */
  giveWay(): void;
  leave(): void;
}

/** Manages the connections: at most one per server and scope, and no more than the limits in total. */
export interface Slots {
  /** Rejects with a McpFailure when the server cannot start, no connection is free, or the call was cancelled. */
  enter(wanted: Wanted, signal: AbortSignal): Promise<EnteredSlot>;
  health(): SlotHealth[];
  /** Servers whose last attempt failed. */
  failing(): Failing[];
  /** Closes the connections of a scope; without a scope closes all, and no more requests can enter. */
  close(scope?: string): Promise<void>;
  closeServer(name: string): Promise<void>;
}

const MOST_TRIES = 3;

export function createSlots(options: SlotsOptions): Slots {
  const context: SlotsContext = {
    ...options,
    slots: new Map(),
    backOff: createBackOff(options.limits, options.now),
    waiting: new Set(),
    isShut: false,
  };
  return {
    enter: (wanted, signal) => enter(context, wanted, signal),
    health: () => [...context.slots.values()].map(healthOf),
    failing: context.backOff.all,
    close: (scope) => close(context, scope),
    closeServer(name) {
      // It may have failed only for want of the right secret.
      context.backOff.forget(({ server }) => server === name);
      return endThose(context, (slot) => slot.server === name);
    },
  };
}

async function enter(context: SlotsContext, wanted: Wanted, signal: AbortSignal): Promise<EnteredSlot> {
  const { server } = wanted;
  for (let tries = 1; ; tries += 1) {
    const slot = await slotFor(context, wanted, signal);
    slot.users += 1;
    slot.stopIdle();
    let giveBack: () => void = () => undefined;
    try {
      const connection = await orAborted(slot.opening, signal, server.name);
      giveBack = await slot.gate.enter(signal).catch(() => Promise.reject(calledOff(server.name)));
      if (tries === MOST_TRIES || (await isAlive(context, slot, connection))) {
        checkLive(wanted);
        return entered(context, slot, connection, giveBack);
      }
    } catch (error) {
      giveBack();
      leave(context, slot);
      if (slot.users === 0 && !slot.connection) void endSlot(context, slot);
      throw error;
    }
    giveBack();
    leave(context, slot);
    await endSlot(context, slot);
  }
}

function entered(context: SlotsContext, slot: Slot, connection: Connection, giveBack: () => void): EnteredSlot {
  return {
    connection,
    worked: () => context.backOff.succeeded(idOf(slot.scope, slot.key)),
    giveWay: giveBack,
    leave() {
      giveBack();
      leave(context, slot);
    },
  };
}

async function slotFor(context: SlotsContext, wanted: Wanted, signal: AbortSignal): Promise<Slot> {
  const { server, key, scope } = wanted;
  const id = idOf(scope, key);
  for (;;) {
    if (context.isShut) throw new McpFailure("unavailable", "The connections to tool servers are being closed.");
    if (signal.aborted) throw calledOff(server.name);
    const there = context.slots.get(id);
    if (there) return there;
    checkLive(wanted);
    checkBackOff(context, wanted, id);
    if (!isFull(context, server.name) || evict(context, server.name)) return openSlot(context, wanted);
    await untilChange(context, server.name, signal);
  }
}

function leave(context: SlotsContext, slot: Slot): void {
  const { now, timers, limits } = context;
  slot.users -= 1;
  slot.lastUsedAtMs = now();
  if (slot.users > 0) return;
  slot.stopIdle();
  slot.stopIdle = timers.after(limits.idleMs, () => void endSlot(context, slot));
  wakeWaiting(context);
}

/** Checks a connection that was quiet for long, because it may be dead unnoticed. */
async function isAlive({ now, limits }: SlotsContext, slot: Slot, connection: Connection): Promise<boolean> {
  if (!connection.isOpen()) return false;
  // Other requests use it, so it may be busy, and closing it would break them.
  if (slot.users > 1) return true;
  if (connection.isWorn()) return false;
  if (now() - connection.lastHeardMs() < limits.pingAfterMs) return true;
  return connection.ping().then(
    () => true,
    () => false,
  );
}

function checkBackOff({ backOff }: SlotsContext, { server }: Wanted, id: string): void {
  const waitMs = backOff.waitMs(id);
  if (waitMs === 0) return;
  const { failures = 0, why = "" } = backOff.of(id) ?? {};
  throw new McpFailure(
    "unavailable",
    `The server ${server.name} failed ${failures} times in a row; next attempt in ${Math.ceil(waitMs / 1_000)} s. ${why}`,
  );
}

function isFull({ slots, limits }: SlotsContext, name: string): boolean {
  return slots.size >= limits.connections || slotsOf(slots, name).length >= limits.connectionsPerServer;
}

/** Evicts the connection that was idle longest; only among the same server's when that server is at its limit. */
function evict(context: SlotsContext, name: string): boolean {
  const { slots, limits } = context;
  const ofServer = slotsOf(slots, name);
  const candidates = ofServer.length >= limits.connectionsPerServer ? ofServer : [...slots.values()];
  const [oldest] = candidates.filter((slot) => slot.users === 0).sort((a, b) => a.lastUsedAtMs - b.lastUsedAtMs);
  if (oldest) void endSlot(context, oldest);
  return oldest !== undefined;
}

function slotsOf(slots: ReadonlyMap<string, Slot>, name: string): Slot[] {
  return [...slots.values()].filter((slot) => slot.server === name);
}

function untilChange(
  { waiting, timers, limits, slots }: SlotsContext,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => () => {
      waiting.delete(go);
      stop();
      signal.removeEventListener("abort", leave);
      act();
    };
    const go = settle(resolve);
    const leave = settle(() => reject(calledOff(name)));
    const stop = timers.after(
      limits.startMs,
      settle(() =>
        reject(
          new McpFailure(
            "busy",
            `The call to ${name} found no free connection (${slots.size} of ${limits.connections} in use); try again later.`,
          ),
        ),
      ),
    );
    waiting.add(go);
    signal.addEventListener("abort", leave, { once: true });
  });
}

function healthOf(slot: Slot): SlotHealth {
  return {
    server: slot.server,
    scope: slot.scope,
    state: slot.connection ? "ready" : "starting",
    calls: slot.users,
    startedAtMs: slot.startedAtMs,
    lastUsedAtMs: slot.lastUsedAtMs,
  };
}

async function close(context: SlotsContext, scope: string | undefined): Promise<void> {
  if (scope === undefined) context.isShut = true;
  else context.backOff.forget((failing) => failing.scope === scope);
  await endThose(context, (slot) => scope === undefined || slot.scope === scope);
}

async function endThose(context: SlotsContext, isMeant: (slot: Slot) => boolean): Promise<void> {
  const ended = [...context.slots.values()].filter(isMeant);
  await Promise.all(ended.map((slot) => endSlot(context, slot)));
}
