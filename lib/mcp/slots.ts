import type { Timers } from "../timers";
import { createBackOff } from "./back-off";
import type { Connection } from "./connection";
import { calledOff, McpFailure } from "./errors";
import { createGate, type Gate } from "./gate";
import type { McpLimits } from "./limits";
import { orAborted } from "./or-aborted";
import type { ServerConfig } from "./types";

export interface SlotHealth {
  server: string;
  scope: string;
  state: "starting" | "ready";
  /** Calls under way and waiting. */
  calls: number;
  /** Epoch milliseconds. */
  startedAtMs: number;
  lastUsedAtMs: number;
}

/** A place in a connection, for one request. */
export interface EnteredSlot {
  connection: Connection;
  /** The server did what was asked. */
  worked(): void;
  leave(): void;
}

interface Slot {
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

const MOST_TRIES = 3;

/** Which connections there are: at most one for a server and a scope, no more than the limits in all. */
export function createSlots({ limits, timers, now, open }: SlotsOptions) {
  const slots = new Map<string, Slot>();
  const backOff = createBackOff(limits, now);
  const waiting = new Set<() => void>();
  let isShut = false;

  const wake = () => {
    for (const go of [...waiting]) go();
  };
  const remove = (slot: Slot) => {
    slot.stopIdle();
    const id = idOf(slot.scope, slot.key);
    if (slots.get(id) === slot) slots.delete(id);
    wake();
  };
  const noteFailure = (slot: Slot, why: McpFailure) => {
    // What a person has to do first, or was called off, says nothing against the server.
    if (slot.giveUp.signal.aborted) return;
    if (why.kind !== "unavailable" && why.kind !== "misbehaved") return;
    backOff.failed(idOf(slot.scope, slot.key), slot.server, slot.scope, why.message);
  };
  const end = async (slot: Slot) => {
    remove(slot);
    if (!slot.connection) slot.giveUp.abort();
    const connection = await slot.opening.catch(() => undefined);
    await connection?.close();
  };

  function make(server: ServerConfig, key: string, scope: string): Slot {
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
      remove(slot);
      if (why) noteFailure(slot, why);
    }).then(
      (connection) => {
        slot.connection = connection;
        return connection;
      },
      (error: unknown) => {
        remove(slot);
        const failure =
          error instanceof McpFailure
            ? error
            : new McpFailure("unavailable", `The server ${server.name} could not be started: ${String(error)}`);
        noteFailure(slot, failure);
        throw failure;
      },
    );
    slot.opening.catch(() => undefined);
    slots.set(idOf(scope, key), slot);
    return slot;
  }

  function checkBackOff(server: ServerConfig, id: string): void {
    const waitMs = backOff.waitMs(id);
    if (waitMs === 0) return;
    const { failures = 0, why = "" } = backOff.of(id) ?? {};
    throw new McpFailure(
      "unavailable",
      `The server ${server.name} failed ${failures} times in a row and is tried again in ${Math.ceil(waitMs / 1_000)} s. ${why}`,
    );
  }

  function isFull(name: string): boolean {
    const ofServer = [...slots.values()].filter((slot) => slot.server === name).length;
    return slots.size >= limits.connections || ofServer >= limits.connectionsPerServer;
  }

  /** The one that was not used for longest gives way; of the same server where that is what is full. */
  function evict(name: string): boolean {
    const ofServer = [...slots.values()].filter((slot) => slot.server === name);
    const candidates = ofServer.length >= limits.connectionsPerServer ? ofServer : [...slots.values()];
    const [oldest] = candidates.filter((slot) => slot.users === 0).sort((a, b) => a.lastUsedAtMs - b.lastUsedAtMs);
    if (oldest) void end(oldest);
    return oldest !== undefined;
  }

  function untilChange(name: string, signal: AbortSignal): Promise<void> {
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
              `The call of ${name} found no free connection (${slots.size} of ${limits.connections} in use); try again later.`,
            ),
          ),
        ),
      );
      waiting.add(go);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  async function slotFor(server: ServerConfig, key: string, scope: string, signal: AbortSignal): Promise<Slot> {
    const id = idOf(scope, key);
    for (;;) {
      if (isShut) throw new McpFailure("unavailable", "The connections to tool servers are being closed.");
      if (signal.aborted) throw calledOff(server.name);
      const there = slots.get(id);
      if (there) return there;
      checkBackOff(server, id);
      if (!isFull(server.name) || evict(server.name)) return make(server, key, scope);
      await untilChange(server.name, signal);
    }
  }

  function leave(slot: Slot): void {
    slot.users -= 1;
    slot.lastUsedAtMs = now();
    if (slot.users > 0) return;
    slot.stopIdle();
    slot.stopIdle = timers.after(limits.idleMs, () => void end(slot));
    wake();
  }

  /** A connection that was quiet for long may be dead without knowing. */
  async function isAlive(slot: Slot, connection: Connection): Promise<boolean> {
    if (!connection.isOpen()) return false;
    // Others are in it: it may be busy with what they want, and is not ended under them.
    if (slot.users > 1) return true;
    if (connection.isWorn()) return false;
    if (now() - connection.lastHeardMs() < limits.pingAfterMs) return true;
    return connection.ping().then(
      () => true,
      () => false,
    );
  }

  return {
    /** Rejects with a McpFailure: it cannot be started, nothing is free, or it was called off. */
    async enter(server: ServerConfig, key: string, scope: string, signal: AbortSignal): Promise<EnteredSlot> {
      for (let tries = 1; ; tries += 1) {
        const slot = await slotFor(server, key, scope, signal);
        slot.users += 1;
        slot.stopIdle();
        let giveBack: () => void = () => undefined;
        try {
          const connection = await orAborted(slot.opening, signal, server.name);
          giveBack = await slot.gate.enter(signal).catch(() => Promise.reject(calledOff(server.name)));
          if (tries === MOST_TRIES || (await isAlive(slot, connection))) {
            const placeBack = giveBack;
            return {
              connection,
              worked: () => backOff.succeeded(idOf(scope, key)),
              leave() {
                placeBack();
                leave(slot);
              },
            };
          }
        } catch (error) {
          giveBack();
          leave(slot);
          if (slot.users === 0 && !slot.connection) void end(slot);
          throw error;
        }
        giveBack();
        leave(slot);
        await end(slot);
      }
    },
    health: (): SlotHealth[] =>
      [...slots.values()].map((slot) => ({
        server: slot.server,
        scope: slot.scope,
        state: slot.connection ? "ready" : "starting",
        calls: slot.users,
        startedAtMs: slot.startedAtMs,
        lastUsedAtMs: slot.lastUsedAtMs,
      })),
    failing: backOff.all,
    async close(scope?: string): Promise<void> {
      if (scope === undefined) isShut = true;
      else backOff.forget(scope);
      const ended = [...slots.values()].filter((slot) => scope === undefined || slot.scope === scope);
      await Promise.all(ended.map(end));
    },
    async closeServer(name: string): Promise<void> {
      await Promise.all([...slots.values()].filter((slot) => slot.server === name).map(end));
    },
  };
}

/** Keys have one space, between a name and a hash: no two pairs have the same id. */
function idOf(scope: string, key: string): string {
  return `${scope} ${key}`;
}
