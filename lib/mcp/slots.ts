import type { Timers } from "../timers";
import type { BackOff } from "./back-off";
import { type Connection, orAborted } from "./connection";
import { calledOff, McpFailure } from "./errors";
import { createGate, type Gate } from "./gate";
import type { McpLimits } from "./limits";
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
  leave(): void;
}

interface Slot {
  server: string;
  /** Of the server and its configuration. */
  key: string;
  scope: string;
  opening: Promise<Connection>;
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
  backOff: BackOff;
  open(server: ServerConfig, scope: string, onClosed: (why: McpFailure | null) => void): Promise<Connection>;
}

const MOST_TRIES = 3;

/** Which connections there are: at most one for a server and a scope, no more than the limits in all. */
export function createSlots({ limits, timers, now, backOff, open }: SlotsOptions) {
  const slots = new Map<string, Slot>();
  const failing = new Map<string, string>();
  const waiting = new Set<() => void>();
  let isShut = false;

  const wake = () => {
    for (const go of [...waiting]) go();
  };
  const remove = (slot: Slot) => {
    slot.stopIdle();
    const id = `${slot.scope} ${slot.key}`;
    if (slots.get(id) === slot) slots.delete(id);
    wake();
  };
  const noteFailure = (slot: Slot, why: McpFailure) => {
    // What a person has to do first, or was called off, says nothing against the server.
    if (why.kind !== "unavailable" && why.kind !== "misbehaved") return;
    backOff.failed(slot.key, why.message);
    failing.set(slot.key, slot.server);
  };
  const end = async (slot: Slot) => {
    remove(slot);
    const connection = await slot.opening.catch(() => undefined);
    await connection?.close();
  };

  function make(server: ServerConfig, key: string, scope: string): Slot {
    const slot: Slot = {
      server: server.name,
      key,
      scope,
      opening: Promise.reject(new Error("not opened")),
      connection: undefined,
      gate: createGate(limits.callsPerConnection),
      users: 0,
      startedAtMs: now(),
      lastUsedAtMs: now(),
      stopIdle: () => undefined,
    };
    slot.opening.catch(() => undefined);
    slot.opening = open(server, scope, (why) => {
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
    slots.set(`${scope} ${key}`, slot);
    return slot;
  }

  function checkBackOff(server: ServerConfig, key: string): void {
    const waitMs = backOff.waitMs(key);
    if (waitMs === 0) return;
    const { failures = 0, why = "" } = backOff.of(key) ?? {};
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
    for (;;) {
      if (isShut) throw new McpFailure("unavailable", "The connections to tool servers are being closed.");
      if (signal.aborted) throw calledOff(server.name);
      const there = slots.get(`${scope} ${key}`);
      if (there) return there;
      checkBackOff(server, key);
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
              leave() {
                placeBack();
                leave(slot);
              },
            };
          }
        } catch (error) {
          giveBack();
          leave(slot);
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
    failing: () =>
      [...failing].flatMap(([key, server]) => {
        const state = backOff.of(key);
        if (!state) failing.delete(key);
        return state ? [{ server, failures: state.failures, why: state.why, retryInMs: backOff.waitMs(key) }] : [];
      }),
    async close(scope?: string): Promise<void> {
      if (scope === undefined) isShut = true;
      const ended = [...slots.values()].filter((slot) => scope === undefined || slot.scope === scope);
      await Promise.all(ended.map(end));
    },
    async closeServer(name: string): Promise<void> {
      await Promise.all([...slots.values()].filter((slot) => slot.server === name).map(end));
    },
  };
}
